"""Measures how many mutants of each formula file its own tests kill, by mutmut, one file after another.

    python .ci/mutation.py                     every file below, from the start
    python .ci/mutation.py nhstransit/pence.py one file
    python .ci/mutation.py --again             go on with what was measured before: only what is new, and what survived

Each file is measured in a copy of its own under build/mutation, against the tests named here and no others: those that state
its rules. The result stands in .ci/mutation.txt, one line a file. Mutants that survive are looked up in .ci/survivors.toml,
which says why no test can see them; a survivor that is not listed there is printed, and so is a listed one that is no more.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "mutation"
RESULTS = ROOT / ".ci" / "mutation.txt"
SURVIVORS = ROOT / ".ci" / "survivors.toml"
SCORE = 85  # per cent of the mutants of each file that its tests must kill

FILES = {
    "nhstransit/pence.py": ("tests/test_pence.py",),
    "nhstransit/rounding.py": ("tests/test_rounding.py",),
    "nhstransit/law/appraisal.py": (
        "tests/law/test_appraisal.py",
        "tests/law/test_money.py",
        "tests/law/test_edges.py",
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
# A mutant is given so many times the seconds that its tests take without it, and one more: an endless loop ends, and a busy
# machine kills nothing.
SETTINGS = """[tool.mutmut]
source_paths = ["nhstransit"]
only_mutate = ["{file}"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", "-o", "addopts=-m 'not thorough'"]
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
timeout_multiplier = 12.0
timeout_constant = 1.0

"""
KILLED = ("killed", "timeout", "segfault")
NOT_KILLED = (0, 5, 33, None)  # exit statuses that mutmut keeps of a mutant that survived, or that no test calls


def copied(file: str) -> Path:
    """A copy of the tree in which mutmut mutates one file only."""
    place = WORK / Path(file).stem
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place / name)
    settings = SETTINGS.format(file=file, tests=json.dumps(FILES[file]))
    (place / "pyproject.toml").write_text(f"{(ROOT / 'pyproject.toml').read_text('utf-8')}\n{settings}", "utf-8")
    return place


def forget_survivors(place: Path, file: str) -> None:
    """Have what survived before tried again. What was killed stays so while the file and its tests' names do."""
    kept = place / "mutants" / f"{file}.meta"
    if kept.exists():
        told = json.loads(kept.read_text("utf-8"))
        codes = told["exit_code_by_key"]
        told["exit_code_by_key"] = {name: None if code in NOT_KILLED else code for name, code in codes.items()}
        kept.write_text(json.dumps(told), "utf-8")


def measured(place: Path) -> dict[str, str]:
    """Every mutant of the file by name, and what became of it."""
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "results", "--all", "true"],
        cwd=place,
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = (line.strip().rsplit(": ", 1) for line in shown.stdout.splitlines() if ": " in line)
    return {name: became for name, became in pairs if became != "skipped"}


def change(place: Path, mutant: str) -> str:
    """The mutant as .ci/survivors.toml names it: its function, and the lines that it has in place of others."""
    shown = subprocess.run([sys.executable, "-m", "mutmut", "show", mutant], cwd=place, capture_output=True, text=True)
    lines = [
        line[1:].strip() for line in shown.stdout.splitlines() if line.startswith("+") and not line.startswith("+++")
    ]
    function = (
        mutant.rpartition(".")[2].removeprefix("x").strip("_").rpartition("__mutmut_")[0].replace("ǁ", ".").strip(".")
    )
    return f"{function}: {' '.join(lines)}"


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


def keep(file: str, line: str) -> None:
    """The file's line among the results of all."""
    old = RESULTS.read_text("utf-8").splitlines() if RESULTS.exists() else []
    lines = {each.split()[0]: each for each in old if each.startswith("nhstransit/")} | {file: line}
    head = "file, day, commit, mutants, killed, survived (of them explained in survivors.toml), score"
    RESULTS.write_text("\n".join([head, *(lines[each] for each in FILES if each in lines), ""]), "utf-8")


def measure(file: str, *, again: bool) -> tuple[int, int]:
    """How many mutants of a file there are, and how many its tests kill."""
    if not again:
        shutil.rmtree(WORK / Path(file).stem, ignore_errors=True)
    place = copied(file)
    forget_survivors(place, file)
    print(f"{file}: by {', '.join(FILES[file])}", flush=True)
    with (place / "run.log").open("w", encoding="utf-8") as log:
        run = subprocess.run(
            [sys.executable, "-m", "mutmut", "run", "--max-children", os.environ.get("MUTATION_PROCESSES", "1")],
            cwd=place,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if run.returncode:
        sys.exit(f"mutmut ended with {run.returncode}: {place / 'run.log'}")
    every = measured(place)
    survived = [name for name, became in every.items() if became not in KILLED]
    explained = look_up(file, [change(place, name) for name in survived])
    killed = len(every) - len(survived)
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    day = dt.datetime.now(dt.UTC).date()
    counts = f"{len(every):5} {killed:5} {len(survived):5} ({explained})"
    line = f"{file:36} {day}  {commit.stdout.strip()} {counts:24} {100 * killed // len(every)}%"
    keep(file, line)
    print(line, flush=True)
    return len(every), killed


def main() -> int:
    """Measure the files asked for; 1 where the tests of one kill too few of its mutants."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("files", nargs="*", choices=[*FILES, []], default=[])
    asked.add_argument("--again", action="store_true")
    told = asked.parse_args()
    found = [measure(file, again=told.again) for file in told.files or FILES]
    total, killed = (sum(each) for each in zip(*found, strict=True))
    low = [file for file, (every, dead) in zip(told.files or FILES, found, strict=True) if 100 * dead < SCORE * every]
    print(
        f"{killed} of {total} mutants killed, {100 * killed // total}%; below {SCORE}%: {', '.join(low) or 'no file'}"
    )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
