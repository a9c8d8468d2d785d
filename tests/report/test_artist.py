"""A second process draws the figures of a large run; if it cannot start, this process does."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from nhstransit.errors import SweepError
from nhstransit.report import artist
from nhstransit.report.artist import LARGE, Artist, artist_beside
from nhstransit.report.pictures import pictures
from tests.shared import hamlet_run


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The runs whose figures were requested; nothing is drawn."""
    runs: list[Any] = []

    def draw(run: Any) -> dict[str, bytes]:
        runs.append(run)
        return {"headcount.png": b"a picture"}

    monkeypatch.setattr(artist, "pictures", draw)
    return runs


def started(executor: Any) -> Future[Any]:
    """A future that contains another process, or the reason why it has not started."""
    future: Future[Any] = Future()
    if isinstance(executor, Exception):
        future.set_exception(executor)
    else:
        future.set_result(executor)
    return future


def test_the_other_process_draws_the_figures_once(drawn):
    """Drawing begins when the run is complete; the figures are fetched when everything else is written."""
    with ThreadPoolExecutor(1) as executor:
        beside = Artist(started(executor))
        beside.begin("the run")
        assert beside.pictures("the run") == {"headcount.png": b"a picture"}
    assert drawn == ["the run"]


@pytest.mark.parametrize(
    "why", [SweepError("worker processes", "end", "see why"), BrokenExecutor(), OSError(11, "none")]
)
def test_this_process_draws_if_no_other_starts(drawn, why):
    """The figures are complete on a machine that allows no second process."""
    beside = Artist(started(why))
    beside.begin("the run")
    assert not drawn
    assert beside.pictures("the run") == {"headcount.png": b"a picture"}
    assert drawn == ["the run"]


@pytest.mark.parametrize("error", [BrokenExecutor(), ValueError("no such colour")])
def test_figures_are_drawn_again_only_if_the_process_was_killed(drawn, error):
    """An error in the drawing code would occur again, so it is raised."""

    class Failing:
        def submit(self, *_: Any) -> Future[Any]:
            return started(error)

    beside = Artist(started(Failing()))
    beside.begin("the run")
    if isinstance(error, BrokenExecutor):
        assert beside.pictures("the run") == {"headcount.png": b"a picture"}
    else:
        with pytest.raises(ValueError, match="no such colour"):
            beside.pictures("the run")
        assert not drawn


def test_small_runs_and_single_processors_use_one_process(monkeypatch):
    """A second process would save no time there."""
    with artist_beside(LARGE - 1) as beside:
        assert beside is None
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    with artist_beside(LARGE) as beside:
        assert beside is None


@pytest.mark.thorough
def test_both_processes_draw_identical_pictures(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    run = hamlet_run()
    with artist_beside(LARGE) as beside:
        beside.begin(run)
        assert beside.pictures(run) == pictures(run)
