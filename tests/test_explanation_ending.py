"""News, longer lives, start-up money, cover, alternatives and clawback, read aloud with counts that a plain count gives."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from small import START, body, date, person, small_world

import nhstransit as nt
from nhstransit.organisations.funds import Fund
from nhstransit.policies import CostReduction, Extension, Interims, Redundancy, Returns, StartUp
from nhstransit.policies.cost_reduction import Step
from nhstransit.toml import Named

BODIES = (
    attrs.evolve(body("Old", "pct", ("finance", "6", 3), closes="2010-09-30"), population=20_000),
    attrs.evolve(body("Far", "pct", region="Hill", closes="2010-09-30"), population=5_000),
    body("New", "ccg", ("finance", "6", 1)),
)


def told(heading: str, **policies: Any) -> str:
    """All sentences under a heading, in one line, of a world of two finance officers."""
    names = {name.replace("_", "-"): policy for name, policy in policies.items()}
    world = small_world(person(1), person(2, "Far"), bodies=BODIES)
    world = attrs.evolve(world, funds=Named({"reserve": Fund(pounds_a_head=0.0)}), policies=Named(names))
    explanation = nt.explain(world)
    (found,) = [" ".join(one.sentences) for one in explanation.tellings if one.heading == heading]
    return found


def test_start_up_money_is_told_by_region() -> None:
    """£2 a head of 25,000 people in two regions."""
    text = told("start-up, due", start_up=StartUp(announced=START, paid=date("2010-06-01"), funds=("reserve",)))
    assert "£2 a head of 25,000 residents of primary care trusts is £50,000 in 2 regions" in text
    assert "what mars saves in each region; what is short, by the funds reserve, then" in text


def test_a_longer_life_is_told_with_its_bodies_and_people() -> None:
    """Two trusts with a person each would have closed in September."""
    later = Extension(announced=date("2010-05-01"), until=date("2010-11-30"), kinds=("pct",))
    text = told("extension", extension=later)
    assert "2 bodies with 2 of the opening staff would have closed from 30 September 2010 on and close on" in text
    assert "moves 30% of the way to 0%" in text


def test_cover_is_told_with_the_vacancies() -> None:
    """Two of the three posts of one trust are vacant."""
    text = told("interims", interims=Interims(announced=START, until=START))
    assert "10% of the vacancies in primary care trusts and strategic health authorities are covered" in text
    assert "2 posts would be vacant on this day." in text


def warned(consults: str) -> str:
    """What is told of 20 people's redundancy on 30 September, when consultation opens on a day."""
    days = {"announced": START, "letters": START, "consults": date(consults)}
    staff = [person(number) for number in range(20)]
    policies = {"redundancy": Redundancy(**days)}
    world = small_world(*staff, bodies=[body("Old", "pct", closes="2010-09-30")], policies=policies)
    (closing,) = [one for one in nt.explain(world).tellings if one.heading == "redundancy, closing"]
    return " ".join(closing.sentences)


def test_redundancy_without_lawful_consultation_is_told() -> None:
    """Twenty people are consulted for 30 days: from 31 August there is time before the last day of September, later not."""
    assert "Not lawful" not in warned("2010-08-31")
    late = "cannot be over by the closing day of Old; it would have to open by 31 August 2010."
    for consults, day in (("2010-09-01", "1 September"), ("2010-11-01", "1 November")):
        assert f"Not lawful: consultation that opens on {day} 2010 {late}" in warned(consults)


def test_alternatives_and_the_residuary_body_are_told() -> None:
    """One vacancy in the region: of two in the pool one would be offered it."""
    days = {name: dt.date(2010, 5, 3) for name in ("announced", "letters", "consults")}
    text = told("redundancy, closing", redundancy=Redundancy(**days, alternatives=("ccg",), residuary="New"))
    assert text.startswith("2 people of the opening staff would be in the pool")
    assert "1 person would first be offered a vacant post of their function, at most 1 band down" in text
    assert "Notice that runs on is served in New." in text


def test_what_is_repaid_and_who_comes_unseen_is_told() -> None:
    """Terms by rule, and the share off the payroll."""
    back = Returns(announced=START, repays=Named({"mars": "mars_2010"}), unseen=0.1)
    text = told("returns", returns=back)
    assert "Who left by mars (mars_2010) and is back within the window" in text
    assert "Another 10% of those in Band 8a and above" in text


def test_the_path_tells_its_order_and_its_consultation() -> None:
    """Nobody volunteers, last in goes first, and the law says how long."""
    path = (Step(by=date("2010-06-01"), cut=0.5),)
    text = told(
        "cost-reduction, step",
        cost_reduction=CostReduction(announced=START, path=path, order="service", volunteers=False, by_law=True),
    )
    assert "First go those who came last." in text
    assert "consultation lasts as long as the law asks for the number" in text
