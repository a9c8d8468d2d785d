"""A results folder: the run itself, its log in words, its tables as CSV, its story and two figures."""

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
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?\Z", re.IGNORECASE)  # device names in Windows
STORY = "story.txt"  # the long story, with the basis of its numbers
WORDED = 100_000  # the most events of a log that is written in words by default


def folder_name(name: str) -> str:
    """A folder name that is valid on every system: what Windows refuses, or reads as a device, is replaced.

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
    # An interrupted replacement may have left the old folder under another name.
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
    """Write a run, its tables and its figures into a folder, completely or not at all; returns the files.

    The folder contains the run itself (`run.json`, `run.npz`), its story with the long tables (`story.txt`), and every
    event in words (`log.csv`, as in `run.log.table()`). There are tables of people, posts, heads by month, policies,
    routes, accounts and the pay bill, and two figures. `manifest.json` lists the files. With `published` there are also
    `published.csv` and `scope-bridge.csv`.

    If the staff may be real, only their owner can read the folder and its files. Files with one row per person
    (`people.csv`) or per event (`log.csv`) are then written only on request.

    Args:
        measures: the measures of the run.
        folder: a new or empty folder.
        overwrite: whether existing results are replaced. Files that are not in their manifest are not deleted.
        published: the published figures, to compare with the run's own.
        log: whether `log.csv` is written; by default for up to 100,000 events, and not for real staff. `run.npz`
            contains the events in any case.
        people: whether rows of persons are written although the staff may be real.
        artist: another process that has begun to draw the figures; None: this process draws them.

    Raises:
        RunError: the folder contains results or other files (unless `overwrite`), a file that is not the library's has
            the name of one to be written, or a file cannot be written.
        ScenarioError: the scenario has a policy that cannot be written in a scenario file.
    """
    check_kind("measures", measures, Measures)
    place = Path(folder)
    check_place(place, overwrite=overwrite, names=NAMES)
    # For real staff, only the owner may enter the folder; its mode is set before anything is written into it.
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
    """Write the files of `write_results` into an empty folder; returns their names. Raises OSError.

    Args:
        folder: the empty folder.
        measures: the measures of the run.
        published: the published figures, to compare with the run's own.
        log: whether `log.csv` is written; by default for up to 100,000 events, and only with rows of persons.
        figures: whether the two figures are drawn too, which is slow.
        people: whether rows of persons are written.
        artist: another process that has begun to draw the figures; None: this process draws them.
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
    # The guide lists the columns that were made, so it comes after all other tables.
    made[COLUMNS] = column_guide({name: list(columns) for name, columns in made.items()})
    for name, columns in made.items():
        tables.write_csv(folder / name, columns, excel=True)
    (folder / STORY).write_text(as_text(story(measures, published=published, full=True)), "utf-8", newline="\n")
    drawn = (artist.pictures(run) if artist else pictures(run)) if figures else {}
    for name, picture in drawn.items():
        (folder / name).write_bytes(picture)
    # The manifest is written last: it has the digest of every other file.
    names = ("run.json", "run.npz", STORY, *made, *drawn, README, MANIFEST)
    (folder / README).write_text(readme(run, names), "utf-8", newline="\n")
    write_manifest(folder, about(run))
    return names


def _people(run: Run) -> dict[str, Any]:
    """Everyone who was ever in the run: groups in words, posts on the first and last day, how and when they last left."""
    people = run.people
    # One entry for each person ever in the run, in the order of `people`.
    route = np.full(len(people), "", object)
    left_on = np.full(len(people), "", object)
    exits = run.history.exits()
    rows = run.rows_of(exits["staff"].to_numpy())
    out = run.closing.post < 0
    route[rows] = exits["route"].to_numpy()  # exits are in order of time, so the last departure overwrites earlier ones
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
    """Every post, by its number in the log."""
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
    """Rows in which any number of people is not zero."""
    numbers = table.select_dtypes("number")
    return table[(numbers != 0).any(axis=1)]
