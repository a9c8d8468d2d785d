"""Measures how many mutants of each formula file its own tests kill: mutmut's mutants, one file after another.

    python .ci/mutation.py                     every file below
    python .ci/mutation.py nhstransit/pence.py one file

Each file is measured in a copy of its own under build/mutation, against the tests named here and no others: those that state
its rules. mutmut makes the mutants and switches one on; pytest collects once, and each mutant is tried in a fork by those
tests that call its function, until one fails. (`mutmut run` finds the same by starting pytest anew for each, which takes ten
times as long.) The result stands in .ci/mutation.txt, one line a file. Survivors are looked up in .ci/survivors.toml, which
says why no test can see them; one that is not listed there is printed, and so is a listed one that survives no longer.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "mutation"
RESULTS = ROOT / ".ci" / "mutation.txt"
SURVIVORS = ROOT / ".ci" / "survivors.toml"
HEAD = "file, day, commit, mutants, killed, survived (of them explained in .ci/survivors.toml), score"
SCORE = 85  # per cent of the mutants of each file that its tests must kill
# Times the processor's seconds that a mutant's tests take without it, and as many seconds: a busy machine kills nothing.
PATIENCE = 5

FILES = {
    "nhstransit/pence.py": ("tests/test_pence.py",),
    "nhstransit/rounding.py": ("tests/test_rounding.py",),
    "nhstransit/law/appraisal.py": (
        "tests/law/test_appraisal.py",
        "tests/law/test_money.py",
        "tests/law/test_money_over_time.py",
    ),
    "nhstransit/law/notice.py": ("tests/law/test_notice.py",),
    "nhstransit/law/oncosts.py": ("tests/law/test_oncosts.py",),
    "nhstransit/law/pensions.py": ("tests/law/test_pensions.py",),
    "nhstransit/law/service.py": ("tests/law/test_service.py",),
    "nhstransit/law/severance.py": (
        "tests/law/test_severance.py",
        "tests/law/test_law.py",
        "tests/law/test_terms_2025.py",
    ),
    "nhstransit/behaviour/departures.py": ("tests/behaviour/test_departures.py",),
    "nhstransit/behaviour/outlook.py": ("tests/behaviour/test_outlook.py",),
}
SETTINGS = """
[tool.mutmut]
source_paths = ["nhstransit"]
only_mutate = ["{file}"]
"""
PYTEST = ("--rootdir=.", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=-m 'not thorough'")
KILLED = ("killed", "without end")


def copied(file: str) -> Path:
    """A new copy of the tree, in which one file will be mutated."""
    place = WORK / Path(file).stem
    shutil.rmtree(place, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place / name)
    with (place / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(file=file))
    return place


# Within the copy, in a process of its own


class Trial:
    """A plugin of pytest that, in place of running its tests, runs them once for each mutant."""

    def __init__(self, file: str) -> None:
        from mutmut.mutation import trampoline

        self.mutants = list(json.loads(Path(f"{file}.meta").read_text("utf-8"))["exit_code_by_key"])
        self.switch = trampoline.set_mutant_under_test
        self.fates: dict[str, str] = {}

    def pytest_runtestloop(self, session: Any) -> bool:
        """Which tests call which function, and then each mutant."""
        from mutmut.utils.format_utils import mangled_name_from_mutant_name

        calling, seconds = self._unmutated(session.items)
        gc.collect()
        gc.freeze()  # forks share what is there already
        for mutant in self.mutants:
            tests = sorted(calling.get(mangled_name_from_mutant_name(mutant), []), key=seconds.__getitem__)
            self.fates[mutant] = self._fate(mutant, tests, sum(seconds[test] for test in tests))
        return True

    def _unmutated(self, tests: Sequence[Any]) -> tuple[dict[str, list[Any]], dict[Any, float]]:
        """The tests that call each function, and how long each takes; every one must pass."""
        from mutmut.state import state

        calling: dict[str, list[Any]] = {}
        seconds: dict[Any, float] = {}
        for test in tests:
            self.switch("stats")
            state()._stats.clear()
            began = time.process_time()
            if not passes(test):
                sys.exit(f"{test.nodeid} fails without any mutant")
            seconds[test] = time.process_time() - began
            for function in state()._stats:
                calling.setdefault(function, []).append(test)
        self.switch("")
        return calling, seconds

    def _fate(self, mutant: str, tests: Sequence[Any], seconds: float) -> str:
        """What becomes of a mutant under some tests, in a fork."""
        fork = os.fork()
        if not fork:
            status = 1
            try:
                signal.setitimer(signal.ITIMER_PROF, PATIENCE * (1 + seconds))
                self.switch(mutant)
                status = 0 if all(passes(test) for test in tests) else 1
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
        return {0: "survived", -signal.SIGPROF: "without end"}.get(status, "killed")


def passes(test: Any) -> bool:
    """Whether a collected test passes, fixtures and all."""
    from _pytest.runner import runtestprotocol

    return all(report.passed for report in runtestprotocol(test, log=False, nextitem=None))


def tried(file: str) -> None:
    """Mutate a file of this copy, try each mutant, and write what became of them beside."""
    import pytest
    from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants, setup_source_paths
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.mutation.trampoline import set_mutant_under_test

    set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir()
    copy_src_dir()
    copy_also_copy_files()
    setup_source_paths()
    create_mutants(1)
    set_mutant_under_test("")
    place = Path.cwd()
    os.chdir("mutants")
    trial = Trial(file)
    pytest.main([*PYTEST, *FILES[file]], plugins=[trial])
    os.chdir(place)
    survivors = [mutant for mutant, fate in trial.fates.items() if fate not in KILLED]
    changes = [change(mutant, get_diff_for_mutant(mutant, path=Path(file))) for mutant in survivors]
    Path("found.json").write_text(json.dumps({"mutants": len(trial.fates), "survivors": changes}), "utf-8")


def change(mutant: str, diff: str) -> str:
    """A mutant as .ci/survivors.toml names it: its function, and the lines that it has in place of others."""
    lines = [line[1:].strip() for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    name = mutant.rpartition(".")[2].rpartition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return f"{name}: {' '.join(lines)}"


# Outside


def look_up(file: str, survivors: Sequence[str]) -> int:
    """Print what the list of survivors lacks, or has too much; returns how many of them it explains."""
    told = tomllib.loads(SURVIVORS.read_text("utf-8")) if SURVIVORS.exists() else {}
    listed = [mutant for reason in told.get(file, []) for mutant in reason["mutants"]]
    for mutant in survivors:
        if mutant not in listed:
            print(f"    survives, and is not explained: {json.dumps(mutant, ensure_ascii=False)},")
    for mutant in listed:
        if mutant not in survivors:
            print(f"    is explained, and does not survive: {mutant}")
    return sum(mutant in listed for mutant in survivors)


def measure(file: str) -> tuple[int, int]:
    """How many mutants of a file there are, and how many its tests kill; its line among the results is written."""
    print(f"{file}: by {', '.join(FILES[file])}", flush=True)
    place = copied(file)
    with (place / "found.log").open("w", encoding="utf-8") as log:
        inside = [sys.executable, __file__, "--inside", file]
        subprocess.run(inside, cwd=place, stdout=log, stderr=log, check=False)
    if not (place / "found.json").exists():
        sys.exit(f"it was not measured: {place / 'found.log'}")
    found = json.loads((place / "found.json").read_text("utf-8"))
    every, survived = found["mutants"], len(found["survivors"])
    explained = look_up(file, found["survivors"])
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    day = dt.datetime.now(dt.UTC).date()
    counts = f"{every:5} {every - survived:5} {survived:5} ({explained})"
    line = f"{file:36} {day}  {commit.stdout.strip()} {counts:24} {100 * (every - survived) // every}%"
    old = RESULTS.read_text("utf-8").splitlines() if RESULTS.exists() else []
    lines = {each.split()[0]: each for each in old if each.startswith("nhstransit/")} | {file: line}
    RESULTS.write_text("\n".join([HEAD, *(lines[each] for each in FILES if each in lines), ""]), "utf-8")
    print(line, flush=True)
    return every, every - survived


def main() -> int:
    """Measure the files asked for; 1 where the tests of one kill too few of its mutants."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("files", nargs="*", metavar="FILE")
    asked.add_argument("--inside", choices=FILES, help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.inside:
        tried(told.inside)
        return 0
    if strange := set(told.files) - set(FILES):
        asked.error(f"no file of formulas: {', '.join(sorted(strange))}; name some of {', '.join(FILES)}")
    files = told.files or list(FILES)
    found = [measure(file) for file in files]
    total, killed = (sum(each) for each in zip(*found, strict=True))
    low = [file for file, (every, dead) in zip(files, found, strict=True) if 100 * dead < SCORE * every]
    print(
        f"{killed} of {total} mutants killed, {100 * killed // total}%; below {SCORE}%: {', '.join(low) or 'no file'}"
    )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
