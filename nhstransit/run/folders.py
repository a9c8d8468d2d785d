"""Results folders: written completely or not at all, with a manifest of their files.

A new results folder is written in a working folder beside its target: `.NAME.nhstransit-` and eight random letters.

1. The new results are written to `new` in the working folder.
2. An older results folder is renamed to `old` in the working folder, and `new` is renamed to the target. So the target
   is always a complete folder, either the older or the new one. If the program stops in between, `restore` renames `old`
   back to the target.
3. Files in `old` that are not in its manifest are moved to the new folder. Then `old` is renamed to `gone` and deleted.
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
MOST_TEXT = 500_000_000  # the most bytes of a manifest, and of the text of a saved run
_OLD = "old"
_GONE = "gone"
_DESKTOP = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # files that operating systems put into folders


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal text. The file is never in memory as a whole. Raises OSError."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """Write the manifest of a folder: the entries of `about`, and every file in the folder with its SHA-256.

    The manifest contains a digest of its own entries, except for the time.
    """
    files = {path.name: digest_of(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    entries = {"format": FORMAT, "made_by": "nhstransit", **about, "files": files}
    entries["sha256"] = _seal(entries)
    entries["made_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    (folder / MANIFEST).write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder; None if there is none, or if it was changed after the library wrote it."""
    try:
        entries = json.loads(content_of(folder / MANIFEST, MOST_TEXT).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(entries, dict) or entries.get("sha256") != _seal(entries):
        return None
    files = entries.get("files")
    if entries.get("format") != FORMAT or not isinstance(files, dict):
        return None
    plain = all(name == Path(name).name for name in files)  # a path could lead to a file outside the folder
    return entries if plain else None


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """The files of a manifest that were changed after they were written. Missing files are not included."""
    names = [name for name in manifest["files"] if (folder / name).is_file()]
    return [name for name in names if digest_of(folder / name) != manifest["files"][name]]


def check_place(
    place: Path, *, overwrite: bool = False, names: Collection[str] = (), ask: str = "use overwrite=True"
) -> None:
    """Raise RunError unless a results folder may be written here. An interrupted replacement is repaired first.

    Args:
        place: the folder.
        overwrite: whether existing results may be replaced; other files in the folder then remain.
        names: the names of files to be written; files that are not the library's must not have these names.
        ask: how the user can permit overwriting, for the message.
    """
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in str(place)):
        raise RunError(
            shown(str(place)), "contains a character that cannot be printed", "give a name of printable characters"
        )
    try:
        check_not_here(place)
        restore(place)
        if place.is_symlink():  # since Python 3.13, only this raises an error for links that lead in a circle
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
            raise RunError(str(place), "already contains a run", f"name another folder, or {ask}")
        if others:
            right = f"name a new or empty folder, or {ask} to write beside these files"
            raise RunError(str(place), f"contains other files ({_some(others)})", right)
    _check_names(place, others, names)


def check_not_here(place: Path) -> None:
    """Raise RunError for the program's current folder, which cannot be replaced while the program is in it."""
    if place.resolve() == Path().resolve():
        raise RunError(
            str(place), "is the folder that you are in", "name a folder inside it, or change to another folder"
        )


@contextmanager
def made_aside(place: Path, *, file: bool = False, overwrite: bool = False, mode: int | None = None) -> Iterator[Path]:
    """A temporary folder to write to, or with `file` the path of a file; it is renamed to `place` at the end.

    Missing parent folders are created. After an error, `place` is unchanged and no other files remain.

    Args:
        place: the folder or file to make. Callers should call `check_place` or `check_new` before their work.
        file: whether it is a file.
        overwrite: whether an existing folder may be replaced. Files in its manifest are deleted; others remain.
        mode: the permissions of the folder; by default those of the folder it replaces.

    Raises:
        RunError: it cannot be written, another program has made the folder in the meantime, or a file that is in no
            manifest would be overwritten.
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
    ) as error:  # about a file in the folder: replace the working folder, which the reader does not know, by `place`
        raise RunError(error.where.replace(str(new), str(place)), error.wrong, error.right) from None
    finally:
        if not (work / _OLD).exists():  # if it exists, `restore` still needs it
            shutil.rmtree(work, ignore_errors=True)


def restore(place: Path) -> None:
    """Complete or undo an interrupted replacement of a folder, with a warning.

    If there is no folder, the older one is restored. If there is the new folder, files that are not in the older manifest
    are moved to it. Raises RunError if that is not possible.
    """
    try:
        target = place.resolve()
        works = [path for path in target.parent.iterdir() if is_work(path, f".{target.name}{MARK}")]
    except (OSError, RuntimeError):
        return  # there is no readable folder, so there is nothing to repair
    for work in works:
        old = work / _OLD
        if not old.exists() and ((work / _GONE).exists() or age(work) > DAY):
            shutil.rmtree(work, ignore_errors=True)  # no longer needed, and too old to be in use
        if not old.is_dir() or old.is_symlink():
            continue
        try:
            if target.exists() and read_manifest(target) is None:
                raise FileExistsError(17, "another folder has this name")
            if target.exists():
                _keep_others(old, target)
                wrong = "had been replaced when a run was interrupted; it contains the newer results"
            else:
                old.replace(target)
                wrong = "was being replaced when a run was interrupted; it contains the older results again"
        except OSError as error:
            failed = f"could not be repaired after a run was interrupted ({error.strerror})"
            raise RunError(str(place), failed, f"move its older files from {old}") from None
        shutil.rmtree(work, ignore_errors=True)
        warnings.warn(RestoredWarning(f"{place}: {wrong}"), stacklevel=3)


def _put(new: Path, target: Path, *, overwrite: bool) -> None:
    """Rename the new folder or file to its target, move any older folder away first, and keep other files in it."""
    if not overwrite and target.is_dir() and any(path.name not in _DESKTOP for path in target.iterdir()):
        raise RunError(str(target), "was created by another program in the meantime", "name another folder")
    if new.is_file() and target.is_dir():
        target.rmdir()  # fails unless the folder is empty
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
        wrong = f"is written, but other files from the older folder could not be moved to it ({error.strerror})"
        raise RunError(str(target), wrong, f"move them from {old}, or load or write the run again") from None


def _keep_others(old: Path, target: Path) -> None:
    """Move files that are not in the older manifest to the new folder; then delete the older folder."""
    for name in _others(old, desktop=True):
        if not (target / name).exists():
            (old / name).replace(target / name)
        elif name not in _DESKTOP:
            raise FileExistsError(17, f"{name} is in both the older and the newer folder")
    gone = old.with_name(_GONE)
    old.replace(gone)  # in one step, because an interrupted deletion could leave files without their manifest
    shutil.rmtree(gone, ignore_errors=True)


def _others(folder: Path, *, desktop: bool = False) -> list[str]:
    """Names in a folder that are not in its manifest; with `desktop`, also files of the operating system."""
    if not folder.is_dir():
        return []
    manifest = read_manifest(folder)
    ours = set() if manifest is None else {MANIFEST, *manifest["files"]}
    try:
        # a manifest has only files, so a folder of the same name is not the library's
        found = {path.name for path in folder.iterdir() if path.name not in ours or path.is_dir()}
    except OSError as error:
        raise RunError(str(folder), f"cannot be read ({error.strerror})", "name a folder that you may read") from None
    return sorted(found if desktop else found - _DESKTOP)


def _check_above(place: Path) -> None:
    """Raise RunError if the nearest existing path above a place is not a folder, or may not be written to."""
    above = next((path for path in place.resolve().parents if path.exists()), None)
    if above is None:
        raise RunError(str(place), "is the root folder", "name a folder within it")
    if not above.is_dir():
        raise RunError(str(place), f"cannot be written ({above} is a file, not a folder)", "give another location")
    if not os.access(above, os.W_OK | os.X_OK):
        raise RunError(str(place), f"cannot be written ({above} is read-only)", "name a folder that you may write to")


def _check_names(place: Path, others: Collection[str], names: Collection[str]) -> None:
    """Raise RunError if a file that is not the library's has the name of a file to be written."""
    lost = sorted(set(others) & set(names))
    if lost:
        wrong = f"contains files that are not the library's and would be overwritten ({_some(lost)})"
        raise RunError(str(place), wrong, "move these files, or name another folder")


def _some(names: Collection[str]) -> str:
    """The first three names, and the number of further ones."""
    first = list(names)[:3]
    more = len(names) - 3
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


def _seal(entries: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in entries.items() if name not in ("sha256", "made_at")}
    return digest(json.dumps(rest, sort_keys=True).encode())


def _unwritten(place: Path, error: Exception) -> RunError:
    reason = getattr(error, "strerror", None) or error
    right = "name a folder that you may write to and that has free space"
    return RunError(str(place), f"cannot be written ({reason})", right)
