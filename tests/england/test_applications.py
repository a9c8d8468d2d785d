"""Applicants to MARS as a share of trusts' own staff, and of trusts' staff with their provider arms."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from nhstransit.england import mars_applicants
from nhstransit.errors import InputError
from nhstransit.policies import Mars
from tests.england.made import READING
from tests.small import behaving, body, date, person, played

DAYS = {"announced": "2010-05-01", "opens": "2010-05-01", "closes": "2010-06-30", "leaves": "2010-07-31"}


def test_both_shares_count_the_same_applicants() -> None:
    """Two of a trust's own four staff apply, and none of its arm's twelve: a share of 2 in 4, or of 2 in 16."""
    bodies = [body("Old"), body("Arm", "pct-provider")]
    people = [*(person(one) for one in range(4)), *(person(one, "Arm") for one in range(10, 22))]
    served = [with_service(one, long=number < 2) for number, one in enumerate(people)]
    scheme = Mars(**{name: date(day) for name, day in DAYS.items()}, kinds=("pct",), quota=1.0, payback_months=1200.0)
    run = played(*served, bodies=bodies, policies={"mars": scheme}, behaviour=behaving())
    found = mars_applicants(run, reading=attrs.evolve(READING, arms=("pct-provider",)))
    assert found["applicants"].tolist() == [2, 2] and found["staff"].tolist() == [4, 16]
    assert found["share"].tolist() == pytest.approx([0.5, 0.125])
    assert np.isclose(found["trusts_p90"], [0.5, 0.125]).all()


def with_service(known: dict, *, long: bool) -> dict:
    """The person with twelve years' service, or with too little for the scheme."""
    return {**known, "since": "1998-01-01" if long else "2010-03-01"}


def test_a_run_without_applicants_is_refused() -> None:
    with pytest.raises(InputError, match="has no applicants to the first national MARS"):
        mars_applicants(played(person(1)), reading=READING)
