"""A second process draws the figures of a large run; where there is none, this one does."""

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
    """The runs whose figures were drawn, in place of drawing them."""
    runs: list[Any] = []

    def draw(run: Any) -> dict[str, bytes]:
        runs.append(run)
        return {"headcount.png": b"a picture"}

    monkeypatch.setattr(artist, "pictures", draw)
    return runs


def started(executor: Any) -> Future[Any]:
    """What says that another process has started, or why it has not."""
    future: Future[Any] = Future()
    if isinstance(executor, Exception):
        future.set_exception(executor)
    else:
        future.set_result(executor)
    return future


def test_the_figures_are_drawn_once_by_the_other_process(drawn):
    """They are begun when the run is there, and asked for when all else is written."""
    with ThreadPoolExecutor(1) as executor:
        beside = Artist(started(executor))
        beside.begin("the run")
        assert beside.pictures("the run") == {"headcount.png": b"a picture"}
    assert drawn == ["the run"]


@pytest.mark.parametrize(
    "why", [SweepError("worker processes", "end", "see why"), BrokenExecutor(), OSError(11, "none")]
)
def test_this_process_draws_where_no_other_starts(drawn, why):
    """Nobody misses a figure because a machine allows no second process."""
    beside = Artist(started(why))
    beside.begin("the run")
    assert not drawn
    assert beside.pictures("the run") == {"headcount.png": b"a picture"}
    assert drawn == ["the run"]


@pytest.mark.parametrize("error", [BrokenExecutor(), ValueError("no such colour")])
def test_figures_are_drawn_again_where_the_process_was_killed_and_not_where_they_are_wrong(drawn, error):
    """A fault of drawing would come again."""

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


def test_a_small_run_and_a_single_processor_have_no_other_process(monkeypatch):
    """Starting a process takes longer than such a run, or as long from the one processor."""
    with artist_beside(LARGE - 1) as beside:
        assert beside is None
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    with artist_beside(LARGE) as beside:
        assert beside is None


@pytest.mark.thorough
def test_the_pictures_are_the_same_whoever_draws_them(monkeypatch):
    """Byte for byte."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    run = hamlet_run()
    with artist_beside(LARGE) as beside:
        beside.begin(run)
        assert beside.pictures(run) == pictures(run)
