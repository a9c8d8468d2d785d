"""Opening pay: the top of the band, band mixes by kind of employer, service of very senior managers, and the pay bill."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.dates import complete_years, epoch_day
from nhstransit.errors import StaffError
from nhstransit.law import Law
from nhstransit.synthesis import Margins, synthesise
from nhstransit.synthesis.margins import Median, Mix
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, VSM, Workforce
from synthesis.made import BODIES, FUNCTIONS, ON, margins

TODAY = epoch_day(ON)
LAST = Law.bundled().points(TODAY) - 1


def made(*, heads: int = 2_000, bodies: tuple = BODIES, top: float | None = None, **parts: object) -> Workforce:
    """Staff of five trusts, with a share at the top of their band if `top` is given."""
    plain: Margins = margins(heads=heads)
    draws = attrs.evolve(plain.draws, top_of_band=top)
    return synthesise(attrs.evolve(plain, draws=draws, **parts), bodies, FUNCTIONS, base="all", staff_seed=1, on=ON)


def at_top(people: Workforce) -> np.ndarray:
    """Whether each person is at the top of the band, (people,)."""
    return np.asarray(people.point >= LAST[people.band])


@pytest.mark.parametrize("share", [0.2, 0.4, 0.7])
def test_the_stated_share_is_at_the_top_of_the_band(share: float) -> None:
    """It is exact to one person."""
    assert at_top(made(top=share)).mean() == pytest.approx(share, abs=1 / 2_000)


def test_people_at_the_top_of_the_band_have_longer_service() -> None:
    """Points are correlated with service, and nobody's service or band changes."""
    plain = made()
    shared = made(top=0.4)
    served = complete_years(shared.service_from, TODAY)
    assert served[at_top(shared)].mean() > served[~at_top(shared)].mean() + 3
    assert np.corrcoef(served, shared.point)[0, 1] > 0.3
    assert (plain.service_from == shared.service_from).all() and (plain.band == shared.band).all()


def test_a_higher_share_at_the_top_lowers_nobodys_point() -> None:
    assert (made(top=0.44).point >= made(top=0.36).point).all()


def test_a_kind_of_employer_can_have_its_own_band_mix() -> None:
    """An authority of 400 people has its mix within 2 percentage points, and the margin of bands is still met."""
    mixed = (*BODIES, attrs.evolve(BODIES[0], name="Authority", kind="sha"))
    mix = Mix(kind="sha", shares=Named({"3": 0.1, "6": 0.3, "9": 0.6}), sources=("project",), quality="assumption")
    plain = margins(heads=2_000)
    base = attrs.evolve(plain.base["all"], people=Named({"pct": 1_600, "sha": 400}))
    people = made(bodies=mixed, mix=(mix,), base=Named({"all": base}))
    mine = people.band[people.employer == len(mixed) - 1]
    found = [(mine == BANDS.index(band)).mean() for band in ("3", "6", "9")]
    assert len(mine) == 400 and found == pytest.approx([0.1, 0.3, 0.6], abs=0.02)
    assert [(people.band == BANDS.index(band)).sum() for band in ("3", "6", "9")] == pytest.approx([667] * 3, abs=1)


def test_a_median_within_a_category_is_met() -> None:
    """Half of Band 9 has served 20 years or more; the margin of service is unchanged."""
    median = Median(of="service", within="band", group="9", years=20.0, sources=("project",), quality="assumption")
    people = made(median=(median,))
    plain = made()
    served = [complete_years(one.service_from, TODAY) for one in (people, plain)]
    assert np.median(served[0][people.band == BANDS.index("9")]) == pytest.approx(20, abs=1)
    assert np.median(served[1][plain.band == BANDS.index("9")]) < 15
    assert [((one >= 20).sum()) for one in served] == [((served[1] >= 20).sum())] * 2


def test_an_invalid_mix_or_share_at_the_top_is_refused() -> None:
    """A mix whose shares do not add up to 1, and a share that puts everyone at the top."""
    with pytest.raises(StaffError, match=r"bands in sha: adds up to 0\.5"):
        Mix(kind="sha", shares=Named({"3": 0.5}), sources=("project",), quality="assumption")
    with pytest.raises(StaffError, match=r"draws: top_of_band: is 1\.0; give a share above 0 and below 1"):
        made(top=1.0)


@pytest.fixture(scope="module")
def england() -> nt.Scenario:
    """The scenario of England before fitting."""
    return nt.load_scenario("england-2010-prior")


def test_the_pay_bill_of_trusts_agrees_with_the_published_cost(england: nt.Scenario) -> None:
    """It is within £1.93bn ± 5%, less 0 to 10% for agency staff, and within 3% of the middle of that range."""
    kinds = np.array([body.kind for body in england.organisations])
    people = england.workforce
    law = england.dated_law
    basic = law.annual_pay(people.band, people.point, TODAY)
    pay = basic + law.high_cost_supplement(basic, england.roster.area[people.employer], TODAY, people.band)
    cost = law.employer_cost(pay, people.wte, TODAY)
    bill = cost[kinds[people.employer] == "pct"].sum() / 100
    assert 1.93e9 * 0.95 * 0.90 < bill < 1.93e9 * 1.05
    assert bill == pytest.approx(1.93e9 * 0.95, rel=0.03)


def test_the_bundled_staff_have_the_published_pay_structure(england: nt.Scenario) -> None:
    """40% are at the top of their band, and 42% of the Department are at Band 8b or above.

    Very senior managers are 3% of SHA staff and have a median of 20 years' service.
    """
    people = england.workforce
    kinds = np.array([body.kind for body in england.organisations])[people.employer]
    agenda = people.band != VSM
    assert at_top(people)[agenda].mean() == pytest.approx(0.40, abs=0.001)
    assert (people.band[kinds == "dh"] >= BANDS.index("8b")).mean() == pytest.approx(0.42, abs=0.01)
    assert (people.band[kinds == "sha"] == VSM).mean() == pytest.approx(0.03, abs=0.003)
    served = complete_years(people.service_from, TODAY)[people.band == VSM]
    assert np.median(served) == pytest.approx(20, abs=1)


def test_only_trusts_in_london_pay_a_supplement(england: nt.Scenario) -> None:
    """Thirteen trusts pay the supplement of Inner London and eighteen that of Outer London."""
    trusts = [body for body in england.organisations if body.kind == "pct"]
    zones = [body.high_cost_area for body in trusts if body.region == "London"]
    assert (zones.count("inner"), zones.count("outer")) == (13, 18)
    assert not any(body.high_cost_area for body in trusts if body.region != "London")
