"""Folders of results, with a manifest of the files that belong to them. A folder is replaced as a whole or not at all.

While a folder is replaced, there is a working folder beside it. Its name is `.NAME.nhstransit-` and eight random letters.
The new results are written to `new` in the working folder. Then the older folder is renamed to `old` in the working
folder, and `new` is renamed to the folder's own name. So this name always belongs to the complete older folder, to the
complete new one, or, for a moment, to no folder.

If the program is stopped at that moment, the older folder is in `old`, and `restore` puts it back. At the end, files in
`old` that its manifest does not list are moved to the new folder. What is left of `old` is renamed to `gone` and deleted.
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
MOST_TEXT = 500_000_000  # bytes of a manifest, and of the text of a stored run
_OLD = "old"
_GONE = "gone"
_DESKTOP = frozenset(
    {".DS_Store", "Thumbs.db", "desktop.ini"}
)  # files that operating systems add to folders by themselves


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal text. The file is read in parts. Raises OSError."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """Write the manifest of a folder: the entries of `about`, and every file in it with its SHA-256.

    The manifest contains a digest of itself without the time of day.
    """
    paths = [path for path in sorted(folder.iterdir()) if path.name != MANIFEST]
    files = {path.name: digest_of(path) for path in paths}
    manifest = {"format": FORMAT, "made_by": "nhstransit", **about, "files": files}
    # The time comes after the digest, which leaves it out: the same results made later have the same digest.
    manifest["sha256"] = _seal(manifest)
    manifest["made_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder. None if there is none, or if it was changed after the library wrote it."""
    # A file of this name may be anybody's, so nothing about its content is assumed. Deeply nested text exhausts recursion.
    try:
        content = content_of(folder / MANIFEST, MOST_TEXT)
        manifest = json.loads(content.decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict) or manifest.get("sha256") != _seal(manifest):
        return None
    files = manifest.get("files")
    if manifest.get("format") != FORMAT or not isinstance(files, dict):
        return None
    # A name that contains a path could lead to a file outside the folder.
    plain = all(name == Path(name).name for name in files)
    return manifest if plain else None


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """The files of a manifest whose bytes were changed after they were written. Missing files are not among them."""
    names = [name for name in manifest["files"] if (folder / name).is_file()]
    return [name for name in names if digest_of(folder / name) != manifest["files"][name]]


def check_place(
    place: Path, *, overwrite: bool = False, names: Collection[str] = (), ask: str = "use overwrite=True"
) -> None:
    """Raise RunError unless a folder of results may be written. An interrupted replacement is repaired first.

    Args:
        place: the folder.
        overwrite: whether existing results may be replaced. Other files in the folder are preserved.
        names: names of the files that will be written. Files of others with these names are an error.
        ask: how the user can allow overwriting, for the message.
    """
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in str(place)):
        raise RunError(
            shown(str(place)), "contains a character that cannot be printed", "give a name of printable characters"
        )
    try:
        check_not_here(place)
        restore(place)
        if place.is_symlink():  # from Python 3.13 on, only `stat` finds links that lead in a circle
            with suppress(FileNotFoundError):
                place.stat()
        if place.exists() and not place.is_dir():
            raise RunError(str(place), "cannot be written (it is a file)", "name a folder")
        _check_above(place)
    except (OSError, RuntimeError) as error:  # a name that is too long; links that lead in a circle
        raise _unwritten(place, error) from None
    # These checks come before the user's work. Otherwise its results could be lost at the end of it.
    others = _others(place)
    if not overwrite:
        if read_manifest(place) is not None:
            raise RunError(str(place), "already contains a run", f"name another folder, or {ask}")
        if others:
            right = f"name a new or empty folder, or {ask} to write beside these files"
            raise RunError(str(place), f"contains other files ({_some(others)})", right)
    _check_names(place, others, names)


def check_not_here(place: Path) -> None:
    """Raise RunError for the program's current folder. If it were replaced, the program would be in a deleted folder."""
    if place.resolve() == Path().resolve():
        raise RunError(
            str(place), "is the folder that you are in", "name a folder inside it, or change to another folder"
        )


@contextmanager
def made_aside(place: Path, *, file: bool = False, overwrite: bool = False, mode: int | None = None) -> Iterator[Path]:
    """A temporary folder to write to, or the path of a temporary file. It is renamed to `place` at the end.

    Missing folders above it are made. After an error `place` is unchanged, and nothing else is left.

    Args:
        place: the folder or file to make. Callers use `check_place` or a similar check before their work.
        file: whether it is a file.
        overwrite: whether the folder may exist and contain files. Files in its manifest are deleted, and all others are
            moved to the new folder.
        mode: the permissions of the folder; by default those of the folder that it replaces.

    Raises:
        RunError: if it cannot be written, if something else was created there in the meantime, or if a file that is not
            in a manifest would be lost.
    """
    try:
        target = place.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}{MARK}", dir=target.parent))
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle, in older versions of Python
        raise _unwritten(place, error) from None
    new = work / NEW
    try:
        # The temporary folder is in the same folder as `place`, because renaming works only within one disk.
        if not file:
            new.mkdir()
            if mode is not None or target.is_dir():
                new.chmod(target.stat().st_mode & 0o7777 if mode is None else mode)
        yield new
        _put(new, target, overwrite=overwrite)
    except OSError as error:
        raise _unwritten(place, error) from None
    except RunError as error:
        # An error about one of the new files. The user knows the name of the folder, but not of the temporary one.
        where = error.where.replace(str(new), str(place))
        raise RunError(where, error.wrong, error.right) from None
    finally:
        # If `old` exists, it contains the older folder or files of the user, and `restore` needs it.
        if not (work / _OLD).exists():
            shutil.rmtree(work, ignore_errors=True)


def restore(place: Path) -> None:
    """Repair an interrupted replacement of a folder, and warn of it.

    If there is no folder of this name, the older folder is put back. If the new one is complete, files that are not in
    the older manifest are moved to it. Raises RunError if this is not possible.
    """
    try:
        target = place.resolve()
        works = [path for path in target.parent.iterdir() if is_work(path, f".{target.name}{MARK}")]
    except (OSError, RuntimeError):
        return  # there is no such folder, or it cannot be read, so there is no working folder of ours in it
    for work in works:
        old = work / _OLD
        if not old.exists() and ((work / _GONE).exists() or age(work) > DAY):
            shutil.rmtree(work, ignore_errors=True)  # it has no files of users, and no other process still writes to it
        # A working folder without `old` may belong to another process that is still writing.
        if not old.is_dir() or old.is_symlink():
            continue
        try:
            # The new folder is complete if it has its manifest. Without one, this is a folder of somebody else.
            if target.exists() and read_manifest(target) is None:
                raise FileExistsError(17, "another folder has this name")
            if target.exists():
                _keep_others(old, target)
                wrong = "had been replaced when a run was interrupted; it contains the newer results"
            else:
                old.replace(target)
                wrong = "was being replaced when a run was interrupted; it contains the older results again"
        except OSError as error:
            wrong = f"could not be repaired after a run was interrupted ({error.strerror})"
            raise RunError(str(place), wrong, f"move its older files from {old}") from None
        shutil.rmtree(work, ignore_errors=True)
        warnings.warn(RestoredWarning(f"{place}: {wrong}"), stacklevel=3)


def _put(new: Path, target: Path, *, overwrite: bool) -> None:
    """Rename the new folder or file to its final name. An existing folder is moved away first; files of others are moved
    to the new one.
    """
    # Time has passed since the first check, so the folder is checked again.
    if not overwrite and target.is_dir():
        names = {path.name for path in target.iterdir()}
        if names - _DESKTOP:
            raise RunError(str(target), "was created by another program in the meantime", "name another folder")
    if new.is_file() and target.is_dir():
        target.rmdir()  # only an empty folder can be removed in this way; any other is an error
    if not target.is_dir():
        new.replace(target)
        return
    _check_names(target, _others(target), [path.name for path in new.iterdir()])
    # Between these two renamings there is no folder of this name. Any error, also an interruption, puts the older one back.
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
    """Move the files that are not in the older manifest to the new folder, and delete the older folder."""
    for name in _others(old, desktop=True):
        if not (target / name).exists():
            (old / name).replace(target / name)
        elif name not in _DESKTOP:
            raise FileExistsError(17, f"{name} is in both the older and the newer folder")
    # Renaming happens at once. If deletion were interrupted, the manifest could be missing while other files are left,
    # and they would then look like files of the user.
    gone = old.with_name(_GONE)
    old.replace(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _others(folder: Path, *, desktop: bool = False) -> list[str]:
    """Names in a folder that are not in its manifest. Files that operating systems add are included only with `desktop`."""
    if not folder.is_dir():
        return []
    manifest = read_manifest(folder)
    ours = set() if manifest is None else {MANIFEST, *manifest["files"]}
    try:
        # The library writes no folders into a folder of results, so a folder is not ours whatever its name.
        found = {path.name for path in folder.iterdir() if path.name not in ours or path.is_dir()}
    except OSError as error:
        raise RunError(str(folder), f"cannot be read ({error.strerror})", "name a folder that you may read") from None
    return sorted(found if desktop else found - _DESKTOP)


def _check_above(place: Path) -> None:
    """Raise RunError if the nearest existing path above `place` is not a folder, or may not be written to."""
    above = next((path for path in place.resolve().parents if path.exists()), None)
    if above is None:
        raise RunError(str(place), "is the root folder", "name a folder within it")
    if not above.is_dir():
        raise RunError(str(place), f"cannot be written ({above} is a file, not a folder)", "give another location")
    if not os.access(above, os.W_OK | os.X_OK):
        raise RunError(str(place), f"cannot be written ({above} is read-only)", "name a folder that you may write to")


def _check_names(place: Path, others: Collection[str], names: Collection[str]) -> None:
    """Raise RunError if a file of others has the name of a file that will be written."""
    lost = sorted(set(others) & set(names))
    if lost:
        wrong = f"contains files that are not the library's and would be overwritten ({_some(lost)})"
        raise RunError(str(place), wrong, "move these files, or name another folder")


def _some(names: Collection[str]) -> str:
    """The first three of some names, and how many more there are."""
    first = list(names)[:3]
    more = len(names) - 3
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


def _seal(manifest: Mapping[str, Any]) -> str:
    """The digest of a manifest without its own digest and its time."""
    rest = {name: value for name, value in manifest.items() if name not in ("sha256", "made_at")}
    return digest(json.dumps(rest, sort_keys=True).encode())


def _unwritten(place: Path, error: Exception) -> RunError:
    reason = getattr(error, "strerror", None) or error  # the short text of the system, without number and path
    right = "name a folder that you may write to and that has free space"
    return RunError(str(place), f"cannot be written ({reason})", right)
