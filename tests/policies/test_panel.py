"""Every field of a panel and of terms can be written in a file."""

from __future__ import annotations

from nhstransit.scenario.tables import from_tables
from nhstransit.toml import loads
from tests.small import body, person, small_world

WRITTEN = """
format = 1
name = "written"
start = 2010-04-01
end = 2011-03-31
functions = ["finance"]

[[organisations]]
name = "Ash"
kind = "pct"
region = "North West"
population = 1000

[funds.pot]
pounds_a_head = 2
lodged = "region"

[policies.mars]
announced = 2010-05-01
opens = 2010-05-01
closes = 2010-06-30
leaves = 2010-07-31
appetite = { "North West" = 1.5 }
fund = "pot"
removed = 0.8
redeployed = 0.2

[policies.rets]
announced = 2010-05-01
offered = 2010-06-01
guaranteed = 2010-12-31
scarcity = 0.5
renewals = [{ on = 2010-12-01, cap = 0.05 }]

[behaviour]
off = ["contagion"]
"""


def test_panels_funds_and_renewals_are_read_from_a_file() -> None:
    """The scenario has the values of the file."""
    staff = small_world(person(1, "Ash"), bodies=[body("Ash")]).workforce.having(functions=("finance",))
    scenario = from_tables(loads(WRITTEN, "written.toml"), staff=staff)
    mars = scenario.policies["mars"]
    rets = scenario.policies["rets"]
    assert dict(mars.appetite) == {"North West": 1.5} and (mars.fund, mars.redeployed) == ("pot", 0.2)  # type: ignore[attr-defined]
    assert [(str(one.on), one.cap) for one in rets.renewals] == [("2010-12-01", 0.05)]  # type: ignore[attr-defined]
    assert scenario.behaviour.off == ("contagion",)
