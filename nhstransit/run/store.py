"""Runs in folders: the arrays in `run.npz`, everything else in `run.json`, with digests. Nothing in them is executed."""

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
MOST_BYTES = 3_000_000_000  # of the arrays of a run, decompressed
_ACCEPT = "simulate the run again, or accept the change with accept_edited=True (--accept-edited on the command line)"
_DAMAGE = (  # errors that may arise from a file that was cut short, altered or made elsewhere
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
    """Write a run to a folder, which is made if it does not exist. Returns the folder.

    The folder gets `run.json`, `run.npz` and a manifest with their digests. If writing fails, an older run in the folder
    is unchanged. If the staff may be real, only the owner may read the folder.

    Args:
        run: the run.
        folder: a new or empty folder.
        overwrite: whether an existing run is replaced. Files that are not in its manifest are preserved.

    Raises:
        RunError: if the folder contains a run or other files (unless `overwrite`), if a file of others has the name of
            one to be written, or if the folder cannot be written.
        ScenarioError: if the scenario has a policy that cannot be named in a file.
    """
    check_kind("run", run, Run)
    check_path("folder", folder)
    place = Path(folder)
    # The description is made before anything is written, because a policy without a name in files is an error.
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
    """Read a run from a folder. Its digests and its conservation laws are checked again.

    Args:
        folder: the folder.
        allow_code: whether classes of your own that the scenario names may be imported.
        accept_edited: whether to read a run whose files were changed after they were written.
        most_bytes: the largest total size of the arrays, which is checked before anything is decompressed. A million
            people over three years need about a thousand million.

    Raises:
        RunError: if there is no run, if it is of another format, damaged or too large, or if a file of its manifest, its
            scenario, staff, people, posts or log were changed after they were written (unless `accept_edited`).
        CodeError: if the scenario names code and this is not allowed.
    """
    check_path("folder", folder)
    place = Path(folder)
    restore(place)
    # Cheap checks come first: format, texts and digests of the files, and only then the arrays. Nothing is computed from
    # content that was not checked.
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
        raise RunError(str(place), "contains no run", f"name a folder with {TEXT} and {ARRAYS}") from None
    except OSError as error:
        raise RunError(str(place), f"cannot be read ({error.strerror or error})", "check the folder") from None
    except _DAMAGE as error:
        if isinstance(error, (RunError, CodeError)):
            raise
        reason = " ".join(str(error).split()) or type(error).__name__  # on one line, also if the message has several
        raise RunError(str(place), f"is damaged ({reason})", "simulate the run again") from None
    return run


def put_run(folder: Path, run: Run, text: str) -> None:
    """Write the two files of a run.

    Args:
        folder: an empty folder.
        run: the run.
        text: the text of its description, from `described`.

    Raises:
        OSError: if the folder cannot be written.
    """
    _save_arrays(folder / ARRAYS, run)
    (folder / TEXT).write_text(text, "utf-8", newline="\n")


def described(run: Run) -> str:
    """Everything of a run except its arrays, as text. Raises ScenarioError for a policy that cannot be named in a file."""
    return json.dumps(_described(run), indent=1, ensure_ascii=False)


def about(run: Run) -> dict[str, Any]:
    """The entries about a run in the manifest of its folder: scenario, seed, formats and versions."""
    made = run.provenance
    return {
        "scenario": run.scenario.name,
        "seed": run.seed,
        "run_format": FORMAT,
        "log_format": eventlog.FORMAT,
        "versions": {"nhstransit": made.library, "numpy": made.numpy, "python": made.python},
    }


def _check_files(place: Path) -> None:
    """Raise RunError if a file in the manifest was changed, or if there is no manifest."""
    manifest = read_manifest(place)
    if manifest is None:
        wrong = "is missing" if not (place / MANIFEST).exists() else "was changed after it was written"
        raise RunError(f"{place}: {MANIFEST}", wrong, _ACCEPT)
    # A manifest of other results may be in this folder. Then the files of the run are not in it and count as changed.
    unlisted = [name for name in (TEXT, ARRAYS) if name not in manifest["files"]]
    changed = changed_files(place, manifest) + unlisted
    if changed:
        one = len(changed) == 1
        wrong = f"{'was' if one else 'were'} changed after {'it was' if one else 'they were'} written"
        raise RunError(f"{place}: {', '.join(changed)}", wrong, _ACCEPT)


def _check_seal(place: Path, content: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Raise RunError if a part of the run does not have the digest that was stored with it."""
    found = _seal(content["scenario"], arrays)
    edited = [name for name, digest_now in found.items() if content["seal"].get(name) != digest_now]
    if edited:
        raise RunError(f"{place}: {', '.join(edited)}", "was changed after it was saved (the digest differs)", _ACCEPT)


def _seal(scenario: str, arrays: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each part of a run, by its name."""
    # Several digests instead of one, so that an error can name the part that was changed.
    opening = arrays["opening_post"] >= 0
    people = {name: column for name, column in arrays.items() if name.startswith("people_")}
    parts = {
        "staff": {name: column[opening] for name, column in people.items()},
        "people": people,
        "posts": {name: column for name, column in arrays.items() if name.startswith("posts_")},
        "log": {name: column for name, column in arrays.items() if name.startswith("log_")},
        "opening and closing": {name: arrays[name] for name in ("opening_post", "opening_pay", "closing_post")},
    }
    digests = {name: _digest(part) for name, part in parts.items()}
    return {"scenario": digest(scenario.encode()), **digests}


def _digest(columns: Mapping[str, Any]) -> str:
    """The SHA-256 of named columns, whatever their order."""
    # The type is part of the digest, because the same bytes mean other numbers in another type.
    lines = [f"{name} {columns[name].dtype.str} {digest(columns[name].tobytes())}" for name in sorted(columns)]
    return digest("\n".join(lines).encode())


def _described(run: Run) -> dict[str, Any]:
    """Everything of a run except its arrays, in types that JSON can represent."""
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
            wrong = f"is {found!r}, but this version reads only {wanted}"
            raise RunError(f"{place}: {name}", wrong, "simulate the run again")


def _check_texts(place: Path, content: Any) -> None:
    """Raise RunError if a text contains control characters, which could give commands to the terminal."""
    try:
        toml.refuse_controls(content, "")
    except FormatError as error:
        raise RunError(f"{place}: {TEXT}: {error.where}", error.wrong, "simulate the run again") from None


def _check_size(path: Path, most_bytes: int) -> None:
    """Raise ValueError if the arrays are larger than allowed, or if an array does not have the size stated in its header.

    Only the directory of the archive and the first bytes of each array are read, so nothing large is decompressed.
    """
    with opened(path) as content, zipfile.ZipFile(content) as archive:
        members = archive.infolist()
        total = sum(member.file_size for member in members)
        if total > most_bytes:
            raise ValueError(f"the arrays have {total:,} bytes, more than the {most_bytes:,} of most_bytes")
        for member in members:
            with archive.open(member) as file:
                version = npy.read_magic(file)
                read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
                shape, _, dtype = read(file)
                # After the header, the position in the file is the size of the header.
                size = file.tell() + math.prod(shape) * dtype.itemsize
                if dtype.hasobject or size != member.file_size:
                    raise ValueError(f"the size of {member.filename} differs from its header")


def _loaded(path: Path, most_bytes: int) -> dict[str, Any]:
    """The arrays of a file. Raises OSError if the file cannot be read, and ValueError if it is damaged."""
    # NumPy reads headers with Python's tokeniser and archives with its decompressors. Their errors for damaged bytes differ
    # between versions of Python, so that no list of them can be complete.
    try:
        _check_size(path, most_bytes)
        with opened(path) as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except OSError:
        raise
    except Exception as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _even(arrays: dict[str, Any]) -> dict[str, Any]:
    """The arrays unchanged. Raises ValueError unless those of the log, the people and the posts have one length each."""
    # The first word of a name is the table to which the array belongs. One array of each table is the measure.
    lead = {"log": "log_day", "people": "people_staff", "opening": "people_staff", "closing": "people_staff"}
    for name, array in arrays.items():
        table = name.partition("_")[0]
        whole = arrays[lead.get(table, "posts_key")]
        if array.shape != whole.shape or array.ndim != 1:
            raise ValueError(f"{name} has the shape {array.shape} instead of {whole.shape}")
    return arrays


def _restored(described: dict[str, Any], arrays: dict[str, Any], *, allow_code: bool) -> Run:
    tables = toml.loads(described["scenario"], "scenario")
    vocabulary = {
        "employers": tuple(body["name"] for body in tables["organisations"]),
        "functions": tuple(tables["functions"]),
        "source": described["staff_source"],
    }
    people = Workforce(**{name: arrays[f"people_{name}"] for name in STAFF_COLUMNS}, **vocabulary)
    # The opening staff are not stored separately: they are the people who held a post at the start.
    opening = arrays["opening_post"] >= 0
    columns = {name: column[opening] for name, column in people.columns().items()}
    staff = Workforce(**columns, **vocabulary)
    if len(staff) != described["opening_staff"]:
        raise ValueError(f"there are {len(staff)} opening staff instead of {described['opening_staff']}")
    ledger = Named(described["ledger"])
    closing = Closing(post=arrays["closing_post"], ledger=ledger, pay=int(described["pay"]))
    return Run(
        scenario=from_tables(tables, staff=staff, allow_code=allow_code),
        seed=Luck(described["seed"]).seed,
        log=Log(**{name: arrays[f"log_{name}"] for name in eventlog.COLUMNS}),
        people=people,
        posts=Posts(**{name: arrays[f"posts_{name}"] for name in POST_COLUMNS}),
        opening_post=arrays["opening_post"],
        opening_pay=arrays["opening_pay"],
        closing=closing,
        provenance=Provenance(**described["provenance"]),
        codes=Named({name: int(code) for code, name in described["rules"].items()}),
    )
