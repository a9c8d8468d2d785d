"""Keeping a run: its arrays as `run.npz`, the rest as `run.json`, sealed; never pickled, nothing in it is executed."""

from __future__ import annotations

import json
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from numpy.lib import format as npy

from nhstransit import log as eventlog
from nhstransit import toml
from nhstransit.errors import CodeError, ConservationError, FormatError, InputError, RunError, check_kind, check_path
from nhstransit.files import content_of, opened
from nhstransit.log import Log
from nhstransit.organisations.posts import COLUMNS as POST_COLUMNS
from nhstransit.organisations.posts import Posts
from nhstransit.run.conserve import conserve
from nhstransit.run.folders import (
    MANIFEST,
    MOST_TEXT,
    changed_files,
    check_place,
    digest,
    made_aside,
    read_manifest,
    restore,
    write_manifest,
)
from nhstransit.run.real_staff import owners_only, staff_are_real
from nhstransit.run.run import Closing, Provenance, Run
from nhstransit.scenario import from_tables, to_tables
from nhstransit.streams import Luck
from nhstransit.toml import Named
from nhstransit.workforce.columns import COLUMNS as STAFF_COLUMNS
from nhstransit.workforce.columns import Workforce

FORMAT = 2
TEXT = "run.json"
ARRAYS = "run.npz"
_PACKING = 2  # of 9: higher levels take several times as long and save a twentieth
MOST_BYTES = 3_000_000_000  # of the arrays of a run, inflated
_ACCEPT = "make the run again, or accept it with accept_edited=True (--accept-edited at the command line)"
_DAMAGE = (  # what reading a file that was cut, altered or made elsewhere may raise
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
    """Write a run into a folder, made if need be; returns the folder.

    The folder gets `run.json`, `run.npz` and a manifest with their digests. It holds the older run or the new one, whole.
    Where the staff may be real, only its owner may read it.

    Args:
        run: what to keep.
        folder: a new or empty folder.
        overwrite: whether a run that is there is replaced; files that its manifest does not name are kept.

    Raises:
        RunError: where the folder holds a run or other files (unless `overwrite`), a file that is not the library's has
            the name of one to be written, or it cannot be written.
        ScenarioError: where the scenario has a policy that no file can name.
    """
    check_kind("run", run, Run)
    check_path("folder", folder)
    place = Path(folder)
    check_place(place, overwrite=overwrite, names=(TEXT, ARRAYS, MANIFEST))
    text = described(run)
    with made_aside(place, overwrite=overwrite) as aside:
        put_run(aside, run, text)
        write_manifest(aside, about(run))
        if staff_are_real(run):
            owners_only(aside)
    return place


def load_run(
    folder: str | Path, *, allow_code: bool = False, accept_edited: bool = False, most_bytes: int = MOST_BYTES
) -> Run:
    """The run kept in a folder, its seal and its conservation laws checked again.

    Args:
        folder: the folder.
        allow_code: whether your own classes that the scenario names are imported.
        accept_edited: whether a run is read although its files were changed after they were written.
        most_bytes: the largest size of all arrays together, before anything is decompressed. A million people over three
            years need about a thousand million.

    Raises:
        RunError: where there is no run, it is of another format, it is damaged or too large, or a file of its manifest,
            its scenario, staff, people, posts or log are not those that were kept (unless `accept_edited`).
        CodeError: where code is named and not allowed.
    """
    check_path("folder", folder)
    place = Path(folder)
    restore(place)
    try:
        content = json.loads(content_of(place / TEXT, MOST_TEXT).decode("utf-8"))
        _check_format(place, content)
        _check_texts(place, content)
        if not (place / ARRAYS).exists():
            raise FileNotFoundError(ARRAYS)
        if not accept_edited:
            _check_files(place)
        arrays = _even(_loaded(place / ARRAYS, most_bytes))
        if not accept_edited:
            _check_seal(place, content, arrays)
        run = _restored(content, arrays, allow_code=allow_code)
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


def put_run(folder: Path, run: Run, text: str) -> None:
    """Write the two files of a run.

    Args:
        folder: an empty folder.
        run: the run.
        text: the text of its description, as `described` gives it.

    Raises:
        OSError: where the folder cannot be written.
    """
    _save_arrays(folder / ARRAYS, run)
    (folder / TEXT).write_text(text, "utf-8", newline="\n")


def described(run: Run) -> str:
    """All of a run but its arrays, as text. Raises ScenarioError for a policy that no file can name."""
    return json.dumps(_described(run), indent=1, ensure_ascii=False)


def about(run: Run) -> dict[str, Any]:
    """What the manifest of a folder says of its run: scenario, seed, formats and versions."""
    made = run.provenance
    return {
        "scenario": run.scenario.name,
        "seed": run.seed,
        "run_format": FORMAT,
        "log_format": eventlog.FORMAT,
        "versions": {"nhstransit": made.library, "numpy": made.numpy, "python": made.python},
    }


def _check_files(place: Path) -> None:
    """Raise RunError where a file that the manifest names was changed, or there is no manifest to check against."""
    manifest = read_manifest(place)
    if manifest is None:
        wrong = "is missing" if not (place / MANIFEST).exists() else "was changed after it was written"
        raise RunError(f"{place}: {MANIFEST}", wrong, _ACCEPT)
    edited = changed_files(place, manifest)
    unnamed = [name for name in (TEXT, ARRAYS) if name not in manifest["files"]]
    if edited or unnamed:
        one = len(edited + unnamed) == 1
        wrong = f"{'was' if one else 'were'} changed after {'it was' if one else 'they were'} written"
        raise RunError(f"{place}: {', '.join(edited + unnamed)}", wrong, _ACCEPT)


def _check_seal(place: Path, content: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Raise RunError where a part of the run is not the one whose digest was kept with it."""
    found = _seal(content["scenario"], arrays)
    edited = [name for name, kept in found.items() if content["seal"].get(name) != kept]
    if edited:
        raise RunError(f"{place}: {', '.join(edited)}", "was changed after it was saved: the digest differs", _ACCEPT)


def _seal(scenario: str, arrays: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each part of a run, by its name."""
    opening = arrays["opening_post"] >= 0
    people = {name: column for name, column in arrays.items() if name.startswith("people_")}
    parts = {
        "staff": {name: column[opening] for name, column in people.items()},
        "people": people,
        "posts": {name: column for name, column in arrays.items() if name.startswith("posts_")},
        "log": {name: column for name, column in arrays.items() if name.startswith("log_")},
        "opening and closing": {name: arrays[name] for name in ("opening_post", "opening_pay", "closing_post")},
    }
    return {"scenario": digest(scenario.encode())} | {name: _digest(part) for name, part in parts.items()}


def _digest(columns: Mapping[str, Any]) -> str:
    """The SHA-256 of named columns, whatever their order."""
    told = [f"{name} {columns[name].dtype.str} {digest(columns[name].tobytes())}" for name in sorted(columns)]
    return digest("\n".join(told).encode())


def _described(run: Run) -> dict[str, Any]:
    """All of a run but its arrays, as JSON has it."""
    scenario = toml.dumps(to_tables(run.scenario))
    return {
        "format": FORMAT,
        "log_format": eventlog.FORMAT,
        "seed": run.seed,
        "seal": _seal(scenario, _arrays(run)),
        "scenario": scenario,
        "provenance": attrs.asdict(run.provenance),
        "ledger": dict(run.closing.ledger),
        "pay": run.closing.pay,
        "rules": {str(code): name for code, name in sorted(run.rules.items())},
        "staff_source": run.people.source,
        "opening_staff": len(run.scenario.workforce),
    }


def _arrays(run: Run) -> dict[str, Any]:
    """Every array of a run by its name in the file."""
    columns = {f"log_{name}": column for name, column in run.log.columns().items()}
    columns |= {f"people_{name}": column for name, column in run.people.columns().items()}
    columns |= {f"posts_{name}": column for name, column in run.posts.columns().items()}
    columns |= {"opening_post": run.opening_post, "opening_pay": run.opening_pay, "closing_post": run.closing.post}
    return columns


def _save_arrays(path: Path, run: Run) -> None:
    """Write the arrays as `np.savez_compressed` does, at a lower level of compression."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKING) as archive:
        for name, column in _arrays(run).items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, column, allow_pickle=False)


def _check_format(place: Path, described: Any) -> None:
    for name, wanted in (("format", FORMAT), ("log_format", eventlog.FORMAT)):
        found = described.get(name) if isinstance(described, dict) else None
        if found != wanted:
            raise RunError(f"{place}: {name}", f"is {found!r}", f"this version reads {wanted}; make the run again")


def _check_texts(place: Path, content: Any) -> None:
    """Raise RunError where a text could steer the terminal that it is printed on."""
    try:
        toml.refuse_controls(content, "")
    except FormatError as error:
        raise RunError(f"{place}: {TEXT}: {error.where}", error.wrong, "make the run again") from None


def _check_size(path: Path, most_bytes: int) -> None:
    """Raise ValueError where the arrays are larger than allowed, or one is not as large as its header says.

    It looks at the archive's directory and at the first bytes of each array, and inflates nothing else.
    """
    with opened(path) as content, zipfile.ZipFile(content) as archive:
        members = archive.infolist()
        total = sum(member.file_size for member in members)
        if total > most_bytes:
            raise ValueError(f"{total:,} bytes of arrays, more than the {most_bytes:,} allowed by most_bytes")
        for member in members:
            with archive.open(member) as file:
                read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[npy.read_magic(file)]
                shape, _, dtype = read(file)
                if dtype.hasobject or file.tell() + math.prod(shape) * dtype.itemsize != member.file_size:
                    raise ValueError(f"{member.filename} is not as large as its header says")


def _loaded(path: Path, most_bytes: int) -> dict[str, Any]:
    """The arrays of a file. Raises OSError where it cannot be read, and ValueError for a file that is damaged.

    NumPy reads headers with Python's own tokeniser and ZIP files with its decompressors. What these raise over bytes that
    make no sense changes with the version of Python, so that no list of errors can be complete.
    """
    try:
        _check_size(path, most_bytes)
        with opened(path) as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except OSError:
        raise
    except Exception as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _even(arrays: dict[str, Any]) -> dict[str, Any]:
    """The arrays, if those of the log, of the people and of the posts are of one length each. Raises ValueError."""
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
