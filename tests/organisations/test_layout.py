"""The organisations of England: published counts, residents, and successors for every organisation that closes."""

from __future__ import annotations

from collections import Counter

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit import toml
from nhstransit.england.payroll import APART, RESIDENTS, bundled_payroll, trust_sizes
from nhstransit.errors import OrganisationError
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.layout import Layout, beside, sizes
from nhstransit.organisations.posts import Places, found
from nhstransit.organisations.read import read_bodies
from tests.organisations.patches import lay_out, lay_out_arms, names_in, sized

LAYOUT = toml.load(found("england/layout-2010.toml"), Layout)
NAMES = names_in(LAYOUT)
BODIES = sized(lay_out(LAYOUT, NAMES))
ARMS = sized(lay_out_arms(LAYOUT, NAMES))
NUMBERED = lay_out(LAYOUT)
KINDS = Counter(body.kind for body in BODIES)
BY_NAME = {body.name: body for body in BODIES}


def test_the_bundled_tables_equal_those_made_from_the_layout() -> None:
    assert read_bodies(found("england/bodies-2010.csv")) == BODIES
    assert read_bodies(found("england/provider-arms-2010.csv"), alone=False) == ARMS


def test_the_numbers_of_organisations_are_the_published_ones() -> None:
    """For example 151 PCTs, 10 SHAs and 211 clinical commissioning groups."""
    expected = {"pct": 151, "sha": 10, "ccg": 211, "csu": 19, "board-area": 27, "board-region": 4, "council": 152}
    assert {kind: KINDS[kind] for kind in expected} == expected
    for kind in ("dh", "alb", "board-national", "phe", "hee", "hscic", "property", "tda"):
        assert KINDS[kind] == 1


def test_clusters_are_the_published_ones() -> None:
    """There are 52 PCT clusters, of which eight have one PCT and two cross a regional border, and four SHA clusters."""
    clusters = Counter(body.cluster for body in BODIES if body.kind == "pct")
    assert len(clusters) == 52 and sum(size == 1 for size in clusters.values()) == 8
    regions = Counter(cluster for cluster, _ in {(body.cluster, body.region) for body in BODIES if body.kind == "pct"})
    over = {"South Yorkshire and Bassetlaw cluster", "Milton Keynes and Northamptonshire cluster"}
    assert {name for name, count in regions.items() if count > 1} == over
    assert clusters.most_common(1)[0] == ("Greater Manchester cluster", 10)
    assert len({body.cluster for body in BODIES if body.kind == "sha"}) == 4


@pytest.mark.parametrize("kind", ["pct", "ccg", "council", "csu", "board-area", "sha", "board-region"])
def test_residents_of_a_kind_add_up_to_england(kind: str) -> None:
    """Every resident is in exactly one organisation of each kind: 52.234 million, region by region."""
    assert sum(body.population for body in BODIES if body.kind == kind) == 52_234_000
    if kind not in ("board-region", "board-area"):  # an area team may cross a regional border
        for region in LAYOUT.region:
            served = sum(body.population for body in BODIES if body.kind == kind and body.region == region.name)
            assert served == region.residents


def test_groups_are_authorised_in_the_published_waves() -> None:
    """34, 67, 62 and 48 groups are authorised, each on the day of its wave and before it opens."""
    waves = Counter(body.wave for body in BODIES if body.kind == "ccg")
    assert waves == {1: 34, 2: 67, 3: 62, 4: 48}
    for body in BODIES:
        if body.kind == "ccg":
            assert body.authorised == LAYOUT.dates.waves[body.wave - 1] < LAYOUT.dates.live == body.opens


@pytest.mark.parametrize("bodies", [NUMBERED, BODIES], ids=["numbered", "named"])
def test_every_organisation_that_closes_has_successors_nearby(bodies: tuple[Organisation, ...]) -> None:
    """Its successors have opened by the day after, in its region, cluster or area team, or for all England."""
    boards = {region.name: region.board for region in LAYOUT.region}
    by_name = {body.name: body for body in bodies}
    for body in bodies:
        assert bool(body.closes) == bool(body.successors)
        for name in body.successors:
            heir = by_name[name]
            assert heir.opens is not None and body.closes is not None and heir.opens <= LAYOUT.dates.live
            near = heir.region in (body.region, "England", boards.get(body.region))
            assert near or heir.cluster == body.cluster or heir.kind == "board-area"


def test_every_pct_has_each_kind_of_successor() -> None:
    """Conversely, every organisation that opens is a successor."""
    for body in BODIES:
        if body.kind == "pct":
            assert {"ccg", "council", "csu", "board-area"} <= {BY_NAME[name].kind for name in body.successors}
    heirs = {name for body in BODIES for name in body.successors}
    assert all(body.name in heirs for body in BODIES if body.opens)


def test_organisations_have_their_real_names() -> None:
    """Trusts have the names of the payroll and are in their regions; groups and area teams also have their names."""
    trusts = {body.name: body for body in BODIES if body.kind == "pct"}
    assert set(trusts) == set(bundled_payroll().names)
    assert BY_NAME["Bassetlaw PCT"].region == "East Midlands"
    assert "South Yorkshire and Bassetlaw area team" in BY_NAME["Bassetlaw PCT"].successors
    assert BY_NAME["NHS Stoke on Trent CCG"].parent == "Shropshire and Staffordshire area team"
    assert BY_NAME["Cumbria, Northumberland, Tyne and Wear area team"].region == "North East"
    assert not any(
        character.isdigit() for body in BODIES if body.kind in ("pct", "ccg", "board-area") for character in body.name
    )


def test_every_trust_has_a_size_with_its_source() -> None:
    """Sizes come from the payroll; at most 19 of 151 trusts have a size in proportion to residents."""
    trusts = {body.name: body for body in BODIES if body.kind == "pct"}
    read = trust_sizes(bundled_payroll(), {name: body.population for name, body in trusts.items()})
    for one in read:
        assert trusts[one.name].size == round(one.size) and trusts[one.name].sized_by.startswith(one.how)
        assert one.low <= one.size + 1e-9 and one.size <= one.high + 1e-9
        assert (one.how == RESIDENTS) == (one.read_on is None)
    assert sum(one.how == RESIDENTS for one in read) <= 19
    apart = [one for one in read if one.read_on is not None and one.read_on <= APART]
    assert len(apart) == 19 and all(one.high / one.low < 1.05 for one in apart)
    assert sum(body.size for body in ARMS if body.kind == "pct-provider") == pytest.approx(159_000, rel=0.01)


def test_provider_arms_transfer_in_the_stated_shares() -> None:
    """The 151 arms transfer within their region, in the shares of the layout within one arm."""
    arms = ARMS
    by_name = {body.name: body for body in arms}
    destinations = Counter(by_name[body.successors[0]].kind for body in arms if body.kind == "pct-provider")
    for kind, share in LAYOUT.arms.items():
        assert abs(destinations[kind] - 151 * share) < 1
    assert all(by_name[arm.successors[0]].region == arm.region for arm in arms if arm.successors)
    both = Places(bodies=("england/bodies-2010.csv", "england/provider-arms-2010.csv")).organisations(())
    assert len(both) == len(BODIES) + len(arms)


def test_the_number_of_groups_can_be_changed() -> None:
    """With ten fewer groups in London there are 201, and every resident is still in one."""
    regions = [attrs.evolve(one, ccgs=22) if one.name == "London" else one for one in LAYOUT.region]
    fewer = attrs.evolve(LAYOUT, region=tuple(regions), wave_sizes=(34, 67, 62, 38))
    groups = [body for body in lay_out(fewer) if body.kind == "ccg"]
    assert len(groups) == 201 and sum(body.population for body in groups) == 52_234_000


@given(st.integers(1_000, 10**7), st.integers(1, 40), st.floats(1, 20))
def test_sizes_have_the_stated_spread(residents: int, count: int, spread: float) -> None:
    """Sizes add up to the residents, and the largest is `spread` times the smallest, up to rounding."""
    people = sizes(residents, count, spread)
    assert people.sum() == residents
    if count > 1:
        assert (people.max() - 1) / spread <= people.min() + 1
        assert people.max() + 1 >= spread * (people.min() - 1)


@given(st.lists(st.integers(1, 99), min_size=1, max_size=20), st.lists(st.integers(1, 99), min_size=1, max_size=20))
def test_neighbours_are_in_the_same_order(people: list[int], others: list[int]) -> None:
    """Along a region, the indices of neighbours never decrease and are all valid."""
    indices = beside(np.array(people), np.array(others))
    assert (np.diff(indices) >= 0).all()
    assert indices.min() >= 0 and indices.max() < len(others)


def test_an_impossible_layout_is_refused() -> None:
    """More clusters than PCTs, and waves that do not add up to all groups."""
    with pytest.raises(OrganisationError, match="region London: has 40 clusters"):
        attrs.evolve(LAYOUT.region[6], clusters=40)
    with pytest.raises(
        OrganisationError,
        match="wave_sizes: authorise 210 groups on 4 days; give one number for each wave, adding up to 211",
    ):
        attrs.evolve(LAYOUT, wave_sizes=(34, 67, 62, 47))
