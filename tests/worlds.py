"""Small worlds made by hypothesis: a few dozen people at most, and everything that can happen happening close together.

`worlds()` gives scenarios, `seeds()` seeds, `runs()` runs. Dates come from a handful of notable days of each world (its
first and last, the 1st of a month, April, a leap day) and the days beside them, so that policies, closures, contracts and
birthdays fall on one another; in crowded worlds people stay until the policies get at them. Every world can be built and
run; all of them shrink.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs
from hypothesis import strategies as st
from made_behaviours import FUNCTIONS, behaviours
from made_days import DAY, LAST, Span, spans
from made_leaving import funds
from made_people import workforces
from made_policies import policies

from nhstransit.engine.simulate import simulate
from nhstransit.organisations.bodies import Establishment, Organisation
from nhstransit.policies import Filling, Rets
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.scenario.spoken import parted
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, Workforce
from tests.examples import THOROUGH

KEPT = 12  # worlds that all tests of the usual session share, of either sort
SENDING = ("pct", "sha", "alb")
RECEIVING = ("ccg", "community-provider", "csu")
_SENDERS = ("closes", "closes", "closes", "closes", "goes on", "long gone")
_RECEIVERS = ("goes on", "opens", "goes on", "goes on", "both")


def seeds() -> st.SearchStrategy[int]:
    """Any seed, the first and the last often."""
    return st.sampled_from((0, 1, 2**63 - 1)) | st.integers(0, 2**63 - 1)


def worlds(*, most: int = 40, without: tuple[str, ...] = (), crowded: bool = False) -> st.SearchStrategy[Scenario]:
    """Scenarios as `fresh_worlds` makes them; in the usual session one of a few that all tests share."""
    if THOROUGH or most != 40 or without:
        return fresh_worlds(most=most, without=without, crowded=crowded)

    def one(place: int) -> Scenario:
        from tests.kept_worlds import kept

        return kept(crowded)[place]

    return st.integers(0, KEPT - 1).map(one)


def runs(*, crowded: bool = False) -> st.SearchStrategy[Run]:
    """Runs of such scenarios; in the usual session of the few that all tests share, each of which is played once."""
    if THOROUGH:
        fresh = fresh_worlds(crowded=crowded)
        return st.builds(lambda scenario, luck: simulate(scenario, seed=luck), fresh, seeds())

    def one(place: int) -> Run:
        from tests.kept_worlds import kept_run

        return kept_run(place, crowded=crowded)

    return st.integers(0, KEPT - 1).map(one)


@st.composite
def fresh_worlds(draw: st.DrawFn, *, most: int = 40, without: tuple[str, ...] = (), crowded: bool = False) -> Scenario:
    """A scenario of at most so many people, with any of the policies but those of the types in `without`.

    A crowded one has all of those, one after another, a body that closes late, another that has posts to fill, and people
    who rarely leave of their own accord.
    """
    span = draw(spans())
    bare = draw(bodies(span, crowded))
    starts = [body.closes + DAY for body in bare if body.closes and span.start <= body.closes < span.end]
    chosen = draw(policies(span.days, starts, FUNCTIONS, SENDING, RECEIVING, without, crowded))
    chosen = _kept(_speaking(chosen, {body.wave for body in bare}), bare)
    bare = _related(bare, draw(st.sampled_from((True, True, False))))
    staff = draw(workforces(bare, span, most, newcomers=bool({"Hiring", "Inflow"} & _types(chosen))))
    return Scenario(
        name="made",
        start=span.start,
        end=span.end,
        functions=FUNCTIONS,
        organisations=draw(establishments(bare, staff, span)),
        staff=staff,
        funds=draw(funds((*SENDING, *RECEIVING))),
        policies=chosen,
        behaviour=draw(behaviours(calm=crowded)),
    )


def _speaking(chosen: Named[Any], waves: set[int]) -> Named[Any]:
    """These policies, naming no other that was not drawn, nor a wave of which no body is."""
    known = {
        name: attrs.evolve(policy, waves=())
        if isinstance(policy, Filling) and waves.isdisjoint(policy.waves)
        else policy
        for name, policy in chosen.items()
    }
    return parted(Named(known))


def _related(bare: list[Organisation], related: bool) -> list[Organisation]:
    """Bodies in clusters of their region, each with those after it that go on for heirs; or as they are."""
    if not related:
        return bare
    later = [tuple(other.name for other in bare[place + 1 :] if not other.closes) for place in range(len(bare))]
    return [
        attrs.evolve(body, cluster=f"{body.region} cluster", successors=heirs if body.closes else ())
        for body, heirs in zip(bare, later, strict=True)
    ]


def _kept(chosen: Named[Any], bare: list[Organisation]) -> Named[Any]:
    """The policies, less guarantees that outlast all employers who could give them: a scenario refuses these."""
    kept = dict(chosen)
    for name, policy in chosen.items():
        if not isinstance(policy, Rets):
            continue
        closings = [body.closes for body in bare if body.kind in policy.kinds]
        if not closings or None in closings or max(closings) >= policy.guaranteed:
            continue
        if policy.offered > max(closings):
            del kept[name]
        else:
            kept[name] = attrs.evolve(policy, guaranteed=max(closings))
    return Named(kept)


def _types(chosen: Named[Any]) -> set[str]:
    return {type(policy).__name__ for policy in chosen.values()}


@st.composite
def bodies(draw: st.DrawFn, span: Span, crowded: bool) -> list[Organisation]:
    """One to five bodies without posts; the first of them stands on the first day."""
    closes = span.end - draw(st.integers(0, 9)) * DAY
    made = [
        Organisation(name="pct 0", kind="pct", region="North", population=30_000, closes=closes),
        Organisation(name="ccg 1", kind="ccg", region="North"),
    ]
    count = draw(st.sampled_from((3, 2, 4, 5, 1)))
    made = made if crowded else []
    return [*made, *(draw(_body(place, span)) for place in range(len(made), count))]


@st.composite
def _body(draw: st.DrawFn, place: int, span: Span) -> Organisation:
    """A body that sends staff or receives them, and what becomes of it."""
    sends = place == 0 or (place > 1 and draw(st.booleans()))
    kind = draw(st.sampled_from(SENDING if sends else RECEIVING))
    shadow = opens = closes = None
    fate = draw(st.sampled_from(_SENDERS if sends else _RECEIVERS))
    if fate in ("opens", "both"):
        shadow, opens = sorted((draw(span.days), draw(span.days)))
        shadow = draw(st.sampled_from((shadow, None)))
    if fate in ("closes", "both"):
        closes = draw(st.sampled_from((span.end - DAY, span.end, min(span.end + 20 * DAY, LAST))) | span.days)
        closes = max(filter(None, (closes, shadow, opens)))
    if fate == "long gone" and place:
        closes = span.start - draw(st.sampled_from((1, 400))) * DAY
    region = draw(st.sampled_from(("North", "North", "South")))
    residents = draw(st.sampled_from((20_000, 0, 60_000)))
    days = {"shadow": shadow, "opens": opens, "closes": closes}
    if kind == "ccg" and draw(st.booleans()):
        authorised = draw(span.days)
        days["authorised"] = min(authorised, opens) if opens else authorised
    wave = draw(st.integers(0, 2))
    area = draw(st.sampled_from(("", "", "inner", "fringe")))
    return Organisation(
        name=f"{kind} {place}",
        kind=kind,
        region=region,
        population=residents,
        wave=wave,
        high_cost_area=area,
        **days,
    )


@st.composite
def establishments(draw: st.DrawFn, bare: list[Organisation], staff: Workforce, span: Span) -> tuple[Organisation, ...]:
    """The bodies with posts: none listed, or enough for their people and some to spare, some of them from later on."""
    return tuple(draw(_established(body, place, staff, span)) for place, body in enumerate(bare))


@st.composite
def _established(draw: st.DrawFn, body: Organisation, place: int, staff: Workforce, span: Span) -> Organisation:
    jobs = list(zip(staff.function.tolist(), staff.band.tolist(), strict=True))
    held = Counter(job for job, employer in zip(jobs, staff.employer.tolist(), strict=True) if employer == place)
    lines = [
        Establishment(function=FUNCTIONS[function], band=BANDS[band], posts=posts)
        for (function, band), posts in sorted(held.items())
    ]
    if lines and draw(st.booleans()):
        return body
    spare = st.lists(_spare(body, sorted(set(jobs)), span), min_size=0 if lines else 2, max_size=6)
    return attrs.evolve(body, establishment=(*lines, *draw(spare)))


@st.composite
def _spare(draw: st.DrawFn, body: Organisation, jobs: list[tuple[int, int]], span: Span) -> Establishment:
    """One to three posts like those that people hold, or a band lower, from the first day of the body or a later one."""
    function, band = draw(st.sampled_from(jobs))
    since = draw(span.days) if draw(st.sampled_from((False, False, True))) else None
    if since and ((body.founded and since < body.founded) or (body.closes and since > body.closes)):
        since = None
    lower = draw(st.sampled_from((0, 0, 1)))
    posts = draw(st.integers(1, 3))
    return Establishment(function=FUNCTIONS[function], band=BANDS[max(band - lower, 0)], posts=posts, since=since)
