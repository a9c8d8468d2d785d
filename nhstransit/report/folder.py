"""A results folder: the run itself, its log in words and its monthly tables as CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nhstransit import tables
from nhstransit.england import Published
from nhstransit.errors import check_kind, check_path
from nhstransit.measures import Measures, stocks
from nhstransit.measures.real_staff import staff_are_real
from nhstransit.organisations.bodies import KINDS
from nhstransit.report.artist import Artist
from nhstransit.report.facts import rule_titles
from nhstransit.report.guide import COLUMNS, README, column_guide, readme
from nhstransit.report.pictures import pictures
from nhstransit.report.story import as_text, files, story
from nhstransit.run import Run
from nhstransit.run.folders import MANIFEST, check_place, made_aside, restore, write_manifest
from nhstransit.run.groups import grouping
from nhstransit.run.real_staff import owners_only
from nhstransit.run.store import about, described, put_run

NAMES = (  # every file that may be written
    *(MANIFEST, "run.json", "run.npz", "story.txt", "people.csv", "posts.csv", "log.csv", "schemes.csv", "routes.csv"),
    *("headcount-by-kind.csv", "headcount-by-employer.csv", "accounts.csv", "pay-bill.csv"),
    *("published.csv", "scope-bridge.csv", "headcount.png", "destinations.png", README, COLUMNS),
)
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?\Z", re.IGNORECASE)  # names of devices
STORY = "story.txt"  # the long story, with what its numbers rest on
WORDED = 100_000  # events up to which the log is written out in words unasked


def folder_name(name: str) -> str:
    """A name as a folder can have it on every system: what Windows refuses, or would take for a device, is replaced.

    >>> [folder_name(name) for name in ("what: if?", "nul", "a.")]
    ['what- if-', '-nul', 'a-']
    """
    plain = re.sub(r'[<>:"|?*]|[. ]\Z', "-", name)
    return f"-{plain}" if _DEVICE.match(plain) else plain


def free_folder(wish: Path) -> Path:
    """`wish`, or the first of wish-2, wish-3 … that does not exist yet."""
    check_path("wish", wish)
    number = 1
    place = wish
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
    people: bool = False,
    artist: Artist | None = None,
) -> tuple[Path, ...]:
    """Write a run, its tables and its figures into a folder, as a whole; returns the files.

    The run itself (`run.json`, `run.npz`); its story with the long tables (`story.txt`); `log.csv` (every event in words,
    as `run.log.table()` has it); `people.csv`, `posts.csv`, heads by month and kind and by month and employer,
    `schemes.csv`, `routes.csv`, `accounts.csv`, `pay-bill.csv`; with `published` also `published.csv` and
    `scope-bridge.csv`; the figures `headcount.png` and `destinations.png`; `manifest.json`, which names all of these.

    Where the staff may be real, the folder and its files are readable by their owner only, and the tables with rows of
    persons (`people.csv`, `log.csv`) are written only where they are asked for.

    Args:
        measures: the run, measured.
        folder: a new or empty folder.
        overwrite: whether results that are there are replaced; files that their manifest does not name are kept.
        published: the published figures, to compare with the run's own.
        log: whether `log.csv` is written; by default up to 100,000 events, since the arrays hold them anyway, and not
            for real staff.
        people: whether rows of persons are written although the staff may be real.
        artist: another process that has begun to draw the figures; otherwise this one draws them.

    Raises:
        RunError: where the folder holds results or other files (unless `overwrite`), a file that is not the library's has
            the name of one to be written, or it cannot be written.
        ScenarioError: where the scenario has a policy that no file can name.
    """
    check_kind("measures", measures, Measures)
    place = Path(folder)
    check_place(place, overwrite=overwrite, names=NAMES)
    private = staff_are_real(measures.run)
    with made_aside(place, overwrite=overwrite, mode=0o700 if private else None) as aside:
        names = fill(aside, measures, published=published, log=log, people=people or not private, artist=artist)
        if private:
            owners_only(aside)
    return tuple(place / name for name in names)


def fill(
    folder: Path,
    measures: Measures,
    *,
    published: Published | None = None,
    log: bool | None = None,
    figures: bool = True,
    people: bool = True,
    artist: Artist | None = None,
) -> tuple[str, ...]:
    """Write what `write_results` writes into an empty folder; returns the names of the files. Raises OSError.

    Args:
        folder: the empty folder.
        measures: the run, measured.
        published: the published figures, to compare with the run's own.
        log: whether `log.csv` is written; by default up to 100,000 events, and only with rows of persons.
        figures: whether the two figures are drawn too, which is slow.
        people: whether rows of persons are written.
        artist: another process that has begun to draw the figures; otherwise this one draws them.
    """
    run = measures.run
    titles = rule_titles(run)
    made: dict[str, Any] = {
        "posts.csv": _posts(run),
        "headcount-by-kind.csv": _worded(_busy(measures.stocks), "kind", "kind_in_words", KINDS),
        "headcount-by-employer.csv": _busy(stocks(run, by="employer")),
        "schemes.csv": _worded(measures.schemes.reset_index(), "policy", "title", titles),
        "routes.csv": _worded(measures.routes.reset_index(), "route", "title", titles),
        "accounts.csv": _worded(measures.accounts, "rule", "title", titles),
        "pay-bill.csv": measures.pay_bill,
    } | (files(published) if published else {})
    if people:
        made["people.csv"] = _people(run)
    if (people and len(run.log) <= WORDED) if log is None else log:
        made["log.csv"] = run.log.table()
    put_run(folder, run, described(run))
    made[COLUMNS] = column_guide({name: list(columns) for name, columns in made.items()})
    for name, columns in made.items():
        tables.write_csv(folder / name, columns, excel=True)
    (folder / STORY).write_text(as_text(story(measures, published=published, full=True)), "utf-8", newline="\n")
    drawn = (artist.pictures(run) if artist else pictures(run)) if figures else {}
    for name, picture in drawn.items():
        (folder / name).write_bytes(picture)
    names = ("run.json", "run.npz", STORY, *made, *drawn, README, MANIFEST)
    (folder / README).write_text(readme(run, names), "utf-8", newline="\n")
    write_manifest(folder, about(run))
    return names


def _people(run: Run) -> dict[str, Any]:
    """Everyone who was ever in the run: groups in words, posts at the opening and the end, how and when they last left."""
    people = run.people
    route = np.full(len(people), "", object)
    left_on = np.full(len(people), "", object)
    exits = run.history.exits()
    rows = run.rows_of(exits["staff"].to_numpy())
    out = run.closing.post < 0
    route[rows] = exits["route"].to_numpy()  # in order: the last departure stays
    left_on[rows] = exits["date"].astype(str).to_numpy()
    return {
        "staff": people.staff,
        "employer": np.array(people.employers)[people.employer],
        "function": np.array(people.functions)[people.function],
        "opening_post": run.opening_post,
        "closing_post": run.closing.post,
        "entry_pay_pounds": run.opening_pay / 100.0,
        "wte": people.wte,
        "band": grouping(run, "band").words,
        "age_group": grouping(run, "age").words,
        "service_group": grouping(run, "service").words,
        "route": np.where(out, route, ""),
        "left_on": np.where(out, left_on, ""),
    }


def _worded(table: Any, code: str, words: str, named: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a table, with words next to each code."""
    columns: dict[str, Any] = {}
    for name in table.columns:
        columns[str(name)] = table[name]
        if name == code:
            columns[words] = [named.get(str(one), str(one)) for one in table[code]]
    return columns


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
