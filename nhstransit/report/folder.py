"""A results folder: the run itself, its log in words and its monthly tables as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nhstransit import tables
from nhstransit.england import Published
from nhstransit.errors import check_kind
from nhstransit.measures import Measures, stocks
from nhstransit.report.story import as_text, files, story
from nhstransit.run import Run
from nhstransit.run.folders import MANIFEST, check_place, made_aside, restore, write_manifest
from nhstransit.run.store import about, described, put_run

NAMES = (  # every file that may be written
    *(MANIFEST, "run.json", "run.npz", "story.txt", "people.csv", "posts.csv", "log.csv", "schemes.csv", "routes.csv"),
    *("headcount-by-kind.csv", "headcount-by-employer.csv", "accounts.csv", "pay-bill.csv"),
    *("published.csv", "scope-bridge.csv", "headcount.png", "destinations.png"),
)
STORY = "story.txt"  # the long story, with what its numbers rest on
WORDED = 100_000  # events up to which the log is written out in words unasked


def free_folder(wish: Path) -> Path:
    """`wish`, or the first of wish-2, wish-3 … that does not exist yet."""
    number, place = 1, wish
    restore(wish)
    while place.exists():
        number += 1
        place = wish.with_name(f"{wish.name}-{number}")
    return place


def write_results(
    measures: Measures,
    folder: str | Path,
    *,
    overwrite: bool = False,
    published: Published | None = None,
    log: bool | None = None,
) -> tuple[Path, ...]:
    """Write a run, its tables and its figures into a folder, as a whole; returns the files.

    The run itself (`run.json`, `run.npz`); its story with the long tables (`story.txt`); `log.csv` (every event in words,
    as `run.log.table()` has it); `people.csv`, `posts.csv`, heads by month and kind and by month and employer,
    `schemes.csv`, `routes.csv`, `accounts.csv`, `pay-bill.csv`; with `published` also `published.csv` and
    `scope-bridge.csv`; the figures `headcount.png` and `destinations.png`; `manifest.json`, which names all of these.

    Args:
        measures: the run, measured.
        folder: a new or empty folder.
        overwrite: whether results that are there are replaced; files that their manifest does not name are kept.
        published: the published figures, to stand beside the run's own.
        log: whether `log.csv` is written; by default up to 100,000 events, since the arrays hold them anyway.

    Raises:
        RunError: where the folder holds results or other files (unless `overwrite`), a file that is not the library's has
            the name of one to be written, or it cannot be written.
        ScenarioError: where the scenario has a policy that no file can name.
    """
    check_kind("measures", measures, Measures)
    place = Path(folder)
    check_place(place, overwrite=overwrite, names=NAMES)
    with made_aside(place, overwrite=overwrite) as aside:
        names = fill(aside, measures, published=published, log=log)
    return tuple(place / name for name in names)


def fill(
    folder: Path, measures: Measures, *, published: Published | None = None, log: bool | None = None
) -> tuple[str, ...]:
    """Write what `write_results` writes into an empty folder; returns the names of the files. Raises OSError."""
    run = measures.run
    made: dict[str, Any] = {
        "people.csv": _people(run),
        "posts.csv": _posts(run),
        "headcount-by-kind.csv": _busy(measures.stocks),
        "headcount-by-employer.csv": _busy(stocks(run, by="employer")),
        "schemes.csv": measures.schemes.reset_index(),
        "routes.csv": measures.routes.reset_index(),
        "accounts.csv": measures.accounts,
        "pay-bill.csv": measures.pay_bill,
    } | (files(published) if published else {})
    if len(run.log) <= WORDED if log is None else log:
        made["log.csv"] = run.log.table()
    put_run(folder, run, described(run))
    for name, columns in made.items():
        tables.write_csv(folder / name, columns)
    (folder / STORY).write_text(as_text(story(measures, published=published, full=True)), "utf-8")
    drawn = _draw(run, folder)
    write_manifest(folder, about(run))
    return ("run.json", "run.npz", STORY, *made, *drawn, MANIFEST)


def _draw(run: Run, folder: Path) -> tuple[str, ...]:
    """The two figures; nothing where nobody was ever in post."""
    from nhstransit import plots  # matplotlib is slow to load, and only this needs it

    if not len(run.people):
        return ()
    drawn = {"headcount.png": plots.headcount(run), "destinations.png": plots.destinations(run)}
    for name, axes in drawn.items():
        plots.save(axes, folder / name, show=False)
    return tuple(drawn)


def _people(run: Run) -> dict[str, Any]:
    """Everybody who was ever in the run, with the posts they began and ended in."""
    people = run.people
    return {
        "staff": people.staff,
        "employer": np.array(people.employers)[people.employer],
        "function": np.array(people.functions)[people.function],
        "opening_post": run.opening_post,
        "closing_post": run.closing.post,
        "entry_pay_pounds": run.opening_pay / 100.0,
        "wte": people.wte,
    }


def _posts(run: Run) -> dict[str, Any]:
    """Every post, by the number that the log gives it."""
    from nhstransit.workforce.columns import BANDS

    posts = run.posts
    return {
        "post": np.arange(len(posts)),
        "employer": np.array(run.scenario.roster.names)[posts.employer],
        "function": np.array(run.scenario.functions)[posts.function],
        "band": np.array(BANDS)[posts.band],
        "ordinal": posts.ordinal,
        "opens_day": posts.opens,
    }


def _busy(table: Any) -> Any:
    """Rows in which anybody is or was."""
    numbers = table.select_dtypes("number")
    return table[(numbers != 0).any(axis=1)]
