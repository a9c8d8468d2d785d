"""The command tells a story, writes a folder, and answers a mistake with one sentence and exit status 2."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

import nhstransit as nt
from nhstransit.cli import main
from nhstransit.scenario import bundled_names
from tests.cli.asking import asked
from tests.examples import some


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with the backend for figures that a notebook exports to what it starts."""
    call = [sys.executable, "-m", "nhstransit", *words]
    surroundings = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    return subprocess.run(call, env=surroundings, capture_output=True, text=True, encoding="utf-8", check=False)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, output and errors of the command in this process."""
    with pytest.raises(SystemExit) as end:
        main(list(words))
    captured = capsys.readouterr()
    return int(end.value.code or 0), captured.out, captured.err


def here(*words: str) -> SimpleNamespace:
    """The same in this process."""
    out = io.StringIO()
    err = io.StringIO()
    with pytest.raises(SystemExit) as end, redirect_stdout(out), redirect_stderr(err):
        main(list(words))
    return SimpleNamespace(returncode=end.value.code or 0, stdout=out.getvalue(), stderr=err.getvalue())


@pytest.fixture(scope="module", params=some([here, run], [here]))
def hamlet(request, tmp_path_factory):
    """The story of the hamlet, and the folder it was written to, with its figures."""
    folder = tmp_path_factory.mktemp("results") / "hamlet"
    return request.param("run", "hamlet", "--out", str(folder)), folder


def test_the_hamlet_runs(hamlet):
    """`run hamlet` ends well and says nothing on standard error."""
    done, _ = hamlet
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "heading",
    ["A hamlet in transition", "Where people worked", "How people left", "What employers did", "What was paid"],
)
def test_the_story_has_its_parts(hamlet, heading):
    """Five sentences and narrow tables are printed; the long ones, and anybody's career, only where they are asked for."""
    assert heading in hamlet[0].stdout
    assert "What people intend" not in hamlet[0].stdout and "career" not in hamlet[0].stdout


def test_what_is_printed_fits_80_columns_and_100_lines(hamlet):
    """Also where the terminal is said to be another."""
    lines = hamlet[0].stdout.splitlines()
    assert len(lines) <= 100 and max(map(len, lines)) <= 80


def test_long_tables_and_a_career_are_printed_where_asked_for(tmp_path, capsys):
    """`--full` and `--person`; the folder's own story has the long tables and nobody's career."""
    status, out, _ = told(capsys, "run", "hamlet", "--full", "--person", "7", "--out", str(tmp_path / "o"))
    assert status == 0 and "What people intend" in out and "The accounts" in out
    assert str(nt.career(nt.load_run(tmp_path / "o"), 7)).splitlines()[0][:60] in out
    kept = (tmp_path / "o" / "story.txt").read_text("utf-8")
    assert "The accounts" in kept and "career" not in kept and "UNCALIBRATED: an invented example" in kept


def test_a_person_who_is_not_there_leaves_nothing_written(tmp_path, capsys):
    """The mistake is told before the folder is made."""
    status, out, err = told(capsys, "run", "hamlet", "--person", "999999", "--out", str(tmp_path / "o"))
    assert (status, out) == (2, "") and "is not a person in this run" in err
    assert not (tmp_path / "o").exists()


def test_a_staff_list_of_ones_own_is_told_of_as_a_whole(tmp_path, capsys):
    """Nobody in it is told of by identity, in what is printed or in its story, and the banner says whose world it is."""
    path = tmp_path / "mine.toml"
    path.write_text('format = 1\nof = "hamlet"\nname = "mine"\n', "utf-8")
    status, out, _ = told(capsys, "run", str(path), "--out", str(tmp_path / "o"))
    assert status == 0 and "UNCALIBRATED: a scenario of your own." in " ".join(out.split())
    for text in (out, (tmp_path / "o" / "story.txt").read_text("utf-8")):
        assert "Staff " not in text and "career" not in text


def test_the_folder_holds_the_run(hamlet):
    """The folder loads as the run that the same scenario and seed make."""
    kept = nt.load_run(hamlet[1])
    made = nt.simulate(nt.load_scenario("hamlet"), seed=1)
    assert kept.log.to_bytes() == made.log.to_bytes()
    assert json.loads((hamlet[1] / "run.json").read_text("utf-8"))["seed"] == 1
    assert {"headcount.png", "destinations.png"} <= {path.name for path in hamlet[1].iterdir()}


def test_the_log_is_written_in_words(hamlet):
    """`log.csv` has a line an event, with dates and names."""
    with (hamlet[1] / "log.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    made = nt.load_run(hamlet[1])
    assert len(lines) == len(made.log)
    assert {"applied", "departed", "severance"} <= {line["event"] for line in lines}
    assert any(line["date"] == "2010-10-29" and line["rule"] == "mars" for line in lines)


def test_monthly_tables_are_written(hamlet):
    """Headcount by month is there as CSV, and its last month is the closing headcount."""
    with (hamlet[1] / "headcount-by-kind.csv").open(encoding="utf-8-sig") as file:
        lines = [line for line in csv.DictReader(file) if line["month"] == "2014-03-31"]
    assert sum(int(line["closing"]) for line in lines) == (nt.load_run(hamlet[1]).closing.post >= 0).sum()


def test_a_folder_with_a_run_is_kept(hamlet, capsys):
    """Writing to a folder that holds a run is refused, and changes nothing in it."""
    before = {path.name: path.read_bytes() for path in hamlet[1].iterdir()}
    status, out, err = told(capsys, "run", "hamlet", "--seed", "2", "--out", str(hamlet[1]))
    assert status == 2
    assert out == ""
    assert "already contains a run; name another folder, or add --overwrite" in err
    assert {path.name: path.read_bytes() for path in hamlet[1].iterdir()} == before


def test_a_folder_is_overwritten_when_asked(hamlet, tmp_path, capsys):
    """With --overwrite the folder then holds the new run."""
    folder = shutil.copytree(hamlet[1], tmp_path / "o")
    assert nt.load_run(folder).seed == 1
    assert told(capsys, "run", "hamlet", "--seed", "2", "--out", str(folder), "--overwrite")[0] == 0
    assert nt.load_run(folder).seed == 2


def test_a_users_own_table_is_not_written_over(tmp_path, capsys):
    """A file called like one of the library's is told before the work, with --overwrite too, and kept."""
    (tmp_path / "people.csv").write_text("mine")
    for words in ((), ("--overwrite",)):
        status, out, err = told(capsys, "run", "hamlet", "--out", str(tmp_path), *words)
        assert (status, out) == (2, "")
        assert "people.csv" in err
        assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]
    assert (tmp_path / "people.csv").read_text() == "mine"


def test_an_edited_folder_is_read_only_when_asked(hamlet, tmp_path, capsys):
    """The file is named; --accept-edited reads the run."""
    shutil.copytree(hamlet[1], tmp_path / "o")
    (tmp_path / "o" / "people.csv").write_text("edited")
    status, out, err = told(capsys, "career", str(tmp_path / "o"), "7")
    assert (status, out) == (2, "")
    assert "people.csv: was changed after it was written" in err
    assert told(capsys, "career", str(tmp_path / "o"), "7", "--accept-edited")[0] == 0
    assert told(capsys, "compare", str(tmp_path / "o"), "--without", "mars")[0] == 2
    assert told(capsys, "compare", str(tmp_path / "o"), "--without", "mars", "--accept-edited")[0] == 0


def test_results_left_aside_are_put_back(hamlet, tmp_path, capsys):
    """As a kill between the two renames leaves them: the next command says so in a sentence and reads them."""
    shutil.copytree(hamlet[1], tmp_path / "o")
    sentence = "was being replaced when a run was interrupted; it contains the older results again"
    for words in (("career", str(tmp_path / "o"), "7"), ("compare", str(tmp_path / "o"), "--without", "mars")):
        aside = tmp_path / ".o.nhstransit-abcdefgh"
        aside.mkdir()
        (tmp_path / "o").rename(aside / "old")
        status, out, err = told(capsys, *words)
        assert status == 0 and out
        assert err == f"nhstransit: {tmp_path / 'o'}: {sentence}\n"
        assert [path.name for path in tmp_path.iterdir()] == ["o"]


def test_each_run_gets_a_folder_of_its_own(tmp_path, capsys, monkeypatch):
    """Without --out a second run goes beside the first."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert told(capsys, "run", "hamlet", "--no-log")[0] == 0
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"hamlet", "hamlet-2"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "hamlt"], "did you mean 'hamlet'? known: "),
        (["rnu", "hamlet"], "did you mean 'run'?"),
        (["run"], "Missing argument 'SCENARIO'"),
        (["run", "hamlet", "--seed", "-1"], "-1 is not in the range"),
        (["run", "hamlet", "--seed", "x"], "is not a valid"),
        (["run", "hamlet", "--without", "marz"], "did you mean 'mars'?"),
        (["run", "hamlet", "--set", "policies.mars.quota"], "has no path or no value"),
        (["run", "hamlet", "--set", "policies.mars.quota=2"], "give a share from 0 to 1"),
        (["run", "hamlet", "--set", "policies.mars.qota=0.2"], "did you mean 'quota'?"),
        (["run", "hamlet", "--set", "policies.mars.quota=half"], "write the value as TOML"),
        (["run", "nowhere/at-all.toml"], "no such file"),
        (["career", "/nonexistent", "3"], "contains no run"),
        (["career", ".", "three"], "is not a valid integer"),
        (["compare", "hamlet"], "the run would be compared with itself"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_two(capsys, words, sentence):
    """Each mistake gives exit status 2, one line on standard error, nothing on standard output, no traceback."""
    status, out, err = told(capsys, *words)
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_an_unforeseen_fault_says_where_to_report(capsys, monkeypatch):
    """A fault of ours is told without a traceback, with where to report it, and exit status 1."""
    monkeypatch.setattr("nhstransit.scenario.load_scenario", lambda name, *, allow_code: 1 / 0)
    status, _, err = told(capsys, "run", "hamlet")
    assert status == 1
    assert "please report it at https://" in err
    assert "Traceback" not in err


def test_debug_shows_the_fault(monkeypatch):
    """With --debug the error itself comes through."""
    monkeypatch.setattr("nhstransit.scenario.load_scenario", lambda name, *, allow_code: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "run", "hamlet"])


def test_a_career_is_told_from_a_folder(hamlet, capsys):
    """`career` prints what the run's own career says."""
    status, out, _ = told(capsys, "career", str(hamlet[1]), "7")
    assert status == 0
    assert out.strip() == str(nt.career(nt.load_run(hamlet[1]), 7))


def test_two_worlds_are_compared(capsys):
    """`compare hamlet --without mars` prints the sentences, the strata and the gaps."""
    status, out, _ = told(capsys, "compare", "hamlet", "--without", "mars")
    assert status == 0
    assert "The runs have the same events until 2010-10-29." in out
    assert "left because of it" in out


def test_settings_reach_the_run(tmp_path, capsys):
    """--set changes the scenario that is kept with the run."""
    told(capsys, "run", "hamlet", "--set", "policies.mars.quota=0.0", "--out", str(tmp_path / "o"))
    assert nt.load_run(tmp_path / "o").scenario.policies["mars"].quota == 0.0


def test_bundled_scenarios_are_listed(capsys):
    """`scenarios` lists the hamlet."""
    status, out, _ = told(capsys, "scenarios")
    assert status == 0
    assert [line.split(": ")[0] for line in out.splitlines()] == list(bundled_names())
    for name in ("hamlet", "england-2010"):
        assert f"{name}: {nt.load_scenario(name).about}\n" in out


@pytest.mark.thorough
def test_every_bundled_scenario_is_listed_with_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    """What is read of each file is what the loaded scenario says of itself."""
    _, out, _ = told(capsys, "scenarios")
    loaded = [nt.load_scenario(name) for name in bundled_names()]
    assert out == "".join(f"{one.name}: {one.about or one.title}\n" for one in loaded)


def test_the_list_of_scenarios_loads_none_of_them() -> None:
    """A process of its own: neither scenarios nor the engine are imported to print a line of each."""
    script = (
        "import sys\nfrom nhstransit.cli import main\ntry:\n    main(['scenarios'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('nhstransit.scenario', 'nhstransit.engine', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "hamlet: " in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_user_without_a_home_keeps_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container under a number that has no name: the command works, and names no folder for caches."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    for name in ("NHSTRANSIT_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    status, out, _ = asked(capsys, "levers", "hamlet")
    assert status == 0 and out and "NHSTRANSIT_CACHE" not in os.environ
