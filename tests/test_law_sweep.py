"""Every legal number has an effect: if it is changed, some run or answer changes. No other place repeats the number."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import attrs
import numpy as np
import pytest
from small import Own, behaving, body, date, person, small_world

import nhstransit as nt
from nhstransit import policies as policies_room
from nhstransit.dates import epoch_day
from nhstransit.engine.simulate import simulate
from nhstransit.errors import InputError
from nhstransit.fields import parent_of
from nhstransit.grammar import Pay
from nhstransit.law import Law
from nhstransit.law.appraisal import real_terms, schedule_factors
from nhstransit.law.parameters import Entry, Parameters
from nhstransit.log import Kind
from nhstransit.measures.appraisal import appraisal_lines
from nhstransit.measures.funding import StartUp as StartUpTerms
from nhstransit.measures.funding import start_up
from nhstransit.measures.saving import qipp
from nhstransit.policies import Clustering, CostReduction, Hiring, Mars, Redundancy, Rets, Returns, StartUp
from nhstransit.policies.cost_reduction import Step
from nhstransit.policies.rets import Renewal
from nhstransit.scenario.bundled import bundled_names
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, SECTIONS

LAW = Law.bundled()
GROUPS = ("numbers", "tables", "grids")
Number = tuple[str, str, dt.date, str, int]  # group, parameter, first day, name in the table, position in the row

# Numbers that change nothing, with the reason.
NOT_SEEN = {
    "afc_spine_points": "only used to read the pay points of a payroll extract, before a run",
    "afc_awards": "explains how the points of a year follow from the year before; runs use the points themselves",
    "vsm_spot_rates_2007": "the source of the rates of 2010; runs use those rates",
    "vsm_award": "a part of the source of the rates of 2010; runs use those rates",
    "vsm_director_share": "a part of the source of the rates of 2010; runs use those rates",
    "employer_ni 2025-04-01 lower_limit": "applies to a rebate only, which does not exist in this year",
    "employer_ni 2025-04-01 upper_accrual": "applies to a rebate only, which does not exist in this year",
    "employer_ni 2025-04-01 rebate": "is paid between two limits that are both zero",
    "employer_ni 2026-04-01 lower_limit": "applies to a rebate only, which does not exist in this year",
    "employer_ni 2026-04-01 upper_accrual": "applies to a rebate only, which does not exist in this year",
    "employer_ni 2026-04-01 rebate": "is paid between two limits that are both zero",
    "statutory_notice 2010-04-01 least_weeks": "every contract has longer notice",
    "discount_green_book_2026_standard 2026-02-01 ends 5": "the last period ends in 9999 years",
    "discount_green_book_2026_health 2026-02-01 ends 5": "the last period ends in 9999 years",
    "discount_green_book_2026_sensitivity 2026-02-01 ends 5": "the last period ends in 9999 years",
    "clawback_mars_2010 2010-04-01 vsm": "under MARS the unexpired months are repaid, which end before a longer window",
}


def value_of(entry: Any, name: str, position: int) -> float:
    item = entry.value[name] if name else entry.value
    return float(item[position] if position >= 0 else item)


def numbers() -> Iterator[Number]:
    """Every number of every dated entry. The pay points of a band count as one."""
    for group in GROUPS:
        for parameter, series in getattr(LAW.parameters, group).items():
            for entry in series.entries:
                if group == "numbers":
                    yield group, parameter, entry.since, "", -1
                    continue
                for name, item in entry.value.items():
                    whole = group == "tables" or parameter.startswith(("afc_", "vsm_"))
                    for position in (-1,) if whole else range(len(item)):
                        yield group, parameter, entry.since, name, position


def other(value: Any) -> Any:
    """The number × 1.5, or 1 if it is zero. For a row, of each number."""
    if isinstance(value, tuple):
        return tuple(other(one) for one in value)
    return value * 1.5 if value else 1.0


SPECIAL: dict[str, Callable[[Any], Any]] = {
    "release_top_up": lambda value: 1.0 - value,  # a flag
    "over_window": lambda value: 1.0 - value,  # a flag
    "least_months": lambda value: value * 1.5 or 5.0,  # a minimum of one month would have no effect
    "payment_cap": lambda value: value * 0.5,  # a higher cap would have no effect
}


def law_with(number: Number) -> Law:
    """The bundled law with one number changed."""
    group, parameter, since, name, position = number
    change = SPECIAL.get(name or parameter, other)

    def turned(entry: Any) -> Entry:
        if entry.since != since:
            return entry
        if not name:
            return attrs.evolve(entry, value=change(entry.value))
        row = entry.value[name]
        turn = (
            change
            if position < 0
            else lambda row: tuple(change(one) if at == position else one for at, one in enumerate(row))
        )
        return attrs.evolve(entry, value=Named({**entry.value, name: turn(row)}))

    all_of_a_group = dict(getattr(LAW.parameters, group))
    series = all_of_a_group[parameter]
    all_of_a_group[parameter] = attrs.evolve(series, entries=tuple(map(turned, series.entries)))
    parameters: Parameters = attrs.evolve(LAW.parameters, **{group: Named(all_of_a_group)})
    return Law(parameters)


# Scenarios in which the law matters


def play(law: Law, *people: Any, **world: Any) -> Any:
    return simulate(small_world(*people, **world), seed=1, law=law)


def log_of(law: Law, *people: Any, **world: Any) -> Any:
    run = play(law, *people, **world)
    return run.opening_pay.tolist(), run.log.tuples()


def pay(law: Law) -> Any:
    """The pay of people on the lowest point of each band, in each high-cost area and in none, in 2010-14 and from 2025."""
    areas = ("", "inner", "outer", "fringe")
    bodies = [attrs.evolve(body(area or "none"), high_cost_area=area) for area in areas]

    def staffed(bands: Any) -> list[Any]:
        pairs = enumerate(itertools.product(areas, bands), 1)
        return [person(staff, area or "none", band=band, pay=0) for staff, (area, band) in pairs]

    then = log_of(law, *staffed(BANDS), bodies=bodies, end=date("2014-03-31"))
    days = {"start": date("2025-04-01"), "end": date("2028-03-31")}
    senior = person(99, "none", band="VSM", pay=140_000)
    return then, log_of(law, *staffed(BANDS[1:-1]), senior, bodies=bodies, **days)


def leaver(staff: int, since: str = "1995-04-01", **facts: Any) -> Any:
    return person(staff, since=since, **{"born": "1957-06-01", "pay": 50_000, **facts})


def mars_round(year: int, month: int = 5, **terms: Any) -> Mars:
    first = dt.date(year, month, 1)
    days = {"announced": first, "opens": first, "closes": first.replace(day=20), "leaves": first.replace(day=28)}
    return Mars(**{**days, "quota": 1.0, "removed": 1.0, "payback_months": 1200.0, **terms})


def schemes(law: Law) -> Any:
    """A round of MARS in each year with rates of on-costs, with people of different service."""
    starts = ("2009-03-20", "2009-09-01", "1986-04-01", "2001-04-01", "2008-04-01")
    people = [leaver(10 * year + number, since) for year in (0, 1, 2, 3) for number, since in enumerate(starts)]
    rounds = {
        f"round-{year}": mars_round(2010 + year, functions=("finance",), bodies=(f"{year}",)) for year in range(4)
    }
    placed = [{**one, "employer": str(one["staff"] // 10)} for one in people]
    first = log_of(law, *placed, bodies=[body(str(year)) for year in range(4)], policies=rounds, end=date("2014-03-31"))
    days = {"start": date("2025-04-01"), "end": date("2026-03-31")}
    late = leaver(1, since="2020-04-01")
    later = mars_round(2025, terms="mars_later")
    return first, log_of(law, late, leaver(2, since="2024-02-01"), policies={"later": later}, **days)


def sections() -> list[Any]:
    """People who are treated differently by section 16: by band, service, age and pension section."""
    services = ("2009-12-15", "2009-09-01", "1980-04-01", "2004-04-01", "2008-11-01")
    kinds = [(band, service) for band in BANDS for service in services]
    facts = [leaver(staff, since, band=band, pay=0, born="1961-06-01") for staff, (band, since) in enumerate(kinds, 1)]
    by_section = itertools.product(("1995", "2008", "none"), ("1952-06-01", "1955-06-01", "1961-09-01"))
    more = enumerate(by_section, len(facts) + 2)
    recent = leaver(len(facts) + 1, "2009-06-01", section="1995", born="1953-06-01")
    return [*facts, recent, *(leaver(staff, section=section, born=born) for staff, (section, born) in more)]


def abolished(law: Law) -> Any:
    """Everyone is made redundant when the employer closes, after a consultation that leaves little time for notice."""
    terms = {"announced": date("2010-05-01"), "letters": date("2010-06-01")}
    world = {"bodies": [body("Old", closes="2011-10-31")], "end": date("2012-03-31")}

    def gone(consults: str, *people: Any) -> Any:
        redundancy = Redundancy(**terms, consults=date(consults))
        return log_of(law, *people, policies={"redundancy": redundancy}, **world)

    crowd = [leaver(staff, pay=0) for staff in range(1, 121)]
    return gone("2011-09-28", *sections()), [gone("2011-06-01", *crowd[:heads]) for heads in (19, 25, 30, 120)]


def cost_reductions(law: Law) -> Any:
    """Cost reductions before and after April 2013, with fixed or legal periods of consultation; and clustering."""
    steps = (Step(by=date("2011-06-01"), cut=0.3), Step(by=date("2013-05-01"), cut=0.6))
    path = CostReduction(announced=date("2010-05-01"), path=steps, volunteers=False)
    lawful = attrs.evolve(path, by_law=True)
    people = [leaver(staff, pay=0, since="2004-01-01") for staff in range(1, 41)]
    merged = Clustering(announced=date("2010-05-01"), held=date("2013-05-01"), bands=("6",))
    pair = [attrs.evolve(body(name), cluster="C") for name in ("Old", "New")]
    days = {"end": date("2014-03-31")}
    steep = (Step(by=date("2011-06-01"), cut=0.1), Step(by=date("2013-05-01"), cut=0.6))
    few = (Step(by=date("2011-06-01"), cut=0.1), Step(by=date("2013-05-01"), cut=0.2))
    many = [leaver(staff) for staff in range(1, 251)]
    return (
        log_of(law, *people, policies={"cost-reduction": path}, **days),
        log_of(law, *many, policies={"cost-reduction": lawful}, **days),
        log_of(law, *people, policies={"cost-reduction": lawful}, **days),
        log_of(law, *many, policies={"cost-reduction": attrs.evolve(lawful, path=steep)}, **days),
        log_of(law, *many, policies={"cost-reduction": attrs.evolve(lawful, path=few)}, **days),
        log_of(
            law,
            leaver(1, pay=0),
            {**leaver(2, pay=0), "employer": "New"},
            bodies=pair,
            policies={"clustering": merged},
            **days,
        ),
    )


def retention_terms(law: Law) -> Any:
    """Retention terms with the share and premium of the law."""
    rets = Rets(announced=date("2011-03-15"), offered=date("2011-04-01"), guaranteed=date("2012-03-31"))
    people = [leaver(staff, pay=0, skill=float(staff)) for staff in range(1, 21)]
    return log_of(law, *people, policies={"rets": rets}, end=date("2012-06-30"))


def returning(law: Law) -> Any:
    """People who leave by MARS or redundancy and return soon."""
    returns = {
        "announced": date("2010-04-01"),
        "after": ("mars", "redundancy"),
        "kinds": ("ccg",),
        "share": 1.0,
        "scale_years": 0.05,
        "deterred": 0.0,
    }
    repays = {"mars": "mars_2010", "redundancy": "section16"}
    bodies = [body("Old", closes="2010-12-31"), body("New", "ccg", ("finance", "6", 3), ("finance", "VSM", 1))]
    people = [leaver(1, "1990-04-01"), leaver(2, "2000-04-01"), leaver(3, "2000-04-01", band="VSM", pay=140_000)]
    mars = mars_round(2010, functions=("finance",))
    seen = []
    for months in (0.05, 0.35, 0.8):
        policy = Returns(**{**returns, "scale_years": months}, repays=Named(repays))
        seen.append(
            log_of(law, *people, bodies=bodies, policies={"mars": mars, "returns": policy}, end=date("2013-03-31"))
        )
    redundancy = Redundancy(announced=date("2010-04-01"), letters=date("2010-04-01"), consults=date("2010-04-01"))
    for bare in (True, False):
        policy = Returns(
            **{**returns, "scale_years": 0.05, "deterred": 1.0 if bare else 0.0}, repays=Named({} if bare else repays)
        )
        seen.append(
            log_of(
                law,
                *people,
                bodies=bodies,
                policies={"redundancy": redundancy, "returns": policy},
                end=date("2012-03-31"),
            )
        )
    return seen


def deterred_by_clawback(law: Law) -> Any:
    """Applications to schemes, which depend on the months of clawback."""
    people = [leaver(staff, pay=0) for staff in range(1, 200)]
    calm = behaving()
    shy = attrs.evolve(calm, severance=attrs.evolve(calm.severance, typical=0.5, clawback=0.1))
    seen = []
    for year, terms in ((2010, "mars_2010"), (2013, "section16"), (2025, "mars_later"), (2025, "section16")):
        month = 12 if terms == "section16" else 5
        start = dt.date(year, 4, 1)
        scheme = mars_round(year, month, terms=terms)
        seen.append(log_of(law, *people, policies={"mars": scheme}, behaviour=shy, start=start, end=scheme.leaves))
    return seen


def start_up_money(law: Law) -> Any:
    """Start-up money, the QIPP aim and appraisal, which use legal numbers in measures."""
    bodies = [attrs.evolve(body("Old"), population=20_000)]
    due = StartUp(announced=date("2010-04-01"), paid=date("2010-09-01"))
    run = play(law, leaver(1, pay=0), leaver(2), bodies=bodies, policies={"start-up": due, "mars": mars_round(2010)})
    published = StartUpTerms(population="published")
    bare = play(law, leaver(1, pay=90_000), bodies=bodies, policies={"mars": mars_round(2010)}, end=date("2014-03-31"))
    return (
        run.log.tuples(),
        start_up(run, law=law).to_numpy().tolist(),
        start_up(bare, law=law).to_numpy().tolist(),
        start_up(bare, published, law=law).to_numpy().tolist(),
        qipp(bare, law=law).to_numpy().tolist(),
        [line.pence for line in appraisal_lines(bare, law=law)],
    )


def since_2025(law: Law) -> Any:
    """Civil servants who leave in 2026 on their own terms, one of them a chief executive, and the saving of their posts."""
    days = {"start": date("2025-04-01"), "end": date("2026-12-31"), "bodies": [body("Old", "dhsc")]}
    exit_ = mars_round(2026, terms="civil_service_exit", kinds=("dhsc",))
    services = ("1995-01-01", "2024-01-01", "2020-01-01")
    people = [leaver(number, since, pay=0, born="1975-06-01") for number, since in enumerate(services, 1)]
    people.append(leaver(4, "2010-01-01", band="2", point=1, pay=0, born="1975-06-01"))
    chief = leaver(9, "2010-01-01", band="VSM", point=6, pay=0, born="1975-06-01")
    return log_of(law, *people, chief, policies={"exit": exit_}, **days)


SCENARIOS = (
    pay,
    schemes,
    since_2025,
    abolished,
    cost_reductions,
    retention_terms,
    returning,
    deterred_by_clawback,
    start_up_money,
)
# The scenario to try first, by the start of the parameter's name. The others are tried after it.
FIRST = {
    "afc_": pay,
    "vsm_": pay,
    "own_pay_award": pay,
    "later_award": pay,
    "high_cost": pay,
    "employer_": schemes,
    "apprentice": schemes,
    "civil_service": since_2025,
    "employer_ni 2026": since_2025,
    "employer_pension 2026": since_2025,
    "vsm_points 2025": since_2025,
    "mars_": schemes,
    "clawback_": deterred_by_clawback,
    "consultation": cost_reductions,
    "rets": retention_terms,
    "ccg": start_up_money,
    "qipp": start_up_money,
    "start_up": start_up_money,
    "severance_tax": start_up_money,
    "reckonable": returning,
    "alternative": returning,
}


# Some days cannot be reached by a run, because there are no pay tables between 2014 and 2025. Some rules have no effect
# in a run, because another rule is always better for the person. These numbers are tested with direct questions.


def direct_answers(law: Law) -> Any:
    """The law's direct answers, on days and about people that no scenario contains."""

    def on(year: int, month: int = 4, day: int = 1) -> int:
        return epoch_day(dt.date(year, month, day))

    def answered(ask: Callable[[], Any]) -> Any:
        try:
            return np.asarray(ask()).tolist()
        except InputError as error:
            return str(error)

    row = {
        "annual_pence": np.array([1_800_000, 3_000_000, 9_000_000, 40_000_000]),
        "wte": np.array([1.0, 1.0, 1.0, 0.1]),
    }
    people = {**row, "born": np.array([on(1993), on(1961), on(1955), on(1950)])}
    questions: list[Callable[[], Any]] = []
    for leaving in (
        on(2009, 12),
        on(2011, 3),
        on(2012, 3),
        on(2013, 3),
        on(2016),
        on(2021, 1),
        on(2024, 6),
        on(2025, 6),
        on(2029),
    ):
        for served in (1.5, 2.2, 5, 12, 30):
            since = leaving - round(served * 365.25)
            for band in (None, 12):
                questions += [
                    lambda a=leaving, b=since, c=band: law.redundancy(**people, service_from=b, leaving=a, band=c),
                ]
            questions += [
                lambda a=leaving, b=since: law.redundancy_months(b, a),
                lambda a=leaving, b=since: law.mars(**row, service_from=b, leaving=a, terms="mars_later"),
                lambda a=leaving, b=since: law.statutory_redundancy(
                    **{**people, "born": a - np.array([7_500, 12_000, 18_000, 22_500])}, service_from=b, leaving=a
                ),
            ]
        questions += [
            lambda a=leaving: law.pension_strain(
                **people, service_from=on(1985), leaving=a, section=np.array([0, 0, 1, 2]), redundancy_pence=0
            ),
            lambda a=leaving: law.pension_release(
                **people, service_from=on(1985), leaving=a, section=np.array([2, 2, 2, 2])
            ),
            lambda a=leaving: law.pension_release(
                **people, service_from=a - 880, leaving=a, section=np.array([0, 0, 0, 0])
            ),
            lambda a=leaving: law.pension_reached(a - np.array([18_300, 20_200, 20_600, 21_100]), [0, 1, 2, 2], a),
            lambda a=leaving: law.high_cost_supplement(
                [2_000_000, 2_400_000, 3_000_000, 6_000_000], [[1], [2], [3]], a
            ),
            lambda a=leaving: law.employer_cost([2_000_000], 1.0, a, view="system"),
            lambda a=leaving: law.retention(a).guaranteed_to(a),
            lambda a=leaving: law.pension_section([on(2007), on(2008), on(2014), on(2016), on(2024)], a),
        ]
    questions.append(
        lambda: law.high_cost_supplement([2_000_000, 2_400_000, 3_000_000, 6_000_000], [[1], [2], [3]], on(2017))
    )
    for rates in (on(2018), on(2026)):
        questions.append(lambda a=rates: law.employer_cost([2_000_000], 1.0, a, view="system"))
    for terms, day in (
        ("mars_2010", on(2010, 9)),
        ("mars_later", on(2016)),
        ("vr_nhsps", on(2014)),
        ("vr_2025", on(2026)),
    ):
        for vsm, away in itertools.product((False, True), (40, 100, 200, 300, 400)):
            questions.append(
                lambda a=terms, b=day, c=vsm, d=away: law.clawback(10_000_000, 12.0, b, b + d, terms=a, vsm=c)
            )
        questions.append(lambda a=terms, b=day: law.clawback_months(a, b))
    for schedule in ("green_book_2026_standard", "green_book_2026_health", "green_book_2026_sensitivity"):
        questions.append(lambda a=schedule: schedule_factors(law.parameters, a, 400))
    questions.append(lambda: schedule_factors(law.parameters, "green_book_2003", 30))
    questions.append(lambda: schedule_factors(law.parameters, "green_book_2003", 40))
    for year, base in (
        (2009, 2014),
        (2010, 2014),
        (2011, 2014),
        (2012, 2014),
        (2013, 2014),
        (2024, 2025),
        (2026, 2027),
    ):
        questions.append(lambda a=year, b=base: real_terms(law.parameters, 10**9, a, b))
    questions.append(lambda: law.parameters.number("retention_premium_ceiling").on(on(2012)).value)
    questions.append(lambda: law.reckonable_break_months(on(2012)))
    return [answered(ask) for ask in questions]


ASKED_ONLY = {
    "statutory_": "contractual terms are better for everyone in a run",
    "minimum_pension_age 2028": "no scenario reaches that day",
    "pension_sections": "determines a newcomer's section, which another test checks",
    "normal_pension_age": "of the 2015 Scheme, which has no members before 2015",
    "pension_accrual": "of the 2015 Scheme, which has no members before 2015",
    "release_qualifying_months": "with so little service the redundancy pay covers all of the capital",
    "release_top_up 2015": "there are no pay tables between 2014 and 2025, and later no strain is paid",
    "section16 2015": "there are no pay tables between 2014 and 2025",
    "exit_cap": "there are no pay tables between 2014 and 2025",
    "employer_pension": "the central payment is not a cost of the employer",
    "high_cost_area 2017": "there are no pay tables between 2014 and 2025",
    "apprenticeship_levy": "there are no pay tables between 2014 and 2025",
    "statutory_week_cap": "contractual terms are better for everyone in a run",
    "clawback_": "the windows of very senior managers, and the decline of a share over time",
    "discount_": "the user of an appraisal selects the schedule",
    "gdp_deflator": "the user of an appraisal selects the price base",
    "rets": "the end of a guarantee is a date of the scenario",
    "retention_premium_ceiling": "a ceiling that is only shown beside a premium",
    "reckonable_break_months": "the tests of service check it in another scenario",
    "mars_later": "its other limits work in the same way as those of 2010",
    "section16_vsm": "the minimum payment has no effect for people with enough service",
}


STEP = 14  # one in so many parameters is changed in every session


@cache
def before(world: Callable[[Law], Any]) -> Any:
    return world(LAW)


def has_effect(world: Callable[[Law], Any], law: Law) -> bool:
    usual = before(world)  # with the bundled law, under which no scenario may be refused
    try:
        return bool(world(law) != usual)
    except InputError:
        return True  # a refusal is an effect too


def cases() -> Iterator[Any]:
    """Each number of the law. The first number of one in `STEP` parameters runs in every session."""
    asked_of: set[str] = set()
    for number in numbers():
        _, parameter, since, name, position = number
        words = f"{parameter} {since} {name} {position}".strip()
        unseen = any(words.startswith(start) for start in NOT_SEEN)
        first = parameter not in asked_of and not unseen
        if first:
            asked_of.add(parameter)
        marks = [] if first and len(asked_of) % STEP == 1 else [pytest.mark.thorough]
        yield pytest.param(number, id=words, marks=marks)


@pytest.mark.parametrize("number", list(cases()))
def test_every_number_of_the_law_has_an_effect(number: Number) -> None:
    """It changes a run, or a direct answer of the law, or `NOT_SEEN` says why it changes nothing."""
    _, parameter, since, name, position = number
    words = f"{parameter} {since} {name}".strip()
    if {parameter, words, f"{words} {position}"} & set(NOT_SEEN):
        return
    law = law_with(number)
    likely = next((world for start, world in reversed(FIRST.items()) if words.startswith(start)), abolished)
    if has_effect(likely, law):
        return
    if any(words.startswith(start) for start in ASKED_ONLY) and has_effect(direct_answers, law):
        return
    assert any(has_effect(world, law) for world in SCENARIOS if world is not likely), f"changing {words} has no effect"


def local_terms() -> list[tuple[Any, Any]]:
    """Every field of a policy, or of a part of one, that can replace a number of the law."""
    kinds = {*policies_room.POLICIES.values(), Renewal}
    return [(kind, field) for kind in kinds for field in attrs.fields(kind) if (p := parent_of(field)) and p.law]


def test_local_terms_are_none_by_default_and_name_a_number_of_the_law() -> None:
    """The number that a local term replaces exists in the dated parameters."""
    found = local_terms()
    assert {field.name for _, field in found} >= {"min_service_months", "clawback_months", "cap", "premium"}
    for kind, field in found:
        parameter, _, name = parent_of(field).law.partition(".")
        assert field.default is None, f"{kind.__name__}.{field.name}"
        if name:
            assert name in LAW.parameters.table(parameter).entries[0].value
        else:
            assert LAW.parameters.number(parameter).entries


def test_no_other_field_repeats_a_number_of_the_law() -> None:
    """A field whose source is the handbook, a circular or the law of consultation has no default of its own."""
    legal = ("handbook", "circular", "section 16", "section 20", "collective consultation")
    for kind in policies_room.POLICIES.values():
        for field in attrs.fields(kind):
            parent = parent_of(field)
            if parent is not None and not parent.law and any(word in parent.source for word in legal):
                assert field.name == "unreasonable", f"{kind.__name__}.{field.name} repeats {parent.source}"


OWN_NUMBERS = {("Bridging", "premium")}  # the retention terms of 2011 do not apply to bridging


def test_a_term_that_is_local_in_one_policy_is_local_in_every_policy() -> None:
    """If a field of one policy uses the law by default, no other policy has a default under the same name."""
    local = {field.name for _, field in local_terms()}
    for kind in policies_room.POLICIES.values():
        for field in attrs.fields(kind):
            if field.name in local and (kind.__name__, field.name) not in OWN_NUMBERS:
                assert parent_of(field).law, f"{kind.__name__}.{field.name} is {field.default!r}, whatever the law says"


@pytest.mark.parametrize("name", bundled_names())
def test_no_bundled_scenario_restates_the_law(name: str) -> None:
    """A local term of a bundled scenario differs from the law's number. Otherwise it would hide a change of the law."""
    scenario = nt.load_scenario(name)
    local = {(kind, field.name): parent_of(field).law for kind, field in local_terms()}
    for policy, spec in scenario.policies.items():
        for (kind, field), law in local.items():
            given = getattr(spec, field) if type(spec) is kind else None
            if given is None:
                continue
            parameter, _, number = law.partition(".")
            law_of = scenario.dated_law.parameters
            day = epoch_day(max(scenario.start, spec.announced))
            held = (law_of.table(parameter) if number else law_of.number(parameter)).held(day)
            legal = [entry.number(number) if number else entry.value for entry in held]
            assert given not in legal, f"{name}: policies.{policy}.{field} = {given} is the law's {law}"


@pytest.mark.parametrize(("year", "section"), [(2010, "2008"), (2025, "2015")])
def test_a_newcomer_joins_the_section_of_the_day(year: int, section: str) -> None:
    """It follows from the law of that day: if later sections start on another day, newcomers join another section."""
    hired = {"hiring": Hiring(announced=dt.date(year, 4, 1), kinds=("ccg",), until=dt.date(year, 12, 31), refill=1.0)}
    bodies = [body("Old"), body("New", "ccg", ("finance", "6", 9))]
    days = {"start": dt.date(year, 4, 1), "end": dt.date(year, 12, 31)}

    def joined(law: Law) -> set[str]:
        run = play(law, leaver(1, since="1990-04-01"), bodies=bodies, policies=hired, **days)
        return {SECTIONS[code] for code in run.people.section[1:]}

    assert joined(LAW) == {section}
    never = epoch_day(dt.date(2030, 1, 1))
    assert joined(Law.of({"pension_sections.2008": never, "pension_sections.2015": never})) == {"1995"}


@pytest.mark.parametrize("months", [0, 6])
def test_applicants_in_a_cost_reduction_consider_the_clawback_of_the_law(months: int) -> None:
    """They answer as if the policy set the same number of months, and differently with another number."""
    days = {"announced": date("2025-04-01"), "path": (Step(by=date("2025-06-01"), cut=0.5),), "kinds": ("pct",)}
    shy = attrs.evolve(behaving(), severance=attrs.evolve(behaving().severance, typical=0.5, clawback=0.1))
    people = [leaver(staff, pay=0) for staff in range(1, 200)]
    law = Law.of({"clawback_vr_2025.all_staff": months})

    def answered(**terms: Any) -> Any:
        policies = {"cut": CostReduction(**days, **terms, compulsory=False)}
        return log_of(law, *people, policies=policies, behaviour=shy, start=date("2025-04-01"), end=date("2025-12-31"))

    assert answered() == answered(clawback_months=months)
    assert answered() != answered(clawback_months=months + 12)


def test_a_local_term_replaces_the_law() -> None:
    """With its own minimum service, a round of MARS accepts people with six months, or requires 20 years."""
    people = [leaver(1, since="2009-09-01"), leaver(2, since="2000-04-01")]

    def gone(**terms: Any) -> list[int]:
        run = simulate(small_world(*people, policies={"mars": mars_round(2010, **terms)}), seed=1)
        return run.log.of(Kind.DEPARTED).staff.tolist()

    assert gone() == [2]
    assert gone(min_service_months=6) == [1, 2]
    assert gone(min_service_months=240) == []


def test_a_users_policy_uses_the_law_of_the_run() -> None:
    """It does not use the bundled law."""
    law = law_with(("tables", "rets", LAW.parameters.table("rets").entries[0].since, "premium", -1))
    seen: list[float] = []

    def look(situation: Any) -> list[Any]:
        seen.append(situation.law.retention(situation.epoch_day).premium)
        return [Pay(rows=np.empty(0, np.intp), kind=Kind.TRAINING, pence=np.empty(0, "int64"))]

    simulate(small_world(leaver(1), policies={"own": Own(dates=("2010-06-01",), does=look)}), seed=1, law=law)
    assert seen == [pytest.approx(0.225)]
