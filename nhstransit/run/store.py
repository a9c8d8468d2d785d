"""Storage of a run: its arrays as `run.npz`, the rest as `run.json`. Nothing is pickled, nothing in it is executed."""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit import log as eventlog
from nhstransit import toml
from nhstransit.errors import CodeError, ConservationError, InputError, RunError, check_kind, check_path
from nhstransit.log import Log
from nhstransit.organisations.posts import COLUMNS as POST_COLUMNS
from nhstransit.organisations.posts import Posts
from nhstransit.run.conserve import conserve
from nhstransit.run.run import Closing, Provenance, Run
from nhstransit.scenario import from_tables, to_tables
from nhstransit.streams import Luck
from nhstransit.toml import Named
from nhstransit.workforce.columns import COLUMNS as STAFF_COLUMNS
from nhstransit.workforce.columns import Workforce

FORMAT = 2
TEXT, ARRAYS = "run.json", "run.npz"
_DAMAGE = (  # errors that may arise from a file that was truncated, altered or made elsewhere
    ConservationError,
    InputError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def save_run(run: Run, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write a run into a folder, made if needed; return the folder.

    An older run is removed only when the new one is completely written.

    Args:
        run: the run.
        folder: the folder.
        overwrite: whether to replace a run that is already there.

    Raises:
        RunError: the folder already holds a run (unless `overwrite`), or cannot be written.
        ScenarioError: the scenario has a policy that no file can name.
    """
    check_kind("run", run, Run)
    check_path("folder", folder)
    place = Path(folder)
    if not overwrite and (place / TEXT).exists():
        raise RunError(str(place), "already holds a run", "name another folder, or ask to overwrite")
    text = json.dumps(_described(run), indent=1, ensure_ascii=False)
    try:
        place.mkdir(parents=True, exist_ok=True)
        _put(place, text, run)
    except OSError as error:
        raise RunError(str(place), f"cannot be written ({error.strerror})", "name a folder you may write to") from None
    return place


def load_run(folder: str | Path, *, allow_code: bool = False) -> Run:
    """The run stored in a folder, after its conservation laws are checked again.

    A scenario with a user's own policies or models imports their classes only with `allow_code`. Raises RunError if
    there is no run, it has another format, or it is damaged; CodeError if code is named and not allowed.
    """
    check_path("folder", folder)
    place = Path(folder)
    try:
        described = json.loads((place / TEXT).read_text("utf-8"))
        _check_format(place, described)
        run = _restored(described, _even(_loaded(place / ARRAYS)), allow_code=allow_code)
        conserve(run)
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(str(place), "holds no run", f"name a folder with {TEXT} and {ARRAYS}") from None
    except OSError as error:
        raise RunError(str(place), f"cannot be read ({error.strerror or error})", "check the folder") from None
    except _DAMAGE as error:
        if isinstance(error, (RunError, CodeError)):
            raise
        told = " ".join(str(error).split()) or type(error).__name__
        raise RunError(str(place), f"is damaged ({told})", "make the run again") from None
    return run


def _put(place: Path, text: str, run: Run) -> None:
    """Write both files under temporary names, then rename them.

    The text is last, because a run without its text is not a run.
    """
    arrays, words = (place / f"{name}.{os.getpid()}.partial" for name in (ARRAYS, TEXT))
    try:
        _save_arrays(arrays, run)
        words.write_text(text, "utf-8")
        (place / TEXT).unlink(missing_ok=True)  # no run from here on: never mix two
        arrays.replace(place / ARRAYS)
        words.replace(place / TEXT)
    finally:
        for partial in (arrays, words):
            partial.unlink(missing_ok=True)


def _described(run: Run) -> dict[str, Any]:
    """Everything of a run except its arrays, as JSON."""
    return {
        "format": FORMAT,
        "log_format": eventlog.FORMAT,
        "seed": run.seed,
        "scenario": toml.dumps(to_tables(run.scenario)),
        "provenance": attrs.asdict(run.provenance),
        "ledger": dict(run.closing.ledger),
        "pay": run.closing.pay,
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
        np.savez(file, allow_pickle=False, **columns)  # uncompressed: this takes a tenth of the time for a national run


def _check_format(place: Path, described: Any) -> None:
    for name, wanted in (("format", FORMAT), ("log_format", eventlog.FORMAT)):
        found = described.get(name) if isinstance(described, dict) else None
        if found != wanted:
            raise RunError(f"{place}: {name}", f"is {found!r}", f"this version reads {wanted}; make the run again")


def _loaded(path: Path) -> dict[str, Any]:
    """The arrays of a file. Raises OSError if it cannot be read, and ValueError if it is damaged.

    NumPy reads headers with Python's own tokeniser and ZIP files with its decompressors. The errors that these raise
    for meaningless bytes change with the version of Python, so no list of them can be complete.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except OSError:
        raise
    except Exception as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _even(arrays: dict[str, Any]) -> dict[str, Any]:
    """Return the arrays if those of the log, of the people and of the posts have one length each.

    Otherwise raise ValueError.
    """
    lead = {"log": "log_day", "people": "people_staff", "opening": "people_staff", "closing": "people_staff"}
    for name, array in arrays.items():
        whole = arrays[lead.get(name.partition("_")[0], "posts_key")]
        if array.shape != whole.shape or array.ndim != 1:
            raise ValueError(f"{name} has shape {array.shape}, not {whole.shape}")
    return arrays


def _restored(described: dict[str, Any], arrays: dict[str, Any], *, allow_code: bool) -> Run:
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
        scenario=from_tables(tables, staff=staff, allow_code=allow_code),
        seed=Luck(described["seed"]).seed,
        log=Log(**{name: arrays[f"log_{name}"] for name in eventlog.COLUMNS}),
        people=people,
        posts=Posts(**{name: arrays[f"posts_{name}"] for name in POST_COLUMNS}),
        opening_post=arrays["opening_post"],
        opening_pay=arrays["opening_pay"],
        closing=Closing(post=arrays["closing_post"], ledger=Named(described["ledger"]), pay=int(described["pay"])),
        provenance=Provenance(**described["provenance"]),
        codes=Named({name: int(code) for code, name in described["rules"].items()}),
    )
