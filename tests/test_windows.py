"""Windows, simulated: the library uses only functions of Windows, and works with its names, paths, locks and console.

The tests run on POSIX. They remove functions that Windows lacks, and refuse operations that Windows refuses.
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
from tests.cli.command import run_command
from tests.small import person, played
from tests.source import nodes_of
from tests.studies.made import left, tiny

PACKAGE = Path(nt.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
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
    """Each node of the library's source, with its file and line."""
    return [
        (f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}", node)
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


def test_no_module_that_exists_only_on_posix_is_imported() -> None:
    """Such as fcntl and resource."""
    found = [
        at for at, node in nodes(ast.Import) for name in node.names if name.name.partition(".")[0] in POSIX_MODULES
    ]
    found += [at for at, node in nodes(ast.ImportFrom) if str(node.module).partition(".")[0] in POSIX_MODULES]
    assert not found


def test_no_function_that_exists_only_on_posix_is_used() -> None:
    """This covers os, signal and pathlib."""
    of = ("os", "signal", "path", "Path", "place")
    found = [
        at
        for at, node in nodes(ast.Attribute)
        if node.attr in POSIX_CALLS and isinstance(node.value, ast.Name) and node.value.id in of
    ]
    assert not found


def test_no_date_format_that_exists_only_on_posix_is_used() -> None:
    """On Windows, `%-d` raises ValueError."""
    assert not [
        at for at, node in nodes(ast.Constant) if isinstance(node.value, str) and re.search("%-[a-zA-Z]", node.value)
    ]


def test_every_text_file_is_opened_with_encoding_and_line_ends() -> None:
    """The defaults of Windows are cp1252 and other line ends, with which digests would differ."""
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

# Python 3.13 has a new function for this. Python 3.15 removes the old method.
reserved: Callable[[str], bool] = getattr(ntpath, "isreserved", None) or (
    lambda name: PureWindowsPath(name).is_reserved()
)


@pytest.mark.parametrize("name", ["a:b", "a?", "a*b", "<a>", 'say "a"', "a|b", "CON", "nul", "com1.old", "a.", "a "])
def test_names_of_folders_are_valid_on_windows(name: str) -> None:
    """Files written to `results/a:b` would be hidden, and files written to `nul` would be lost."""
    made = PureWindowsPath(folder_name(name))
    assert not reserved(str(made)) and not made.anchor and not set(made.name) & set('<>:"|?*')
    assert made.name == made.name.rstrip(". ") and folder_name("hamlet 2.0") == "hamlet 2.0"


def test_names_of_all_files_of_the_library_are_valid_on_windows() -> None:
    """This covers bundled scenarios and the files of a results folder. No two names differ only in case."""
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
def test_a_store_can_be_on_a_drive_or_in_a_shared_folder(path: PureWindowsPath, uri: str) -> None:
    """SQLite refuses a URI with a host, so the name of the share is a part of the path."""
    assert uri_of(path) == uri


def test_paths_can_have_spaces_accents_and_special_characters(tmp_path: Path) -> None:
    """Names of people and teams often have them."""
    folder = tmp_path / "Workforce & OD – Zoë's 100% #1"
    sweep(tiny(), replications=1, seed=1, measure=left, store=folder / "a b?.db")
    merge_stores([folder / "a b?.db"], into=folder / "[all].db")
    nt.save_run(played(person(1)), folder / "run")
    assert nt.load_run(folder / "run").seed == played(person(1)).seed
    assert len(open_study(folder / "[all].db")) == 1


# Files that another program has open


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """Files and folders that cannot be replaced or renamed, as while a spreadsheet has them open."""
    names: set[Path] = set()
    for call in ("replace", "rename"):
        before = getattr(Path, call)

        def refused(path: Path, target: Any, before: Any = before) -> Any:
            if {path, Path(target)} & names or any(path in one.parents for one in names):
                raise PermissionError(errno.EACCES, "The process cannot access the file", str(path))
            return before(path, target)

        monkeypatch.setattr(Path, call, refused)
    return names


def test_a_table_that_another_program_has_open_is_not_changed(
    locked: set[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is an error message, the old file is complete, and no other file is left."""
    path = tmp_path / "sources.csv"
    path.write_text("older", "utf-8")
    locked.add(path)
    status, _, err = run_command(capsys, "sources", "--csv", str(path))
    assert status == 2 and "sources.csv" in err and "Traceback" not in err
    assert path.read_text("utf-8") == "older" and names_in(tmp_path) == ["sources.csv"]


@pytest.mark.thorough
def test_a_results_folder_with_a_file_that_another_program_has_open_is_not_changed(
    locked: set[Path], tmp_path: Path
) -> None:
    """The folder cannot be replaced. There is an error message."""
    run = played(person(1))
    folder = tmp_path / "out"
    write_results(nt.measure(run), folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    locked.add(folder / "headcount-by-kind.csv")
    with pytest.raises(NhstransitError, match=r"out: cannot be written \(The process cannot access the file\)"):
        write_results(nt.measure(run), folder, overwrite=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert names_in(tmp_path) == ["out"]


def test_a_store_that_another_program_has_open_is_not_changed(locked: set[Path], tmp_path: Path) -> None:
    """This covers merging into it and repairing it."""
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
def test_the_library_moves_no_file_that_it_has_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows cannot move an open file, nor a folder with an open file."""
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


# The console, dates, and whole commands without functions that Windows lacks


def test_the_command_ends_without_a_message_if_its_output_is_closed_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows reports an invalid argument, not a broken pipe."""

    space = {"__name__": "click.utils"}  # the error must come from this module, and not from the test
    exec(f"def echo(*_, **__): raise OSError({errno.EINVAL}, 'Invalid argument')", space)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("click.echo", space["echo"])
    module = sys.modules["nhstransit.cli.main"]
    monkeypatch.setattr(module, "_drop_output", lambda: None)
    monkeypatch.setattr(module, "_tell", pytest.fail)
    with pytest.raises(SystemExit) as end:
        command(["scenarios"])
    assert end.value.code == 141


def test_dates_are_written_in_words_without_formats_of_the_system() -> None:
    """The reader of extracts has a message about ambiguous dates."""
    found = read_days(["03/04/1968"], earliest=dt.date(1900, 1, 1), latest=dt.date(2010, 4, 1))
    assert "3 April 1968 or 4 March 1968" in str(found.faults)


SESSION = """
import multiprocessing.connection, multiprocessing.popen_spawn_posix, os, signal, sqlite3, subprocess, sys, tempfile
import concurrent.futures.process, multiprocessing.resource_tracker, shutil, socket, asyncio
import click, rich.console, rich.table  # loaded first, as they would need the real Windows; so would those below
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
def test_the_command_runs_without_functions_that_windows_lacks(words: list[str], tmp_path: Path) -> None:
    """The console uses code page 1252, and caches are in the folders of Windows."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PACKAGE.parent),
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
    error = done.stderr.decode("cp1252")
    assert done.returncode == 0, error
    assert "£" in done.stdout.decode("cp1252") or "--out" in words[-2:]
    assert "Traceback" not in error and f"{PACKAGE}" not in error  # no text file is opened without an encoding
