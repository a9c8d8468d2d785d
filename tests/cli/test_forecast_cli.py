"""`nhstransit forecast`: making a card for a small England, and scoring cards."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from nhstransit import tables, toml
from nhstransit.england import exante
from nhstransit.england.exante import BUNDLED
from nhstransit.england.forecast import CARD, UNITS, bundled_card, load_card
from nhstransit.england.foresight import read_card
from nhstransit.organisations.posts import found
from nhstransit.scenario import Scenario, load_scenario
from tests.cli.command import refused, run_command
from tests.small_england import small_england


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The file of known facts, for an England of eighty people in London and a few in national organisations."""
    england = small_england("London", 80, seed=3)

    def load(name: str, **how: object) -> Scenario:
        return england if name == "england-2010-prior" else load_scenario(name)

    monkeypatch.setattr(exante, "load_scenario", load)
    for name in (BUNDLED, "england/known-2011-01-19.toml"):
        (tmp_path / Path(name).name).write_text(found(name).read_text("utf-8"), "utf-8")
    kept = toml.read(tmp_path / Path(BUNDLED).name)
    kept["set"] = [
        one for one in kept["set"] if not one["path"].startswith("staff")
    ]  # the small England has a staff list instead of margins
    toml.write(tmp_path / "known.toml", kept)
    return str(tmp_path / "known.toml")


@pytest.mark.thorough
def test_a_forecast_is_made_and_scored(small: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The card has a seal, its sources and every quantity in order."""
    out = tmp_path / "card.toml"
    status, out_text, err = run_command(
        capsys, "forecast", "make", small, "--out", str(out), "--worlds", "5", "--no-progress"
    )
    assert status == 0, err
    card = load_card(out)
    assert "Sealed and written" in out_text
    assert card.about == bundled_card().about
    assert (card.as_of, card.worlds) == ("2011-01-19", 5)
    assert [one.name for one in card.quantity] == list(UNITS)
    assert all(one.low <= one.middle <= one.high for one in card.quantity)
    assert card.scenario_sha256 != bundled_card().scenario_sha256
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    status, out_text, err = run_command(capsys, "forecast", "score", str(out))
    assert status == 0, err
    assert "redundancies" in out_text and card.sha256[:12] in out_text


def test_the_bundled_forecast_is_scored_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a card, the forecast of January 2011 is scored. The file has one row per quantity and forecaster."""
    path = tmp_path / "scores.csv"
    status, _, err = run_command(capsys, "forecast", "score", "--csv", str(path))
    assert status == 0, err
    rows = tables.read_csv(path)
    assert (rows["quantity"][0], rows["forecaster"][0]) == ("redundancies", "this library")
    assert len(rows["quantity"]) == 12  # forecast, hindcast and the Department's


def test_a_card_that_was_changed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error is one line, and the exit status is 2."""
    card = load_card(found(CARD))
    toml.write(tmp_path / "card.toml", toml.unstructure(attrs.evolve(card, worlds=card.worlds + 1)))
    assert "was changed after it was sealed" in refused(capsys, "forecast", "score", str(tmp_path / "card.toml"))


def test_an_existing_card_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command is refused before any run, and the card is unchanged."""
    out = tmp_path / "card.toml"
    out.write_text("mine")
    assert "already exists" in refused(capsys, "forecast", "make", "--out", str(out))
    assert out.read_text() == "mine"
    late = tmp_path / "nowhere" / "card.toml"
    assert "a folder that does not exist" in refused(capsys, "forecast", "make", "--out", str(late))


def test_a_forecast_from_later_facts_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fact with a source from after the date of the forecast is refused."""
    for name in (BUNDLED, "england/known-2011-01-19.toml"):
        (tmp_path / Path(name).name).write_text(found(name).read_text("utf-8"), "utf-8")
    path = tmp_path / Path(BUNDLED).name
    path.write_text(
        path.read_text("utf-8").replace('rests_on = ["bill-introduced"]', 'rests_on = ["redundancies-total"]')
    )
    error = refused(capsys, "forecast", "make", str(path), "--out", str(tmp_path / "card.toml"))
    assert "was not known on 2011-01-19" in error
    assert not (tmp_path / "card.toml").exists()


def test_the_bundled_margins_of_the_forecast_are_up_to_date() -> None:
    """Making them again from the margins of 2010 changes nothing."""
    import importlib.util

    path = Path(__file__).parents[2] / "docs" / "make_margins.py"
    spec = importlib.util.spec_from_file_location("make_margins", path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert made.made() == made.MARGINS.read_text("utf-8")


def test_a_card_is_scored_with_a_file_of_outcomes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An outcome within its interval scores the width of the interval.

    An outcome outside also scores ten times its distance.
    """
    first, second = read_card().quantity[:2]
    happened = tmp_path / "happened.csv"
    happened.write_text(f"quantity,happened,source\n{first.name},{first.middle},A\n{second.name},{second.high + 7},B\n")
    path = tmp_path / "scores.csv"
    status, out_text, err = run_command(
        capsys, "forecast", "score", "england-2025", "--happened", str(happened), "--csv", str(path)
    )
    assert status == 0, err
    assert "1 of 2 outcomes are inside their 80% interval" in out_text
    rows = tables.read_csv(path)
    assert rows["quantity"] == [one.name for one in read_card().quantity]
    assert rows["inside"][:3] == ["yes", "no", ""]
    scores = [float(cell) for cell in rows["interval_score"][:2]]
    assert scores == pytest.approx([first.high - first.low, second.high - second.low + 70.0])
    assert rows["interval_score"][2] == ""


def test_all_invalid_outcomes_are_reported_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown name, a repeated name, and a word instead of a number are each reported with their line."""
    happened = tmp_path / "happened.csv"
    happened.write_text("quantity,happened\nvoluntiers,5\nvolunteers,5\nvolunteers,6\npayback,soon\n")
    status, out, out_text = run_command(capsys, "forecast", "score", "england-2025", "--happened", str(happened))
    assert (status, out, out_text.count("\n")) == (2, "", 3)
    for part in ("line 2", "'volunteers'", "line 4", "a second time", "line 5", "'soon'"):
        assert part in out_text
