"""The doors to files: a file is written whole or not at all, whenever the program is stopped, and only files are read."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path, PurePosixPath, PureWindowsPath

MARK = ".nhstransit-"  # of a working folder: `tempfile` makes eight letters, which nobody can foresee
LETTERS = 8
DAY = 24 * 60 * 60  # seconds; nothing takes as long to write
NEW = "new"
OWNER = 0o600  # permissions of a file that only its owner may read and write
_PIECE = 2**20  # bytes read at a time
_NAME = 80  # letters of a file's name that its working folder begins with, so that the folder's own is not too long


@contextmanager
def written(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """A path to write to, whose file takes the name of `path` at the end; after an error, `path` is as it was.

    The file is made in a working folder next to it, which only its owner may enter. What is not a file, such as
    `/dev/stdout`, is written to directly.

    Args:
        path: where the file will be.
        mode: its permissions (POSIX); by default those of a file that it replaces, or else those of any new file.

    Raises:
        OSError: where the folder of `path` is missing, or cannot be written.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        yield path
        return
    start = f".{target.name[:_NAME]}{MARK}"
    _tidy(target.parent, start)
    work = Path(tempfile.mkdtemp(prefix=start, dir=target.parent))
    new = work / f"{NEW}{target.suffix}"
    try:
        yield new
        if mode is not None or target.exists():
            new.chmod(target.stat().st_mode & 0o7777 if mode is None else mode)
        new.replace(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Args:
        path: where the file will be.
        text: what it holds.
        mode: its permissions, as for `written`.

    Raises:
        OSError: where the folder is missing, or cannot be written.
    """
    with written(path, mode=mode) as part:
        part.write_text(text, "utf-8", newline="\n")


NO_FILE = "it is a pipe, a device or a socket, not a file"
# A named pipe would wait for somebody to write to it; `O_NONBLOCK` opens it at once. `O_BINARY` is of Windows alone.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def opened(path: Path) -> BufferedReader:
    """A file, open for reading. Raises OSError at once for anything but a regular file: it is checked once open."""
    try:
        number = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.EOPNOTSUPP):  # a socket, or a device without hardware
            raise OSError(errno.EINVAL, NO_FILE, str(path)) from None
        raise
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, NO_FILE, str(path))
        return os.fdopen(number, "rb")
    except BaseException:
        os.close(number)
        raise


def content_of(path: Path, most: int) -> bytes:
    """The bytes of a file. Raises OSError for one with more than `most`, such as a sparse file, and reads no more of it."""
    pieces: list[bytes] = []
    size = 0
    with opened(path) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > most:
                raise OSError(errno.EFBIG, f"it has more than {most:,} bytes")
            pieces.append(piece)
    return b"".join(pieces)


def leads_out(name: str) -> bool:
    """Whether a name that a file gives could lead out of the file's folder, on any system: by `..`, a root or a drive."""
    return not name or any(form.anchor or ".." in form.parts for form in (PurePosixPath(name), PureWindowsPath(name)))


def is_work(path: Path, start: str) -> bool:
    """Whether a path is a working folder whose name begins like this."""
    mine = path.name.startswith(start) and len(path.name) == len(start) + LETTERS
    return mine and path.is_dir() and not path.is_symlink()


def age(folder: Path) -> float:
    """How long ago a folder was made or changed, in seconds; zero where it has gone."""
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0


def _tidy(folder: Path, start: str) -> None:
    """Take away what a program that was killed has left, once nobody can still be writing it."""
    with suppress(OSError):  # a folder that may be written to and not listed
        for path in folder.iterdir():
            if is_work(path, start) and age(path) > DAY and _is_ours(path):
                shutil.rmtree(path, ignore_errors=True)


def _is_ours(work: Path) -> bool:
    """Whether a working folder holds nothing other than a file being written; not so where it is another user's."""
    try:
        return [inner.stem for inner in work.iterdir()] in ([], [NEW])
    except OSError:
        return False
