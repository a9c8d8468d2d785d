"""The five sentences of a report: their words depend on signs and zeros of the numbers."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from nhstransit.report.facts import Cost, Lost, PayBill, Whereabouts
from nhstransit.report.sentences import (
    Distance,
    Gap,
    how_far_from_what_was_published,
    how_the_pay_bill_changed,
    what_it_cost,
    where_people_went,
    who_was_lost,
)

FIRST = dt.date(2010, 4, 1)
LAST = dt.date(2014, 3, 31)
WHERE = Whereabouts(
    start=FIRST, end=LAST, people=100, same=10, moved=50, left_by_choice=19, left_otherwise=6, left_by_policy=15
)
BILL = PayBill(first=FIRST, last=LAST, before=2.046e9, after=1.472e9, people_before=60_000, people_after=40_000)
LOST = Lost(
    end=LAST,
    people=27_024,
    share=0.447,
    by_function={"finance": 0.42, "public-health": 0.37},
    by_band={"2": 0.55, "8d": 0.39},
    long_service=(0.30, 0.20),
    clinicians=(0.10, 0.18),
)


def test_where_people_went_names_the_largest_part_first() -> None:
    """Every part has its share, and empty parts are left out."""
    assert where_people_went(WHERE) == (
        "Of 100 people in post on 1 April 2010, by 31 March 2014, 50 (50%) worked for another organisation, 19 (19%) had "
        "resigned or retired, 15 (15%) had left under a scheme, by redundancy or because their organisation closed, 10 "
        "(10%) still worked for the same organisation and 6 (6%) had died, been dismissed or come to the end of a contract."
    )
    stayed = attrs.evolve(WHERE, same=60, moved=0)
    assert where_people_went(stayed).startswith(
        "Of 100 people in post on 1 April 2010, by 31 March 2014, 60 (60%) still worked for the same organisation, 19"
    )
    assert "another organisation" not in where_people_went(stayed)


def test_one_destination_and_no_people_have_special_sentences() -> None:
    """There are no percentages when everyone has the same destination, and no shares of zero people."""
    moved = attrs.evolve(WHERE, same=0, moved=100, left_by_choice=0, left_otherwise=0, left_by_policy=0)
    assert where_people_went(moved).endswith("by 31 March 2014 all worked for another organisation.")
    nobody = attrs.evolve(moved, people=0, moved=0)
    assert where_people_went(nobody) == "Nobody was in post on 1 April 2010."


@pytest.mark.parametrize(
    ("gross", "saved", "words"),
    [
        (145.9e6, 145.9e6, "removed posts save £145.9m a year."),
        (
            243.1e6,
            191.3e6,
            "removed posts save £243.1m a year gross, and £191.3m a year net of posts whose leavers came back and of posts "
            "that policies opened.",
        ),
        (10e6, -20.5e6, "posts that were removed and opened cost a net £20.5m a year."),
        (0.0, 0.0, "no removed post saves anything."),
    ],
)
def test_a_negative_saving_is_described_as_a_cost(gross: float, saved: float, words: str) -> None:
    """No minus sign is printed, and a net amount is called net."""
    sentence = what_it_cost(Cost(exits={"MARS": 4e6}, others={}, gross_a_year=gross, saved_a_year=saved))
    assert sentence == f"Paying people to go cost £4.0m, all of it under MARS; {words}"


def test_the_most_expensive_policies_are_named_and_the_rest_added_up() -> None:
    """Three have their titles, and the rest are added up. Costs of staying and cover are in brackets."""
    exits = {"Clustering": 1.3e6, "Cut of management costs": 67.2e6, "MARS": 42.9e6, "Redundancy": 191.1e6}
    others = {"retention": 7e6, "interims": 13.8e6}
    assert what_it_cost(Cost(exits=exits, others=others, gross_a_year=0.0, saved_a_year=0.0)).startswith(
        "Paying people to go cost £302.5m: redundancy £191.1m, cut of management costs £67.2m, MARS £42.9m and others "
        "£1.3m; retention, cover and training cost a further £20.8m (retention premiums £7.0m and interims £13.8m); "
    )


def test_a_run_without_exit_payments_says_so() -> None:
    """Other costs are then not called "further", and a single cost has no bracket."""
    sentence = what_it_cost(Cost(exits={}, others={"retention": 7e6}, gross_a_year=0.0, saved_a_year=0.0))
    assert sentence.startswith("Nobody was paid to go; retention premiums cost £7.0m; ")


@pytest.mark.parametrize(
    ("after", "heads", "how", "to", "link", "of_people"),
    [
        (1.472e9, 40_000, "fell by 28%", "£1.47bn", "and", "fell by 33%"),
        (2.5e9, 66_000, "rose by 22%", "£2.50bn", "and", "rose by 10%"),
        (1.472e9, 66_000, "fell by 28%", "£1.47bn", "while", "rose by 10%"),
        (2.046e9, 60_000, "hardly changed", "£2.05bn", "and", "hardly changed"),
    ],
)
def test_the_sentence_on_the_pay_bill_follows_its_change(
    after: float, heads: int, how: str, to: str, link: str, of_people: str
) -> None:
    """Money and people each have their own words, with "but" or "although" when they change in opposite directions."""
    assert how_the_pay_bill_changed(attrs.evolve(BILL, after=after, people_after=heads)) == (
        f"The pay bill with employers' costs {how}, from £2.05bn a year on 1 April 2010 to {to} on 31 March 2014, "
        f"{link} people in post {of_people}."
    )


def test_a_pay_bill_of_zero_has_no_percentage_change() -> None:
    """The change is in pounds only."""
    sentence = how_the_pay_bill_changed(attrs.evolve(BILL, before=0.0, people_before=0))
    assert "%" not in sentence and "from £0 a year" in sentence


def test_the_sentence_on_leavers_names_function_band_and_group() -> None:
    """Shares of function, band, long service and clinicians are compared with all leavers."""
    assert who_was_lost(LOST) == (
        "By 31 March 2014, 27,000 (45%) of the opening staff had left the NHS altogether: the largest shares in finance "
        "(42%) and band 2 (55%), the smallest in public health (37%) and band 8d (39%); people with 15 years' service or "
        "more left more often than others (30% of these leavers, 20% of all staff); "
        "clinicians left less often than others (10% of these leavers, 18% of all staff)."
    )


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.20, 0.20), "left about as often as others (20% of these leavers, 20% of all staff)"),
        ((0.25, 0.20), "left more often than others"),
        ((0.15, 0.20), "left less often than others"),
        ((0.0, 0.0), "there were no clinicians"),
    ],
)
def test_a_group_leaves_more_or_less_often_than_all_staff(shares: tuple[float, float], words: str) -> None:
    """The words depend on which of the two shares is larger."""
    alike = attrs.evolve(LOST, long_service=(0.2, 0.2), clinicians=shares)
    clinicians = who_was_lost(alike).partition("20% of all staff); ")[2]
    assert "clinicians" in clinicians and words in clinicians


def test_a_difference_within_chance_is_not_stated() -> None:
    """20% against 18% of all staff is a difference among 27,000 people, but could be chance among 150."""
    many = attrs.evolve(LOST, long_service=(0.20, 0.18))
    assert "service or more left more often than others" in who_was_lost(many)
    assert "service or more left about as often as others" in who_was_lost(attrs.evolve(many, people=150))


def test_no_group_is_named_without_a_difference() -> None:
    """No group is named when all have the same share, and no share when nobody left."""
    alike = who_was_lost(attrs.evolve(LOST, by_function={"finance": 0.4, "x": 0.4}, by_band={}))
    assert "largest shares" not in alike
    none = attrs.evolve(LOST, people=0, share=0.0)
    assert who_was_lost(none) == "By 31 March 2014, none of the opening staff had left the NHS altogether."


def test_the_sentence_on_published_figures_counts_hits_and_misses() -> None:
    """The two largest misses are named, with their ranges if there are any."""
    gaps = (
        Gap(what="cost of redundancies", simulated="£258.3m", published="£435.0m", span="£247.1m to £255.0m"),
        Gap(what="staff moved", simulated="38,500", published="46,000"),
        Gap(what="a third", simulated="1", published="2"),
    )
    distance = Distance(speaks=True, judged=21, given=12, fitted=17, fitted_missed=7, of_stored=5, stored=20, gaps=gaps)
    assert how_far_from_what_was_published(distance) == (
        "The run reproduces 12 of the 21 published numbers that can be compared with it, and misses 9: 7 of the 17 fitted "
        "numbers and 2 of the 4 others (over 20 stored runs together, 5 of the fitted numbers); the largest misses are "
        "cost of redundancies: £258.3m (£247.1m to £255.0m), published £435.0m; staff moved: 38,500, "
        "published 46,000."
    )
    assert "with it, and misses none." in how_far_from_what_was_published(Distance(speaks=True, judged=21, given=21))
    assert "and misses 21." in how_far_from_what_was_published(Distance(speaks=True, judged=21))


def test_a_scenario_without_published_figures_says_so() -> None:
    """Figures about another scenario are not used."""
    assert how_far_from_what_was_published(Distance(speaks=False)).startswith(
        "No published figure describes this scenario"
    )
    assert (
        how_far_from_what_was_published(Distance(speaks=True)) == "No published figure can be compared with this run."
    )
