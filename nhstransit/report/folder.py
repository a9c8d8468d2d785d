"""A results folder: the run itself, its log in words and its monthly tables as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nhstransit import tables
from nhstransit.england import Published
from nhstransit.errors import RunError
from nhstransit.measures import Measures, stocks
from nhstransit.report.story import as_text, files, story
from nhstransit.run import Run, save_run

OPTIONAL = ("log.csv", "published.csv", "scope-bridge.csv", "headcount.png", "destinations.png")  # not in every folder
STORY = "story.txt"  # the long story, with what its numbers rest on
WORDED = 100_000  # events up to which the log is written out in words unasked


def free_folder(wish: Path) -> Path:
    """`wish`, or the first of wish-2, wish-3 … that does not exist yet."""
    number, place = 1, wish
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
    """Write a run, its tables and its figures into a folder; returns the files.

    The run itself (`run.json`, `run.npz`); its story with the long tables (`story.txt`); `log.csv` (every event in words, as
    `run.log.table()` has it; where `log` asks for it, or by default up to 100,000 events: the arrays hold it anyway);
    `people.csv`, `posts.csv`, heads by month and kind and by month and employer, `schemes.csv`, `routes.csv`,
    `accounts.csv`, `pay-bill.csv`; with `published` also `published.csv` and `scope-bridge.csv`; and the figures
    `headcount.png` and `destinations.png`. What an older run left of these is removed. Raises RunError where the folder
    already holds a run, unless `overwrite`, or cannot be written.
    """
    run, folder = measures.run, save_run(measures.run, folder, overwrite=overwrite)
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
    try:
        for name in OPTIONAL:
            (folder / name).unlink(missing_ok=True)
        for name, columns in made.items():
            tables.write_csv(folder / name, columns)
        (folder / STORY).write_text(as_text(story(measures, published=published, full=True)), "utf-8")
    except OSError as error:
        raise RunError(str(folder), f"cannot be written ({error.strerror})", "free some space and try again") from None
    return tuple(folder / name for name in ("run.json", "run.npz", STORY, *made, *_draw(run, folder)))


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
