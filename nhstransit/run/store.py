"""Keeping a run: its arrays as `run.npz`, the rest as `run.json`; never pickled, nothing in it is executed."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit import eventlog, toml
from nhstransit.errors import ConservationError, InputError, RunError
from nhstransit.eventlog import Log
from nhstransit.organisations.posts import COLUMNS as POST_COLUMNS
from nhstransit.organisations.posts import Posts
from nhstransit.run.conserve import conserve
from nhstransit.run.run import Closing, Provenance, Run
from nhstransit.scenario import from_tables, to_tables
from nhstransit.toml import Named
from nhstransit.workforce.columns import COLUMNS as STAFF_COLUMNS
from nhstransit.workforce.columns import Workforce

FORMAT = 1
TEXT, ARRAYS = "run.json", "run.npz"


def save_run(run: Run, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write a run into a folder, made if need be; returns the folder.

    Raises RunError where the folder already holds a run (unless `overwrite`), cannot be written, or the scenario has a
    policy that no file can name. Nothing half-written is left: each file appears whole.
    """
    place = Path(folder)
    if not overwrite and (place / TEXT).exists():
        raise RunError(str(place), "already holds a run", "name another folder, or ask to overwrite")
    text = json.dumps(_described(run), indent=1, ensure_ascii=False)
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / TEXT).unlink(missing_ok=True)  # a run without its text is no run: arrays and text never mix
        _whole(place / ARRAYS, lambda partial: _save_arrays(partial, run))
        _whole(place / TEXT, lambda partial: partial.write_text(text, "utf-8"))
    except OSError as error:
        raise RunError(str(place), f"cannot be written ({error.strerror})", "name a folder you may write to") from None
    return place


def load_run(folder: str | Path) -> Run:
    """The run kept in a folder, its conservation laws checked again.

    Raises RunError where there is none, it is of another format, or it is damaged.
    """
    place = Path(folder)
    try:
        described = json.loads((place / TEXT).read_text("utf-8"))
        _check_format(place, described)
        with np.load(place / ARRAYS, allow_pickle=False) as arrays:
            run = _restored(described, {name: arrays[name] for name in arrays.files})
        conserve(run)
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(str(place), "holds no run", f"name a folder with {TEXT} and {ARRAYS}") from None
    except OSError as error:
        raise RunError(str(place), f"cannot be read ({error.strerror or error})", "check the folder") from None
    except (KeyError, IndexError, TypeError, ValueError, zipfile.BadZipFile, ConservationError, InputError) as error:
        if isinstance(error, RunError):
            raise
        raise RunError(str(place), f"is damaged ({error})", "make the run again") from None
    return run


def _whole(path: Path, write: Any) -> None:
    """Write a file beside its place and put it there when it is whole."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        write(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _described(run: Run) -> dict[str, Any]:
    """All of a run but its arrays, as JSON has it."""
    return {
        "format": FORMAT,
        "log_format": eventlog.FORMAT,
        "seed": run.seed,
        "scenario": toml.dumps(to_tables(run.scenario)),
        "provenance": attrs.asdict(run.provenance),
        "ledger": dict(run.closing.ledger),
        "rules": {str(code): name for code, name in sorted(run.rules.items())},
        "staff_source": run.people.source,
        "opening_staff": len(run.scenario.workforce),
    }


def _save_arrays(path: Path, run: Run) -> None:
    columns = {f"log_{name}": column for name, column in run.log.columns().items()}
    columns |= {f"people_{name}": column for name, column in run.people.columns().items()}
    columns |= {f"posts_{name}": column for name, column in run.posts.columns().items()}
    columns |= {"opening_post": run.opening_post, "opening_pay": run.opening_pay, "closing_post": run.closing.post}
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **columns)


def _check_format(place: Path, described: Any) -> None:
    for name, wanted in (("format", FORMAT), ("log_format", eventlog.FORMAT)):
        found = described.get(name) if isinstance(described, dict) else None
        if found != wanted:
            raise RunError(f"{place}: {name}", f"is {found!r}", f"this version reads {wanted}; make the run again")


def _restored(described: dict[str, Any], arrays: dict[str, Any]) -> Run:
    tables = toml.loads(described["scenario"], "scenario")
    vocabulary = {
        "employers": tuple(body["name"] for body in tables["organisations"]),
        "functions": tuple(tables["functions"]),
        "source": described["staff_source"],
    }
    people = Workforce(**{name: arrays[f"people_{name}"] for name in STAFF_COLUMNS}, **vocabulary)
    opening = arrays["opening_post"] >= 0
    staff = Workforce(**{name: column[opening] for name, column in people.columns().items()}, **vocabulary)
    if len(staff) != described["opening_staff"]:
        raise ValueError(f"{len(staff)} opening staff, not {described['opening_staff']}")
    return Run(
        scenario=from_tables(tables, staff=staff),
        seed=described["seed"],
        log=Log(**{name: arrays[f"log_{name}"] for name in eventlog.COLUMNS}),
        people=people,
        posts=Posts(**{name: arrays[f"posts_{name}"] for name in POST_COLUMNS}),
        opening_post=arrays["opening_post"],
        opening_pay=arrays["opening_pay"],
        closing=Closing(post=arrays["closing_post"], ledger=Named(described["ledger"])),
        provenance=Provenance(**described["provenance"]),
    )
