"""Windows, simulated: what the library uses is there too; names, paths, locked files, the console and workers of Windows.

The suite runs on POSIX. Here what Windows lacks is taken away, and what it refuses is refused.
"""

from __future__ import annotations

import ast
import datetime as dt
import errno
import ntpath
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

import nhstransit as nt
from nhstransit.cli import main as command
from nhstransit.errors import NhstransitError
from nhstransit.report.folder import NAMES, folder_name, write_results
from nhstransit.run.folders import made_aside
from nhstransit.scenario import bundled
from nhstransit.studies import merge_stores, open_study, sweep
from nhstransit.studies.store import mend, uri_of
from nhstransit.workforce.cells import read_days
from tests.cli.asking import asked
from tests.small import person, played
from tests.source import nodes_of
from tests.studies.made import left, tiny

HOUSE = Path(nt.__file__).parent
SOURCES = sorted(HOUSE.rglob("*.py"))
KINDS = (ast.Import, ast.ImportFrom, ast.Attribute, ast.Constant, ast.Call)
POSIX_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "select", "syslog", "termios", "tty"}
POSIX_CALLS = {  # attributes of os and signal that Windows does not have, or that do nothing there
    *("chown", "chroot", "ctermid", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getgroups"),
    *("getloadavg", "getpgid", "getpgrp", "getpriority", "getresuid", "getsid", "getuid", "killpg", "lchown", "link"),
    *("mkfifo", "mknod", "nice", "openpty", "pathconf", "pread", "pwrite", "register_at_fork", "sched_getaffinity"),
    *("setpgid", "setsid", "setuid", "statvfs", "sync", "sysconf", "uname", "wait", "wait3", "wait4", "hardlink_to"),
    *(
        "SIGALRM",
        "SIGCHLD",
        "SIGHUP",
        "SIGKILL",
        "SIGPIPE",
        "SIGUSR1",
        "SIGUSR2",
        "setitimer",
        "symlink_to",
        "O_NOFOLLOW",
    ),
    *("O_CLOEXEC", "O_DIRECTORY", "O_TMPFILE", "posix_fallocate", "fdatasync", "copy_file_range", "sendfile"),
}


@cache
def every_node() -> list[tuple[str, Any]]:
    """Each node of the library's source with its place."""
    return [
        (f"{path.relative_to(HOUSE)}:{getattr(node, 'lineno', 0)}", node)
        for path in SOURCES
        if TOKENS.search(text := path.read_text("utf-8"))
        for node in nodes_of(text)
        if isinstance(node, KINDS)
    ]


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, Any]]:
    return ((at, node) for at, node in every_node() if isinstance(node, kind))


TOKENS = re.compile(
    rf"\b(os|signal)\.|_text\(|open\(|%-|_to\(|import ({'|'.join(POSIX_MODULES)})\b|from ({'|'.join(POSIX_MODULES)}) "
)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_no_module_of_posix_alone_is_imported() -> None:
    """Such as fcntl and resource."""
    found = [
        at for at, node in nodes(ast.Import) for name in node.names if name.name.partition(".")[0] in POSIX_MODULES
    ]
    found += [at for at, node in nodes(ast.ImportFrom) if str(node.module).partition(".")[0] in POSIX_MODULES]
    assert not found


def test_no_call_of_posix_alone_is_made() -> None:
    """Of os, signal and pathlib."""
    of = ("os", "signal", "path", "Path", "place")
    found = [
        at
        for at, node in nodes(ast.Attribute)
        if node.attr in POSIX_CALLS and isinstance(node.value, ast.Name) and node.value.id in of
    ]
    assert not found


def test_no_date_is_written_by_a_form_of_posix_alone() -> None:
    """Windows has no %-d: it ends in ValueError."""
    assert not [
        at for at, node in nodes(ast.Constant) if isinstance(node.value, str) and re.search("%-[a-zA-Z]", node.value)
    ]


def test_every_text_file_says_its_encoding_and_its_line_ends() -> None:
    """Windows would read and write cp1252, and end lines otherwise, so that digests would differ."""
    wrong = []
    for at, node in nodes(ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = {one.arg: one for one in node.keywords}
        words = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if name == "read_text" and not ("encoding" in given or words):
            wrong.append(at)
        if name == "write_text" and isinstance(node.func, ast.Attribute):
            wrong += [] if len(node.args) == 2 and "newline" in given else [at]
        if name == "open" and "os" not in ast.unparse(node.func) and not any("b" in str(word) for word in words):
            wrong += [] if "encoding" in given or "archive" in ast.unparse(node.func) else [at]
    assert not wrong


# Names and paths

# Python 3.13 has a function in place of the method, which goes with 3.15.
reserved: Callable[[str], bool] = getattr(ntpath, "isreserved", None) or (
    lambda name: PureWindowsPath(name).is_reserved()
)


@pytest.mark.parametrize("name", ["a:b", "a?", "a*b", "<a>", 'say "a"', "a|b", "CON", "nul", "com1.old", "a.", "a "])
def test_a_folder_is_named_as_it_can_be_there(name: str) -> None:
    """What is written to `results/a:b` would be hidden there; `nul` swallows it."""
    made = PureWindowsPath(folder_name(name))
    assert not reserved(str(made)) and not made.anchor and not set(made.name) & set('<>:"|?*')
    assert made.name == made.name.rstrip(". ") and folder_name("hamlet 2.0") == "hamlet 2.0"


def test_every_name_that_the_library_writes_can_be_had_there() -> None:
    """Bundled scenarios, files of a results folder, working folders."""
    names = [*bundled.bundled_names(), *NAMES]
    assert not [name for name in names if reserved(name) or set(name) & set('<>:"|?*\\/')]
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PureWindowsPath(r"C:\Users\Zoë\My data\study #1.db"), "file:///C:/Users/Zo%C3%AB/My%20data/study%20%231.db"),
        (PureWindowsPath(r"\\nhs-share\wf$\study.db"), "file:////nhs-share/wf%24/study.db"),
        (PurePosixPath("/tmp/a b?.db"), "file:///tmp/a%20b%3F.db"),
    ],
)
def test_a_store_may_lie_on_a_drive_or_a_shared_folder(path: PureWindowsPath, uri: str) -> None:
    """SQLite takes the host of a URI for an error: the share is part of the path."""
    assert uri_of(path) == uri


def test_names_with_spaces_accents_and_signs_serve(tmp_path: Path) -> None:
    """As folders of people and teams are called."""
    place = tmp_path / "Workforce & OD – Zoë's 100% #1"
    sweep(tiny(), replications=1, seed=1, measure=left, store=place / "a b?.db")
    merge_stores([place / "a b?.db"], into=place / "[all].db")
    nt.save_run(played(person(1)), place / "run")
    assert nt.load_run(place / "run").seed == played(person(1)).seed
    assert len(open_study(place / "[all].db")) == 1


# Files that another program has open


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """Files and folders that nothing may take the name of, or move, as while a spreadsheet has them open."""
    names: set[Path] = set()
    for call in ("replace", "rename"):
        before = getattr(Path, call)

        def refused(path: Path, target: Any, before: Any = before) -> Any:
            if {path, Path(target)} & names or any(path in one.parents for one in names):
                raise PermissionError(errno.EACCES, "The process cannot access the file", str(path))
            return before(path, target)

        monkeypatch.setattr(Path, call, refused)
    return names


def test_a_table_that_is_open_elsewhere_stays_as_it_was(
    locked: set[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence, the older file whole, and no other left."""
    place = tmp_path / "sources.csv"
    place.write_text("older", "utf-8")
    locked.add(place)
    status, _, err = asked(capsys, "sources", "--csv", str(place))
    assert status == 2 and "sources.csv" in err and "Traceback" not in err
    assert place.read_text("utf-8") == "older" and names_in(tmp_path) == ["sources.csv"]


@pytest.mark.thorough
def test_a_results_folder_with_a_file_open_elsewhere_stays_as_it_was(locked: set[Path], tmp_path: Path) -> None:
    """The folder cannot be moved out of the way: a sentence, and it is whole."""
    run = played(person(1))
    place = tmp_path / "out"
    write_results(nt.measure(run), place)
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    locked.add(place / "headcount-by-kind.csv")
    with pytest.raises(NhstransitError, match=r"out: cannot be written \(The process cannot access the file\)"):
        write_results(nt.measure(run), place, overwrite=True)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    assert names_in(tmp_path) == ["out"]


def test_a_store_that_is_open_elsewhere_stays_as_it_was(locked: set[Path], tmp_path: Path) -> None:
    """Merged into, or mended."""
    for number in (1, 2):
        sweep(tiny(), replications=2, seed=1, measure=left, store=tmp_path / f"{number}.db", shard=(number, 2))
    before = open_study(tmp_path / "1.db").sha256()
    locked.add(tmp_path / "1.db")
    with pytest.raises(NhstransitError, match=r"1.db: cannot be written \(The process"):
        merge_stores([tmp_path / "1.db", tmp_path / "2.db"], into=tmp_path / "1.db")
    with pytest.raises(NhstransitError, match=r"1.db: cannot be repaired \(The process"):
        mend(tmp_path / "1.db")
    assert open_study(tmp_path / "1.db").sha256() == before
    assert names_in(tmp_path) == ["1.db", "1.db.damaged", "2.db"]


@pytest.mark.thorough
def test_a_file_of_its_own_is_never_open_when_it_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows moves no open file: when a file or folder gets its name, this program has nothing of it open."""
    moved = []
    before = Path.replace

    def watched(path: Path, target: Any) -> Any:
        opened = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]
        moved.append(path)
        assert not [one for one in opened if one.startswith((str(path), str(target)))], path
        return before(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    run = played(person(1))
    for _ in range(2):
        write_results(nt.measure(run), tmp_path / "out", overwrite=True)
        nt.save_run(run, tmp_path / "run", overwrite=True)
        nt.plots.save(nt.plots.headcount(run), tmp_path / "a.png", data=True)
        nt.report(run).save(tmp_path / "a.html")
        nt.report(run).save(tmp_path / "a.xlsx")
        sweep(tiny(), replications=1, seed=1, measure=left, store=tmp_path / "1.db")
        merge_stores([tmp_path / "1.db"], into=tmp_path / "1.db")
        with made_aside(tmp_path / "one", file=True, overwrite=True) as new:
            new.write_text("", "utf-8")
        (tmp_path / "one").unlink()
    mend(tmp_path / "1.db")
    assert len(moved) > 15


# The console, dates, and a whole session without what Windows lacks


def test_a_closed_pipe_there_ends_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as an invalid argument, and not as a broken pipe."""

    told = {"__name__": "click.utils"}  # the error comes from there, and not from this test
    exec(f"def echo(*_, **__): raise OSError({errno.EINVAL}, 'Invalid argument')", told)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("click.echo", told["echo"])
    room = sys.modules["nhstransit.cli.main"]
    monkeypatch.setattr(room, "_drop_output", lambda: None)
    monkeypatch.setattr(room, "_tell", pytest.fail)
    with pytest.raises(SystemExit) as end:
        command(["scenarios"])
    assert end.value.code == 141


def test_days_are_written_in_words_without_the_systems_help() -> None:
    """An ambiguous column, as the reader of extracts tells it."""
    found = read_days(["03/04/1968"], earliest=dt.date(1900, 1, 1), latest=dt.date(2010, 4, 1))
    assert "3 April 1968 or 4 March 1968" in str(found.faults)


SESSION = """
import multiprocessing.connection, multiprocessing.popen_spawn_posix, os, signal, sqlite3, subprocess, sys, tempfile
import concurrent.futures.process, multiprocessing.resource_tracker, shutil, socket, asyncio
import click, rich.console, rich.table  # which would ask for Windows itself, as do those that a verb draws or measures with
if sys.argv[1] != "explain":
    import matplotlib.pyplot, pandas, scipy.stats, simpy
for name in ("fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "fchmod", "chown", "nice", "sync", "uname",
             "sched_getaffinity", "register_at_fork", "statvfs", "killpg", "setsid", "getloadavg", "link"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGKILL", "SIGHUP", "SIGPIPE", "SIGALRM", "SIGUSR1"):
    delattr(signal, name)
for name in ("fcntl", "resource", "pwd", "grp", "termios", "syslog"):
    sys.modules[name] = None
os.chmod = lambda path, mode, **_: None  # there, it marks a file as read-only or not
sys.platform = "win32"
from nhstransit.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    sys.stdout.flush()
    os._exit(end.code or 0)
"""


@pytest.mark.thorough
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["run", "hamlet", "--seed", "1", "--out", "out"], id="run", marks=pytest.mark.thorough),
        pytest.param(["explain", "hamlet"], id="explain"),
        pytest.param(["report", "hamlet", "--out", "a.xlsx"], id="report", marks=pytest.mark.thorough),
        pytest.param(["compare", "hamlet", "--without", "mars"], id="compare", marks=pytest.mark.thorough),
    ],
)
def test_a_session_without_what_windows_lacks(words: list[str], tmp_path: Path) -> None:
    """In a console of code page 1252, with a home and caches where Windows has them."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(HOUSE.parent),
        "PYTHONIOENCODING": "cp1252",
        "PYTHONUTF8": "0",
        "LC_ALL": "C",
        "LOCALAPPDATA": str(tmp_path / "AppData"),
        "MPLCONFIGDIR": str(tmp_path / "mpl"),
    }
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", SESSION, *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )
    told = done.stderr.decode("cp1252")
    assert done.returncode == 0, told
    assert "£" in done.stdout.decode("cp1252") or "--out" in words[-2:]
    assert "Traceback" not in told and f"{HOUSE}" not in told  # no text file is opened in the machine's own encoding
