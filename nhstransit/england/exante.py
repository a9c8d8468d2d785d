"""England as a forecaster could have known it on a day, from a file that lists the supporting facts of every part.

Nothing published after the day of the forecast may be used. Facts that are neither known on the day nor permitted are
rejected when the file is read, so that a forecast cannot use its own outcome.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit import toml
from nhstransit.dates import epoch_day
from nhstransit.england import bundled_outcomes
from nhstransit.errors import CalibrationError, nearest
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.posts import found
from nhstransit.scenario import Scenario, bundled_variant, load_scenario
from nhstransit.scenario.opening import pay_columns
from nhstransit.workforce.columns import BANDS

BUNDLED = "england/ex-ante-2011-01-19.toml"


@attrs.frozen(kw_only=True)
class Of:
    """Ids of facts on one subject that were known by the day, and of assumptions that depend on nothing later."""

    what: str
    known: tuple[str, ...]
    permitted: tuple[str, ...] = ()
    note: str = ""


@attrs.frozen(kw_only=True)
class Known:
    """All facts and assumptions that a forecast made on the day may use."""

    about: str
    of: tuple[Of, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Every id that may be used."""
        return frozenset(name for part in self.of for name in (*part.known, *part.permitted))


@attrs.frozen(kw_only=True)
class Kept:
    """A policy that was known by the day."""

    name: str
    rests_on: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Setting:
    """The value at a path: a number, with its range of uncertainty, or a text."""

    path: str
    value: float | None = None
    text: str = ""
    range: tuple[float, ...] = ()
    rests_on: tuple[str, ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class Fitting:
    """The one number that is fitted to outcomes known by the day."""

    path: str
    low: float
    high: float
    targets: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ExAnte:
    """A scenario as it was known on a day: its differences from the variant `of`, on a `base` without fitted numbers.

    Raises:
        CalibrationError: a part has no supporting fact or a later one, or the base has fitted numbers.
    """

    about: str
    as_of: dt.date
    of: str
    base: str
    known: str
    pay_kept: float
    pay_kept_range: tuple[float, ...]
    pay_kept_rests_on: tuple[str, ...]
    policy: tuple[Kept, ...]
    set: tuple[Setting, ...]
    fitted: Fitting

    @property
    def rests_on(self) -> dict[str, tuple[str, ...]]:
        """The ids of the facts that support each part."""
        parts = {f"policies.{one.name}": one.rests_on for one in self.policy}
        parts |= {one.path: one.rests_on for one in self.set}
        return parts | {"pay_kept": self.pay_kept_rests_on, self.fitted.path: self.fitted.targets}

    def check(self, known: Known) -> None:
        """Raise CalibrationError unless every part is supported by ids that are known or permitted."""
        for part, ids in self.rests_on.items():
            if not ids:
                raise CalibrationError(part, "has no source", "give the fact that supports it")
            for name in ids:
                if name not in known.ids:
                    wrong = f"is based on {name!r}, which was not known on {self.as_of}"
                    raise CalibrationError(part, wrong, nearest(name, known.ids))

    def world(self, **moved: float) -> Scenario:
        """The scenario. `moved` are other values of numbers that have a range, by the last part of their path."""
        scenario = plain = _plain(self)
        for path in (*(one.path for one in self.set if one.value is not None), self.fitted.path):
            name = path.rpartition(".")[2]
            if name in moved:
                scenario = scenario.having(path, moved[name])
        # The posts are scaled to the plain scenario, so that a moved number does not change their cost.
        return attrs.evolve(scenario, organisations=_scaled(plain, moved.get("pay_kept", self.pay_kept)))


@cache
def _plain(given: ExAnte) -> Scenario:
    """The scenario with every number at its central value, before its posts are scaled."""
    base = load_scenario(given.base)
    # Policies that were not yet known on the day are removed.
    keep = {one.name for one in given.policy}
    # Numbers fitted to the outcomes contain information that was not public on the day.
    if base.calibrated:
        raise CalibrationError(
            "base", f"{given.base!r} is a scenario with fitted numbers", "give the scenario before fitting"
        )
    planned = bundled_variant(given.of, base)
    scenario = planned.without(*(name for name in planned.policies if name not in keep))
    for one in given.set:
        item: Any = one.text if one.value is None else one.value
        scenario = scenario.having(one.path, item)
    return attrs.evolve(scenario, name=f"{given.of}-known-{given.as_of}", title=f"England as known on {given.as_of}")


@cache
def bundled_ex_ante() -> ExAnte:
    """England as known on 19 January 2011."""
    return load_ex_ante(found(BUNDLED))


def load_ex_ante(path: str | Path) -> ExAnte:
    """Read a scenario as known on a day from a file, and check it against its list of known facts.

    The list is in the same folder as the file.
    """
    given = toml.load(Path(path), ExAnte)
    given.check(toml.load(Path(path).with_name(given.known), Known))
    return given


def _scaled(scenario: Scenario, pay_kept: float) -> tuple[Organisation, ...]:
    """The organisations, with posts of successors scaled to the number that the retained pay funds.

    The cost of a post is the mean pay of the opening staff in its band. Posts are rounded to whole numbers by largest
    remainders.
    """
    people = scenario.workforce
    bands = people.band.astype("int64")
    paid = pay_columns(people, scenario.dated_law, scenario.roster.area, epoch_day(scenario.start))
    # Pay for full-time work, in pence a year, (people,).
    own = paid["pay_pence"].astype("int64")
    heads = np.bincount(bands, minlength=len(BANDS))
    # Mean pay by band, (bands,); a band without people has a mean of zero.
    pay = np.bincount(bands, own, len(BANDS)) / np.maximum(heads, 1)
    senders = bundled_outcomes().reading.senders
    lines = [(body, line) for body in scenario.organisations if body.kind not in senders for line in body.establishment]
    cost = sum(line.posts * pay[BANDS.index(line.band)] for _, line in lines)
    bill = float((own * (people.wte_hundredths / 100.0)).sum())
    scale = pay_kept * bill / cost
    whole = iter(_whole(np.array([line.posts * scale for _, line in lines])))
    scaled = []
    for body in scenario.organisations:
        if body.kind in senders:
            scaled.append(body)
            continue
        establishment = []
        for line in body.establishment:
            posts = next(whole)  # in the order of `lines`: by organisation, then by line
            if posts:  # a line rounded to zero posts is left out
                establishment.append(attrs.evolve(line, posts=posts))
        scaled.append(attrs.evolve(body, establishment=tuple(establishment)))
    return tuple(scaled)


def _whole(posts: np.ndarray) -> list[int]:
    """Posts rounded to whole numbers without changing their sum: the largest remainders are rounded up."""
    down = np.floor(posts)
    short = round(float(posts.sum() - down.sum()))
    # `down - posts` is the negative remainder, so the largest remainders sort first; ties keep their order.
    down[np.argsort(down - posts, kind="stable")[:short]] += 1
    return [int(item) for item in down]


def forecast_parameters(given: ExAnte) -> dict[str, tuple[float, float]]:
    """Ranges of the numbers that a forecaster could not know, by the last part of each path."""
    ranges = {}
    for one in given.set:
        if one.range:  # a number without a range was known on the day
            ranges[one.path.rpartition(".")[2]] = (one.range[0], one.range[1])
    return ranges | {"pay_kept": (given.pay_kept_range[0], given.pay_kept_range[1])}
