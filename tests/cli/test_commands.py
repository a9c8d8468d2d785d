"""The command prints a story and writes a folder; for a mistake it prints one sentence and ends with status 2."""

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
from tests.cli.command import run_command
from tests.examples import some


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in another process, with the setting for figures that a notebook exports."""
    call = [sys.executable, "-m", "nhstransit", *words]
    environment = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    return subprocess.run(call, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


def here(*words: str) -> SimpleNamespace:
    """Run the command in this process, with the same form of result."""
    out = io.StringIO()
    err = io.StringIO()
    with pytest.raises(SystemExit) as end, redirect_stdout(out), redirect_stderr(err):
        main(list(words))
    return SimpleNamespace(returncode=end.value.code or 0, stdout=out.getvalue(), stderr=err.getvalue())


@pytest.fixture(scope="module", params=some([here, run], [here]))
def hamlet(request, tmp_path_factory):
    """The printed story of the hamlet and its folder, including figures."""
    folder = tmp_path_factory.mktemp("results") / "hamlet"
    return request.param("run", "hamlet", "--out", str(folder)), folder


def test_run_hamlet_succeeds(hamlet):
    """It prints nothing on standard error."""
    done, _ = hamlet
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "heading",
    ["A hamlet in transition", "Where people worked", "How people left", "What employers did", "What was paid"],
)
def test_the_story_has_its_short_parts(hamlet, heading):
    """Five sentences and narrow tables are printed; long tables and a career are printed only on request."""
    assert heading in hamlet[0].stdout
    assert "What people intend" not in hamlet[0].stdout and "career" not in hamlet[0].stdout


def test_the_output_fits_80_columns_and_100_lines(hamlet):
    """This does not depend on the size of the terminal."""
    lines = hamlet[0].stdout.splitlines()
    assert len(lines) <= 100 and max(map(len, lines)) <= 80


def test_long_tables_and_a_career_are_printed_on_request(tmp_path, capsys):
    """The options are `--full` and `--person`. The story in the folder has the long tables but no career."""
    status, out, _ = run_command(capsys, "run", "hamlet", "--full", "--person", "7", "--out", str(tmp_path / "o"))
    assert status == 0 and "What people intend" in out and "The accounts" in out
    assert str(nt.career(nt.load_run(tmp_path / "o"), 7)).splitlines()[0][:60] in out
    kept = (tmp_path / "o" / "story.txt").read_text("utf-8")
    assert "The accounts" in kept and "career" not in kept and "UNCALIBRATED: an invented example" in kept


def test_an_unknown_person_is_refused_and_nothing_is_written(tmp_path, capsys):
    """The error comes before the folder is made."""
    status, out, err = run_command(capsys, "run", "hamlet", "--person", "999999", "--out", str(tmp_path / "o"))
    assert (status, out) == (2, "") and "is not a person in this run" in err
    assert not (tmp_path / "o").exists()


def test_the_story_of_a_users_staff_identifies_nobody(tmp_path, capsys):
    """This covers the output and the stored story; the banner names the scenario."""
    path = tmp_path / "mine.toml"
    path.write_text('format = 1\nof = "hamlet"\nname = "mine"\n', "utf-8")
    status, out, _ = run_command(capsys, "run", str(path), "--out", str(tmp_path / "o"))
    assert status == 0 and "UNCALIBRATED: a scenario of your own." in " ".join(out.split())
    for text in (out, (tmp_path / "o" / "story.txt").read_text("utf-8")):
        assert "Staff " not in text and "career" not in text


def test_the_folder_contains_the_run(hamlet):
    """The loaded run equals one with the same scenario and seed."""
    kept = nt.load_run(hamlet[1])
    made = nt.simulate(nt.load_scenario("hamlet"), seed=1)
    assert kept.log.to_bytes() == made.log.to_bytes()
    assert json.loads((hamlet[1] / "run.json").read_text("utf-8"))["seed"] == 1
    assert {"headcount.png", "destinations.png"} <= {path.name for path in hamlet[1].iterdir()}


def test_the_log_is_written_with_dates_and_names(hamlet):
    """`log.csv` has one line per event."""
    with (hamlet[1] / "log.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    made = nt.load_run(hamlet[1])
    assert len(lines) == len(made.log)
    assert {"applied", "departed", "severance"} <= {line["event"] for line in lines}
    assert any(line["date"] == "2010-10-29" and line["rule"] == "mars" for line in lines)


def test_monthly_tables_are_written(hamlet):
    """The last month of the headcount table is the closing headcount."""
    with (hamlet[1] / "headcount-by-kind.csv").open(encoding="utf-8-sig") as file:
        lines = [line for line in csv.DictReader(file) if line["month"] == "2014-03-31"]
    assert sum(int(line["closing"]) for line in lines) == (nt.load_run(hamlet[1]).closing.post >= 0).sum()


def test_a_folder_with_a_run_is_not_overwritten(hamlet, capsys):
    """Writing to the folder is refused, and its files are unchanged."""
    before = {path.name: path.read_bytes() for path in hamlet[1].iterdir()}
    status, out, err = run_command(capsys, "run", "hamlet", "--seed", "2", "--out", str(hamlet[1]))
    assert status == 2
    assert out == ""
    assert "already contains a run; name another folder, or add --overwrite" in err
    assert {path.name: path.read_bytes() for path in hamlet[1].iterdir()} == before


def test_a_folder_is_overwritten_on_request(hamlet, tmp_path, capsys):
    """With --overwrite, the folder then contains the new run."""
    folder = shutil.copytree(hamlet[1], tmp_path / "o")
    assert nt.load_run(folder).seed == 1
    assert run_command(capsys, "run", "hamlet", "--seed", "2", "--out", str(folder), "--overwrite")[0] == 0
    assert nt.load_run(folder).seed == 2


def test_a_users_own_file_is_not_overwritten(tmp_path, capsys):
    """A file with the name of a table is refused before the run, also with --overwrite."""
    (tmp_path / "people.csv").write_text("mine")
    for words in ((), ("--overwrite",)):
        status, out, err = run_command(capsys, "run", "hamlet", "--out", str(tmp_path), *words)
        assert (status, out) == (2, "")
        assert "people.csv" in err
        assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]
    assert (tmp_path / "people.csv").read_text() == "mine"


def test_an_edited_folder_is_read_only_with_permission(hamlet, tmp_path, capsys):
    """The error names the file; --accept-edited reads the run."""
    shutil.copytree(hamlet[1], tmp_path / "o")
    (tmp_path / "o" / "people.csv").write_text("edited")
    status, out, err = run_command(capsys, "career", str(tmp_path / "o"), "7")
    assert (status, out) == (2, "")
    assert "people.csv: was changed after it was written" in err
    assert run_command(capsys, "career", str(tmp_path / "o"), "7", "--accept-edited")[0] == 0
    assert run_command(capsys, "compare", str(tmp_path / "o"), "--without", "mars")[0] == 2
    assert run_command(capsys, "compare", str(tmp_path / "o"), "--without", "mars", "--accept-edited")[0] == 0


def test_results_of_an_interrupted_write_are_restored(hamlet, tmp_path, capsys):
    """When the process was killed between the two renames, the next command restores the results and says so."""
    shutil.copytree(hamlet[1], tmp_path / "o")
    sentence = "was being replaced when a run was interrupted; it contains the older results again"
    for words in (("career", str(tmp_path / "o"), "7"), ("compare", str(tmp_path / "o"), "--without", "mars")):
        aside = tmp_path / ".o.nhstransit-abcdefgh"
        aside.mkdir()
        (tmp_path / "o").rename(aside / "old")
        status, out, err = run_command(capsys, *words)
        assert status == 0 and out
        assert err == f"nhstransit: {tmp_path / 'o'}: {sentence}\n"
        assert [path.name for path in tmp_path.iterdir()] == ["o"]


def test_each_run_gets_a_new_folder(tmp_path, capsys, monkeypatch):
    """Without --out, the second run is written to another folder."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert run_command(capsys, "run", "hamlet", "--no-log")[0] == 0
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
def test_a_mistake_is_reported_in_one_line_with_status_two(capsys, words, sentence):
    """There is no output and no traceback."""
    status, out, err = run_command(capsys, *words)
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_an_internal_error_says_where_to_report_it(capsys, monkeypatch):
    """The exit status is 1, and there is no traceback."""
    monkeypatch.setattr("nhstransit.scenario.load_scenario", lambda name, *, allow_code: 1 / 0)
    status, _, err = run_command(capsys, "run", "hamlet")
    assert status == 1
    assert "please report it at https://" in err
    assert "Traceback" not in err


def test_debug_raises_the_internal_error(monkeypatch):
    monkeypatch.setattr("nhstransit.scenario.load_scenario", lambda name, *, allow_code: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "run", "hamlet"])


def test_a_career_is_printed_from_a_folder(hamlet, capsys):
    """`career` prints the same text as in Python."""
    status, out, _ = run_command(capsys, "career", str(hamlet[1]), "7")
    assert status == 0
    assert out.strip() == str(nt.career(nt.load_run(hamlet[1]), 7))


def test_two_scenarios_are_compared(capsys):
    """`compare hamlet --without mars` prints the sentences, the strata and the gaps."""
    status, out, _ = run_command(capsys, "compare", "hamlet", "--without", "mars")
    assert status == 0
    assert "The runs have the same events until 2010-10-29." in out
    assert "left because of it" in out


def test_settings_are_stored_with_the_run(tmp_path, capsys):
    """--set changes the scenario that is saved with the run."""
    run_command(capsys, "run", "hamlet", "--set", "policies.mars.quota=0.0", "--out", str(tmp_path / "o"))
    assert nt.load_run(tmp_path / "o").scenario.policies["mars"].quota == 0.0


def test_bundled_scenarios_are_listed(capsys):
    status, out, _ = run_command(capsys, "scenarios")
    assert status == 0
    assert [line.split(": ")[0] for line in out.splitlines()] == list(bundled_names())
    for name in ("hamlet", "england-2010"):
        assert f"{name}: {nt.load_scenario(name).about}\n" in out


@pytest.mark.thorough
def test_every_bundled_scenario_is_listed_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    """The listed text agrees with the loaded scenario."""
    _, out, _ = run_command(capsys, "scenarios")
    loaded = [nt.load_scenario(name) for name in bundled_names()]
    assert out == "".join(f"{one.name}: {one.about or one.title}\n" for one in loaded)


def test_listing_scenarios_loads_no_scenario() -> None:
    """In another process, neither scenarios nor the engine are imported."""
    script = (
        "import sys\nfrom nhstransit.cli import main\ntry:\n    main(['scenarios'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('nhstransit.scenario', 'nhstransit.engine', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "hamlet: " in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_user_without_a_home_folder_has_no_cache(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container, a user may have a number but no name. The command works and mentions no cache folder."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    for name in ("NHSTRANSIT_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    status, out, _ = run_command(capsys, "levers", "hamlet")
    assert status == 0 and out and "NHSTRANSIT_CACHE" not in os.environ
