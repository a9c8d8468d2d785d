"""Synthetic staff meet every margin, are possible people, and are reproducible; impossible margins are refused."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nhstransit.dates import complete_years, epoch_day
from nhstransit.errors import StaffError
from nhstransit.synthesis import margin_report, opening_key, synthesise
from nhstransit.synthesis.margins import Base, Impossible, Margin, Tilt
from nhstransit.synthesis.opening import forget
from nhstransit.toml import Named
from nhstransit.workforce.columns import Workforce
from tests.examples import examples
from tests.synthesis.made import BANDS, BODIES, FUNCTIONS, ON, margins, random_shares, shares_of, within

seeds = st.integers(0, 2**31)


def made(spec: object, seed: int = 1, **more: object) -> Workforce:
    return synthesise(spec, BODIES, FUNCTIONS, base="all", staff_seed=seed, on=ON, **more)  # type: ignore[arg-type]


@examples(15, 300)
@given(seeds, st.integers(1, 700))
def test_every_one_way_margin_is_met_within_one_person(seed: int, heads: int) -> None:
    """The margins of function, band, age and sex are random, and so is the number of people."""
    by = {band: random_shares(seed + index, "sex") for index, band in enumerate(BANDS)}
    shares = {of: random_shares(seed, of) for of in ("function", "band", "age")}
    spec = margins(
        within("sex", "band", by), heads=heads, service={"new": 0.7, "known": 0.2, "long": 0.1}, sex=None, **shares
    )
    assume(shares["age"]["old"] > 0.3)
    report = margin_report(spec, made(spec), epoch_day(ON))
    assert report.worst(1) < 1
    assert report.worst(2) < 2
    assert report.people == heads


@examples(10, 200)
@given(seeds)
def test_random_margins_are_met_or_refused_by_name(seed: int) -> None:
    """Random margins of age and service often conflict: then the error names both. Otherwise every margin is met."""
    shares = {of: random_shares(seed, of) for of in ("function", "band", "age", "service", "sex")}
    too_long = shares["service"]["long"] > 1 - shares["age"]["young"]
    tight = shares["service"]["long"] + shares["age"]["young"] > 1 - 1e-3
    try:
        people = made(margins(**shares))
    except StaffError as error:
        assert "'age' and 'service'" in str(error) and too_long
    else:
        assert not too_long
        assert tight or margin_report(margins(**shares), people, epoch_day(ON)).worst(1) < 1


def test_impossible_margins_are_refused_by_name() -> None:
    """Everyone is young and has long service: the error names both margins and the reason."""
    spec = margins(age={"young": 1.0}, service={"long": 1.0})
    with pytest.raises(
        StaffError, match=r"^margins 'age' and 'service': cannot be met .* service longer than age less 16"
    ):
        made(spec)


def test_contradictory_margins_are_refused_by_name() -> None:
    """Half are women in the margin of sex, and a tenth in sex within band: the error names only these two."""
    by = {band: {"female": 0.1, "male": 0.9} for band in BANDS}
    with pytest.raises(StaffError, match=r"^margins 'sex' and 'sex within band': cannot be met together"):
        made(margins(within("sex", "band", by)))


def test_an_impossible_combination_stays_empty() -> None:
    """Nobody is both young and in Band 9, although both categories have people."""
    impossible = (Impossible(where=Named({"age": ("young",), "band": ("9",)}), why="too young"),)
    spec = margins(impossible=impossible)
    people = made(spec)
    young = complete_years(people.born, epoch_day(ON)) < 30
    senior = people.band == 11
    assert young.any() and senior.any() and not (young & senior).any()
    assert margin_report(spec, people, epoch_day(ON)).worst(1) < 1


@given(seeds)
@examples(6, 125)
def test_nobody_has_service_from_before_the_age_of_sixteen(seed: int) -> None:
    """Complete years of service are at most complete years of age less sixteen."""
    people = made(margins(age={"young": 0.6, "middle": 0.2, "old": 0.2}), seed)
    age, service = (complete_years(since, epoch_day(ON)) for since in (people.born, people.service_from))
    assert (service <= age - 16).all()
    assert (service >= 0).all()


def test_headcounts_of_employers_are_exact() -> None:
    """500 people are shared in proportion to residents, or as counted for each employer."""
    people = made(margins())
    assert np.bincount(people.employer).tolist() == [33, 67, 100, 133, 167]
    counted = Base(heads=Named({"Body 2": 17, "Body 5": 3}), sources=("project",), quality="assumption")
    people = made(attrs.evolve(margins(), base=Named({"all": counted})))
    assert np.bincount(people.employer, minlength=5).tolist() == [0, 17, 0, 0, 3]


def test_every_employer_has_the_same_shares_of_functions() -> None:
    """No margin links employers with functions, so that each employer has these shares within two people."""
    people = made(margins(heads=5_000, function={"buying": 0.3, "counting": 0.7}))
    buying = np.bincount(people.employer, people.function == 0)
    assert np.abs(buying - 0.3 * np.bincount(people.employer)).max() < 2


def test_a_base_in_wte_is_met() -> None:
    """When half of the staff work 60% of whole time, 400 WTE are 500 people."""
    hours = shares_of("hours", {"100": 0.5, "60": 0.5})
    base = Base(wte=Named({"pct": 400.0}), sources=("project",), quality="assumption")
    people = made(attrs.evolve(margins(hours), base=Named({"all": base})))
    assert len(people) == 500
    assert people.wte.sum() == pytest.approx(400)


def test_staff_depend_on_the_seed_and_margins_do_not() -> None:
    """The same seed makes identical staff. Another seed makes other staff with the same margins."""
    first = made(margins())
    assert made(margins()) is first
    forget()
    again = made(margins())
    assert again is not first and again.content == first.content
    other = made(margins(), seed=2)
    assert other.content != first.content
    assert np.bincount(other.band).tolist() == np.bincount(first.band).tolist()


def test_the_cache_key_depends_on_every_input_of_the_synthesis() -> None:
    """Margins, employers, functions, seed, day and first identity each change the key."""
    given_ = {"base": "all", "staff_seed": 1, "on": ON}
    key = opening_key(margins(), BODIES, FUNCTIONS, **given_)
    assert key == opening_key(margins(), list(BODIES), list(FUNCTIONS), **given_)
    others = [
        opening_key(margins(heads=501), BODIES, FUNCTIONS, **given_),
        opening_key(margins(), BODIES[:4], FUNCTIONS, **given_),
        opening_key(margins(), BODIES, (*FUNCTIONS, "more"), **given_),
        opening_key(margins(), BODIES, FUNCTIONS, **{**given_, "staff_seed": 2}),
        opening_key(margins(), BODIES, FUNCTIONS, **{**given_, "on": ON.replace(year=2011)}),
        opening_key(margins(), BODIES, FUNCTIONS, **given_, first_staff=5),
    ]
    assert len({key, *others}) == 7


def test_a_second_layer_of_staff_has_other_identities_and_random_numbers() -> None:
    """Its identities start at one million, and nobody has the skill of a person in the first layer."""
    first = made(margins())
    second = made(margins(), first_staff=1_000_000)
    assert second.staff.min() == 1_000_000
    assert not np.isin(first.skill, second.skill).any()


def test_a_tilt_makes_service_rise_with_band() -> None:
    """The margins are still met."""
    tilt = Tilt(of=("band", "service"), strength=0.8, sources=("project",), quality="assumption")
    spec = attrs.evolve(margins(heads=3_000), tilt=(tilt,))
    people = made(spec)
    service = complete_years(people.service_from, epoch_day(ON))
    means = [service[people.band == band].mean() for band in (2, 5, 11)]
    assert means[0] + 1 < means[1] < means[2] - 1
    assert margin_report(spec, people, epoch_day(ON)).worst(1) < 1


def test_latent_scores_are_standard_normal_with_the_stated_correlations() -> None:
    """Over 40,000 people, means, standard deviations and correlations agree within 0.02."""
    people = made(margins(heads=40_000))
    columns = np.stack([people.skill, people.outside, people.attitude]).astype("float64")
    assert columns.mean(1) == pytest.approx([0, 0, 0], abs=0.02)
    assert columns.std(1) == pytest.approx([1, 1, 1], abs=0.02)
    expected = [[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]]
    assert np.corrcoef(columns) == pytest.approx(np.array(expected), abs=0.02)


def test_contracts_pension_sections_and_critical_staff_follow_their_rules() -> None:
    """Fixed terms end within two years, joiners from April 2008 are in the 2008 Section, and a tenth are critical."""
    people = made(margins(shares_of("contract", {"permanent": 0.8, "fixed-term": 0.2}), heads=2_000))
    fixed = people.contract == 1
    day = epoch_day(ON)
    assert fixed.sum() == 400
    assert people.contract_ends[fixed].min() >= day + 29 and people.contract_ends[fixed].max() < day + 731
    late = people.service_from >= epoch_day(ON.replace(year=2008))
    assert (people.section == late).all() and late.any()
    assert people.critical.sum() == pytest.approx(200, abs=3)
    assert people.skill[people.critical].mean() > 0.5


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"base": "none"}, "base: is 'none'; known: all"),
        ({"bodies": BODIES[:0]}, "base: pct: has no organisation on 2010-04-01; add one"),
        ({"functions": ("buying",)}, "margin of function: counting: is not a function of the scenario"),
    ],
)
def test_margins_that_do_not_fit_the_scenario_are_refused(spec: dict[str, object], message: str) -> None:
    """An unknown base, a kind without organisations, and an unknown function."""
    arguments = {"bodies": BODIES, "functions": FUNCTIONS, "base": "all", "staff_seed": 1, "on": ON} | spec
    with pytest.raises(StaffError) as caught:
        synthesise(margins(), **arguments)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_counts_must_add_up_to_the_base() -> None:
    """Counts that add up to the number of people are met exactly; otherwise the error contains both totals."""
    counts = Margin(of="sex", counts=Named({"female": 300, "male": 200}), sources=("project",), quality="assumption")
    spec = margins(counts, sex=None)
    assert np.bincount(made(spec).sex).tolist() == [300, 200]
    with pytest.raises(StaffError, match="margin of sex: counts 500 people, but the base has 400"):
        made(margins(counts, sex=None, heads=400))
