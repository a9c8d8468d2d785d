"""Safe reading and writing of files. A file is written whole or not at all, even if the program is stopped, and only
regular files are read.
"""

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

MARK = ".nhstransit-"  # in a working folder's name, before eight random letters from `tempfile`
LETTERS = 8
DAY = 24 * 60 * 60  # seconds; no file takes as long to write
NEW = "new"
OWNER = 0o600  # permissions of a file that only its owner may read and write
_PIECE = 2**20  # bytes read at a time
_NAME = 80  # letters of a file's name at the start of its working folder's name, which would otherwise be too long


@contextmanager
def written(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """A temporary path to write to. The finished file replaces `path`; after an error, `path` is unchanged.

    The file is made in a working folder beside `path`, which only its owner may enter. A path that is not a regular
    file, such as `/dev/stdout`, is written to directly.

    Args:
        path: where the file will be.
        mode: its permissions (POSIX); by default those of the file that it replaces, or else those of a new file.

    Raises:
        OSError: if the folder of `path` is missing, or cannot be written to.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        yield path
        return
    # In the folder of the target, because only a file of the same file system can replace it in one step.
    start = f".{target.name[:_NAME]}{MARK}"
    _tidy(target.parent, start)
    work = Path(tempfile.mkdtemp(prefix=start, dir=target.parent))
    new = work / f"{NEW}{target.suffix}"
    try:
        yield new
        # Permissions are set before the file is in its place, so that it is never more widely readable than it should be.
        if mode is not None or target.exists():
            new.chmod(target.stat().st_mode & 0o7777 if mode is None else mode)
        new.replace(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Args:
        path: where the file will be.
        text: its content.
        mode: its permissions, as for `written`.

    Raises:
        OSError: if the folder is missing, or cannot be written to.
    """
    with written(path, mode=mode) as part:
        part.write_text(text, "utf-8", newline="\n")


NO_FILE = "it is a pipe, a device or a socket, not a file"
# Opening a named pipe would wait until another program writes to it, unless `O_NONBLOCK` is set. Only Windows has
# `O_BINARY`.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def opened(path: Path) -> BufferedReader:
    """A file, open for reading. Raises OSError for anything but a regular file, without waiting for data."""
    try:
        number = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.EOPNOTSUPP):  # a socket, or a device without hardware
            raise OSError(errno.EINVAL, NO_FILE, str(path)) from None
        raise
    try:
        # The open file is examined, not the path, which another program might exchange in between.
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
    """The bytes of a file. Raises OSError for a file of more than `most` bytes, without reading the rest."""
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
    """Whether a file name could point outside a folder, on any operating system: by `..`, a root or a drive."""
    # A name that is harmless on one system may be a drive or a root on the other.
    forms = (PurePosixPath(name), PureWindowsPath(name))
    return not name or any(form.anchor or ".." in form.parts for form in forms)


def is_work(path: Path, start: str) -> bool:
    """Whether a path is a working folder whose name begins like this."""
    mine = path.name.startswith(start) and len(path.name) == len(start) + LETTERS
    return mine and path.is_dir() and not path.is_symlink()


def age(folder: Path) -> float:
    """How long ago a folder was made or changed, in seconds; zero if it no longer exists."""
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0


def _tidy(folder: Path, start: str) -> None:
    """Delete working folders that a killed program left behind, once they are too old to be in use."""
    with suppress(OSError):  # the folder may be writable but not readable
        for path in folder.iterdir():
            if is_work(path, start) and age(path) > DAY and _is_ours(path):
                shutil.rmtree(path, ignore_errors=True)


def _is_ours(work: Path) -> bool:
    """Whether a working folder contains only a file being written. False if it cannot be read, as another user's."""
    try:
        return [inner.stem for inner in work.iterdir()] in ([], [NEW])
    except OSError:
        return False
