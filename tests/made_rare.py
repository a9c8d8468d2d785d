"""Scenarios written by hand for rare events, such as notice that runs beyond closure, and repaid severance."""

from __future__ import annotations

import attrs
from made_schemes import scheme_world
from small import body, date, person, small_world
from small_england import REGIONS, small_england

from nhstransit.policies import mars, redundancy, rets, returns, start_up
from nhstransit.policies.best_people import BestPeople
from nhstransit.policies.development import Development
from nhstransit.policies.filling import Filling
from nhstransit.policies.second_thoughts import SecondThoughts
from nhstransit.policies.voluntary_redundancy import Panel, VoluntaryRedundancy
from nhstransit.scenario import Scenario
from nhstransit.toml import Named
from tests.examples import THOROUGH

PEOPLE = 120 if THOROUGH else 30  # in a small England; the oracle takes a minute for a thousand people

ADDED = {
    "filling": Filling(
        announced=date("2012-07-01"),
        held=date("2012-08-15"),
        starts=date("2013-04-01"),
        receivers=("ccg", "csu", "council"),
        rights_first=True,
        waves=(0, 1, 2),
    ),
    "development": Development(
        announced=date("2010-09-01"), courses=(date("2011-06-01"),), kinds=("pct", "sha"), budget_pounds=1_500.0
    ),
    "second-thoughts": SecondThoughts(
        announced=date("2011-01-01"), until=date("2013-03-01"), months=6, lose_heart=0.5, kinds=("pct", "sha")
    ),
    "best-people": BestPeople(
        announced=date("2010-12-01"), invited=date("2013-04-02"), places=Named({"ccg": 6}), kinds=("csu", "council")
    ),
}


def lodged() -> Scenario:
    """One person whose notice runs three weeks beyond the closing day, and is served in a residuary body."""
    days = {"announced": "2010-04-20", "letters": "2010-05-01", "consults": "2010-05-10"}
    policy = redundancy.Redundancy(**{name: date(day) for name, day in days.items()}, kinds=("pct",), residuary="Rest")
    bodies = [body("Old", closes="2010-06-30"), body("Rest", "nhs-elsewhere")]
    return small_world(person(5), bodies=bodies, policies={"redundancy": policy})


def taxed() -> Scenario:
    """One person whose severance is taxed and who returns within the clawback window."""
    days = {"announced": "2010-04-01", "opens": "2010-04-01", "closes": "2010-04-20", "leaves": "2010-05-20"}
    scheme = mars.Mars(**{name: date(day) for name, day in days.items()}, kinds=("pct",), quota=1.0, removed=0.0)
    terms_of = Named({"mars": "mars_2010"})
    back = returns.Returns(
        announced=date("2010-07-01"), after=("mars",), share=1.0, scale_years=0.01, repays=terms_of, deterred=0.0
    )
    return small_world(person(1, pay=240_000), policies={"mars": scheme, "returns": back})


def bought_out() -> Scenario:
    """One person guaranteed a job to September, who moves to an employer that closes in August. The rest is paid."""
    days = {"announced": "2010-04-02", "offered": "2010-04-10", "guaranteed": "2010-09-30"}
    terms = rets.Rets(**{name: date(day) for name, day in days.items()}, cap=1.0)
    days = {"announced": "2010-05-01", "held": "2010-06-01", "starts": "2010-07-01"}
    filling = Filling(**{name: date(day) for name, day in days.items()}, receivers=("ccg",))
    bodies = [body("Old", closes="2010-09-30"), body("New", "ccg", ("finance", "6", 1), closes="2010-08-31")]
    return small_world(person(5), bodies=bodies, policies={"rets": terms, "filling": filling})


def tight() -> Scenario:
    """Two applicants, of whom the panel ranks first the one that its budget cannot pay."""
    days = {"announced": "2010-04-01", "opens": "2010-04-01", "closes": "2010-04-20", "leaves": "2010-05-20"}
    scheme = mars.Mars(**{name: date(day) for name, day in days.items()}, quota=1.0, budget_pounds=10_000.0)
    people = person(1, pay=60_000, since="2007-04-01"), person(2, since="2007-04-01")
    return small_world(*people, policies={"mars": scheme})


def asked() -> Scenario:
    """Two people who apply for voluntary redundancy, of whom their employer has to approve one."""
    window = VoluntaryRedundancy(
        announced=date("2010-04-01"),
        opens=date("2010-04-01"),
        panels=(Panel(closes=date("2010-04-20"), leaves=date("2010-06-30")),),
        cut=0.4,
    )
    return small_world(person(1), person(2), policies={"voluntary-redundancy": window})


def with_prospects(index: int) -> Scenario:
    """A small England of one region, with competition for posts by all routes and some policies that never existed."""
    england = small_england(REGIONS[index], PEOPLE, index)
    return attrs.evolve(england, policies=Named({**england.policies, **ADDED}))


def short_of_money() -> Scenario:
    """Schemes, and start-up money without a fund, so that employers have to find it earlier by their cost reduction."""
    world = scheme_world(0)
    due = start_up.StartUp(announced=date("2010-07-01"), paid=date("2010-10-01"))
    return attrs.evolve(world, policies=Named({**world.policies, "start-up": due}))


def plainly_made() -> list[Scenario]:
    """Scenarios that do not depend on generated examples. Together with the hamlet they contain every kind of event."""
    small = [taxed(), lodged(), asked(), bought_out(), short_of_money(), *map(scheme_world, range(3))]
    return [with_prospects(3), *small]
