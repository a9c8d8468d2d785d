"""A second process draws a large run's figures; where there is none, this one does."""

from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor

import pytest

from nhstransit.errors import SweepError
from nhstransit.report import artist
from nhstransit.report.artist import LARGE, Artist, artist_beside
from nhstransit.report.pictures import draw_figures
from tests.shared import hamlet_run


@pytest.fixture
def drawn_elsewhere(monkeypatch):
    """Where each set of figures was drawn, in place of drawing them."""
    drawn = []

    def draw(run, folder):
        drawn.append((run, folder))
        return ("headcount.png",)

    monkeypatch.setattr(artist, "draw_figures", draw)
    return drawn


def started(executor):
    future = Future()
    if isinstance(executor, Exception):
        future.set_exception(executor)
    else:
        future.set_result(executor)
    return future


def test_the_figures_are_drawn_by_the_other_process(drawn_elsewhere, tmp_path):
    with ThreadPoolExecutor(1) as executor:
        beside = Artist(started(executor))
        begun = beside.draw("the run", tmp_path)
        assert beside.drawn(begun, "the run", tmp_path) == ("headcount.png",)
    assert drawn_elsewhere == [("the run", tmp_path)]


@pytest.mark.parametrize(
    "why", [SweepError("worker processes", "end", "see why"), BrokenExecutor(), OSError(11, "none")]
)
def test_this_process_draws_where_no_other_starts(drawn_elsewhere, tmp_path, why):
    beside = Artist(started(why))
    begun = beside.draw("the run", tmp_path)
    assert not drawn_elsewhere
    assert beside.drawn(begun, "the run", tmp_path) == ("headcount.png",)
    assert drawn_elsewhere == [("the run", tmp_path)]


def test_this_process_draws_where_the_other_is_killed_meanwhile(drawn_elsewhere, tmp_path):
    killed = Future()
    killed.set_exception(BrokenExecutor())
    assert Artist(started(OSError())).drawn(killed, "the run", tmp_path) == ("headcount.png",)


def test_a_fault_of_drawing_is_told_and_not_drawn_again(drawn_elsewhere, tmp_path):
    wrong = Future()
    wrong.set_exception(ValueError("no such colour"))
    with pytest.raises(ValueError, match="no such colour"):
        Artist(started(OSError())).drawn(wrong, "the run", tmp_path)
    assert not drawn_elsewhere


def test_a_small_run_and_a_single_processor_have_no_other_process(monkeypatch):
    with artist_beside(LARGE - 1) as beside:
        assert beside is None
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    with artist_beside(LARGE) as beside:
        assert beside is None


@pytest.mark.thorough
def test_the_pictures_are_the_same_whoever_draws_them(tmp_path, monkeypatch):
    here = tmp_path / "here"
    there = tmp_path / "there"
    run = hamlet_run()
    here.mkdir()
    there.mkdir()
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with artist_beside(LARGE) as beside:
        names = beside.drawn(beside.draw(run, there), run, there)
    assert names == draw_figures(run, here)
    assert [(here / name).read_bytes() for name in names] == [(there / name).read_bytes() for name in names]
