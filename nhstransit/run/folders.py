"""Folders of results: written beside their place and renamed into it, with a manifest of what belongs to them.

While a folder is replaced, a working folder stands beside it: `.NAME.nhstransit-` and eight letters, which nobody can
foresee. In it, `new` is written; then the older folder is renamed to its `old`, and `new` is renamed to the place. So the
place holds the older folder or the new one, whole. Broken off in between, the older folder lies in `old`, and `restore`
puts it back. Last, files in `old` that its manifest does not name are moved to the new folder, and it becomes `gone`, of
which nothing is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from nhstransit.errors import RestoredWarning, RunError, shown
from nhstransit.files import DAY, MARK, NEW, age, content_of, is_work, opened

MANIFEST = "manifest.json"
FORMAT = 1
MOST_TEXT = 500_000_000  # bytes of a manifest, and of the text of a kept run
_OLD = "old"
_GONE = "gone"
_DESKTOP = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # what desktops leave in any folder, unasked


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal text; it is read piece by piece. Raises OSError."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """Write the manifest of a folder: what it is `about`, and every file in it with its SHA-256.

    The manifest is sealed by a digest of itself without the time of day.
    """
    files = {path.name: digest_of(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    told = {"format": FORMAT, "made_by": "nhstransit", **about, "files": files}
    told["sha256"] = _seal(told)
    told["made_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    (folder / MANIFEST).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder; None where it has none, or one that is not as the library wrote it."""
    try:
        told = json.loads(content_of(folder / MANIFEST, MOST_TEXT).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("sha256") != _seal(told):
        return None
    files = told.get("files")
    if told.get("format") != FORMAT or not isinstance(files, dict):
        return None
    return told if all(name == Path(name).name for name in files) else None  # a name with a path could lead elsewhere


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """The files of a manifest whose bytes are no longer those that were written; one that is missing is not among them."""
    names = [name for name in manifest["files"] if (folder / name).is_file()]
    return [name for name in names if digest_of(folder / name) != manifest["files"][name]]


def check_place(
    place: Path, *, overwrite: bool = False, names: Collection[str] = (), ask: str = "use overwrite=True"
) -> None:
    """Raise RunError unless a folder of results may be put in a place; a folder left aside is put back first.

    Args:
        place: the folder.
        overwrite: whether results that are there may be replaced, and other files kept beside the new ones.
        names: files that will be written, which no file that is not the library's may have.
        ask: how the user asks to overwrite.
    """
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in str(place)):
        raise RunError(
            shown(str(place)), "holds a character that cannot be printed", "give a name of printable characters"
        )
    try:
        check_not_here(place)
        restore(place)
        if place.is_symlink():  # from Python 3.13 on nothing else asks whether links lead in a circle
            with suppress(FileNotFoundError):
                place.stat()
        if place.exists() and not place.is_dir():
            raise RunError(str(place), "cannot be written (it is a file)", "name a folder")
        _check_above(place)
    except (OSError, RuntimeError) as error:  # a name that is too long; links that lead in a circle
        raise _unwritten(place, error) from None
    others = _others(place)
    if not overwrite:
        if read_manifest(place) is not None:
            raise RunError(str(place), "already holds a run", f"name another folder, or {ask}")
        if others:
            right = f"name a new or empty folder, or {ask} to write beside them"
            raise RunError(str(place), f"holds other files ({_some(others)})", right)
    _check_names(place, others, names)


def check_not_here(place: Path) -> None:
    """Raise RunError for the program's current folder: another would take its place, and the program's would be gone."""
    if place.resolve() == Path().resolve():
        raise RunError(
            str(place), "is the folder that you are in", "name a folder inside it, or change to another folder"
        )


@contextmanager
def made_aside(place: Path, *, file: bool = False, overwrite: bool = False, mode: int | None = None) -> Iterator[Path]:
    """A folder to write to, or with `file` the path of a file, which takes the name of `place` at the end.

    Folders above are made if need be. After an error the place is as it was, and nothing else is left.

    Args:
        place: what will be made; callers ask `check_place` or the like before their work.
        file: whether it is a file.
        overwrite: whether a folder that is there may hold something: files that its manifest names go, all others are
            kept beside the new ones.
        mode: the permissions of the folder; by default those of the folder it replaces.

    Raises RunError where it cannot be written, where the place was taken meanwhile, or where a file that no manifest
    names would have to give way.
    """
    try:
        target = place.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}{MARK}", dir=target.parent))
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle, in older versions of Python
        raise _unwritten(place, error) from None
    new = work / NEW
    try:
        if not file:
            new.mkdir()
            if mode is not None or target.is_dir():
                new.chmod(target.stat().st_mode & 0o7777 if mode is None else mode)
        yield new
        _put(new, target, overwrite=overwrite)
    except OSError as error:
        raise _unwritten(place, error) from None
    except (
        RunError
    ) as error:  # of a file in it, such as a figure: the reader knows the place, and not the working folder
        raise RunError(error.where.replace(str(new), str(place)), error.wrong, error.right) from None
    finally:
        if not (work / _OLD).exists():  # or else it holds the older folder, or somebody's files: `restore` sees to them
            shutil.rmtree(work, ignore_errors=True)


def restore(place: Path) -> None:
    """Repair what was interrupted while a folder was replaced, and warn of it.

    Where the place is empty, the older folder is put back. Where the new one is there already, files that the older
    manifest does not name are put beside it. Raises RunError where that cannot be done.
    """
    try:
        target = place.resolve()
        works = [path for path in target.parent.iterdir() if is_work(path, f".{target.name}{MARK}")]
    except (OSError, RuntimeError):
        return  # there is no such folder, or it cannot be read: nothing of ours is in it
    for work in works:
        old = work / _OLD
        if not old.exists() and ((work / _GONE).exists() or age(work) > DAY):
            shutil.rmtree(work, ignore_errors=True)  # nobody needs it, and nobody writes to it any more
        if not old.is_dir() or old.is_symlink():
            continue
        try:
            if target.exists() and read_manifest(target) is None:
                raise FileExistsError(17, "another folder has this name")
            if target.exists():
                _keep_others(old, target)
                wrong = "was not yet tidied when a run was interrupted; it holds the newer results"
            else:
                old.replace(target)
                wrong = "was being replaced when a run was interrupted; it holds the older results again"
        except OSError as error:
            told = f"could not be repaired after a run was interrupted ({error.strerror})"
            raise RunError(str(place), told, f"its older files are in {old}; move them") from None
        shutil.rmtree(work, ignore_errors=True)
        warnings.warn(RestoredWarning(f"{place}: {wrong}"), stacklevel=3)


def _put(new: Path, target: Path, *, overwrite: bool) -> None:
    """Rename what was written to its place, a folder that is there out of its way first, and keep others' files."""
    if not overwrite and target.is_dir() and any(path.name not in _DESKTOP for path in target.iterdir()):
        raise RunError(str(target), "was created by something else in the meantime", "name another folder")
    if new.is_file() and target.is_dir():
        target.rmdir()  # nothing is in it, or the system refuses
    if not target.is_dir():
        new.replace(target)
        return
    _check_names(target, _others(target), [path.name for path in new.iterdir()])
    old = new.parent / _OLD
    target.replace(old)
    try:
        new.replace(target)
    except BaseException:
        old.replace(target)
        raise
    try:
        _keep_others(old, target)
    except OSError as error:
        wrong = f"is written, but other files that were there could not be put back ({error.strerror})"
        raise RunError(str(target), wrong, f"they are in {old}; load or write it again, or move them") from None


def _keep_others(old: Path, target: Path) -> None:
    """Move the files that the older manifest does not name to the new folder; take away the older folder."""
    for name in _others(old, desktop=True):
        if not (target / name).exists():
            (old / name).replace(target / name)
        elif name not in _DESKTOP:
            raise FileExistsError(17, f"{name} is in both the older and the newer folder")
    gone = old.with_name(_GONE)
    old.replace(gone)  # at once: broken off while files go, no manifest might be left to say which were whose
    shutil.rmtree(gone, ignore_errors=True)


def _others(folder: Path, *, desktop: bool = False) -> list[str]:
    """Names in a folder that its manifest does not name; what desktops leave there only with `desktop`."""
    if not folder.is_dir():
        return []
    manifest = read_manifest(folder)
    ours = set() if manifest is None else {MANIFEST, *manifest["files"]}
    try:
        # a folder is never one of ours, whatever its name
        found = {path.name for path in folder.iterdir() if path.name not in ours or path.is_dir()}
    except OSError as error:
        raise RunError(str(folder), f"cannot be read ({error.strerror})", "name a folder you may read") from None
    return sorted(found if desktop else found - _DESKTOP)


def _check_above(place: Path) -> None:
    """Raise RunError where the nearest existing path above a place is not a folder, or may not be written to."""
    above = next((path for path in place.resolve().parents if path.exists()), None)
    if above is None:
        raise RunError(str(place), "is the root of all folders", "name a folder within it")
    if not above.is_dir():
        raise RunError(str(place), f"cannot be written ({above} is a file)", "name a folder within another folder")
    if not os.access(above, os.W_OK | os.X_OK):
        raise RunError(str(place), f"cannot be written ({above} is read-only)", "name a folder you may write to")


def _check_names(place: Path, others: Collection[str], names: Collection[str]) -> None:
    """Raise RunError where a file that is not the library's has the name of one to be written."""
    lost = sorted(set(others) & set(names))
    if lost:
        wrong = f"holds files that no manifest of the library names ({_some(lost)}) and that would be lost"
        raise RunError(str(place), wrong, "move them, or name another folder")


def _some(names: Collection[str]) -> str:
    """The first three of some names, and how many more there are."""
    first = list(names)[:3]
    more = len(names) - 3
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


def _seal(told: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in told.items() if name not in ("sha256", "made_at")}
    return digest(json.dumps(rest, sort_keys=True).encode())


def _unwritten(place: Path, error: Exception) -> RunError:
    told = getattr(error, "strerror", None) or error
    return RunError(str(place), f"cannot be written ({told})", "name a folder you may write to, with space free")
