"""A program that writes results and is stopped at one of its system calls, for `test_stepped.py`.

It prints one line of JSON for each stop: the kind of stop, the call, and the result that was on disk afterwards. Each stop
is in a forked process of its own, in which nothing runs after the call.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from pathlib import Path
from typing import Any

KINDS = ("SIGINT", "SIGTERM", "SIGKILL", "ENOSPC")
GROWS = ("write", "open", "os.mkdir")  # calls that a full disk refuses
CALLS = (*GROWS, "os.rename", "os.remove", "os.rmdir", "os.chmod")


class Stop:
    """Counts calls that change the disk, and stops the program at one of them. A full disk stays full."""

    def __init__(self, kind: str, at: int) -> None:
        self.kind = kind
        self.at = at
        self.count = 0

    def __call__(self, call: str) -> None:
        number = self.count
        self.count += 1
        if self.kind == "ENOSPC":
            if number >= self.at >= 0 and call in GROWS:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        elif number == self.at:
            os.kill(os.getpid(), getattr(signal, self.kind))

    def watch(self) -> None:
        """Count every call from now on."""
        stop = self
        opened = io.open

        class Raw(io.FileIO):
            def write(self, content: Any) -> int:
                stop("write")
                return int(super().write(content) or 0)

        def counting(file: Any, mode: str = "r", buffering: int = -1, *more: Any, **named: Any) -> Any:
            if isinstance(file, int) or not set(mode) & set("wax"):
                return opened(file, mode, buffering, *more, **named)
            binary = io.BufferedWriter(Raw(os.fspath(file), mode.replace("b", "").replace("t", "").replace("+", "")))
            if "b" in mode:
                return binary
            words = dict(zip(("encoding", "errors", "newline"), more, strict=False)) | named
            return io.TextIOWrapper(binary, **{name: words.get(name) for name in ("encoding", "errors", "newline")})

        def heard(event: str, given: tuple[Any, ...]) -> None:
            writes = event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
            if writes or (event in CALLS and event != "open"):
                stop(event)

        io.open = builtins.open = counting  # type: ignore[assignment]
        sys.addaudithook(heard)


def forked(action: Callable[[], None], kind: str, at: int) -> tuple[str, int]:
    """Run an action in a forked process that is stopped.

    Return how it ended, and its number of calls if it counted them.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        stop = Stop(kind, at)
        ended = "done"
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            stop.watch()
            action()
        except KeyboardInterrupt:
            ended = "interrupted"
        except BaseException as error:
            ended = f"{type(error).__name__}: {error}"
        os.write(writer, json.dumps([ended, stop.count]).encode())
        os._exit(0)
    os.close(writer)
    output = b""
    while part := os.read(reader, 65536):
        output += part
    os.close(reader)
    os.waitpid(child, 0)
    ended, count = json.loads(output) if output else ("killed", -1)
    return ended, count


def saving(place: Path) -> tuple[Callable[[], None], Callable[[], None], Callable[[], str]]:
    """A saved run: functions that write the older run, write the newer run, and tell which one is on disk."""
    import nhstransit as nt
    from tests.small import person, played

    older = played(person(1))
    newer = played(person(1), person(2))

    def which() -> str:
        found = nt.load_run(place)
        return "older" if len(found.people) == 1 else "newer"

    return (
        lambda: nt.save_run(older, place, overwrite=True) and None,
        lambda: nt.save_run(newer, place, overwrite=True) and None,
        which,
    )


def results(place: Path) -> tuple[Callable[[], None], Callable[[], None], Callable[[], str]]:
    """A results folder with its tables, text and figures: functions as for `saving`."""
    import nhstransit as nt
    from nhstransit.report.folder import write_results
    from tests.small import person, played

    older, newer = (nt.measure(played(*map(person, range(1, 1 + many)))) for many in (1, 2))

    def which() -> str:
        return "older" if len(nt.load_run(place).people) == 1 else "newer"

    return (
        lambda: write_results(older, place, overwrite=True) and None,
        lambda: write_results(newer, place, overwrite=True) and None,
        which,
    )


def page(place: Path) -> tuple[Callable[[], None], Callable[[], None], Callable[[], str]]:
    """A web page, which is one file: functions as for `saving`."""
    import nhstransit as nt
    from tests.small import person, played

    file = place.with_suffix(".html")
    report = nt.report(played(person(1)))
    report.save(file)
    whole = file.read_text("utf-8")

    def old() -> None:
        file.write_text("older", "utf-8")

    def which() -> str:
        found = file.read_text("utf-8")
        return "older" if found == "older" else "newer" if found == whole else f"{len(found)} letters"

    return old, lambda: report.save(file) and None, which


def main(folder: Path, what: str, kinds: list[str], every: int, first: int) -> None:
    place = folder / "out"
    old, new, which = {"saving": saving, "results": results, "page": page}[what](place)
    old()
    _, count = forked(new, "SIGINT", -1)
    for kind in kinds:
        for at in range(first, count, every):
            old()
            ended, _ = forked(new, kind, at)
            output = io.StringIO()
            with warnings.catch_warnings(), redirect_stderr(output), suppress(Exception):
                warnings.simplefilter("always")
                on_disk = which()
            left = sorted(path.name for path in folder.iterdir() if not path.name.startswith("out"))
            for path in folder.iterdir():
                if path.name in left and path.is_dir():
                    assert sorted(inner.stem for inner in path.iterdir()) in ([], ["new"]), path
            print(
                json.dumps({"kind": kind, "at": at, "of": count, "ended": ended, "on_disk": on_disk, "left": len(left)})
            )
            on_disk = "nothing"
            import shutil

            for path in folder.iterdir():
                if path.name in left:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), int(sys.argv[4]), int(sys.argv[5]))
