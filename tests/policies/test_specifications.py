"""The specifications of policies: the order of their dates, the days on which they act, and the values they refuse."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest

from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError
from nhstransit.grammar import QUESTIONS, Policy
from nhstransit.log import Phase
from nhstransit.organisations.bodies import Roster
from nhstransit.policies import (
    POLICIES,
    Assignment,
    Bridging,
    CostReduction,
    Development,
    Extension,
    Filling,
    Hiring,
    Interims,
    Mars,
    Milestone,
    Redundancy,
    Rets,
    Returns,
    StartUp,
    VoluntaryRedundancy,
)
from nhstransit.policies.voluntary_redundancy import Panel as VolunteersPanel
from tests.small import body, date

CALENDAR = Calendar(dt.date(2010, 4, 1), dt.date(2011, 3, 31))
BODIES = Roster.of([body("A", closes="2010-09-30"), body("B", "sha", closes="2010-06-30"), body("C", "ccg")], CALENDAR)
STEPS: dict[type, tuple[str, ...]] = {
    Mars: ("announced", "opens", "closes", "leaves"),
    Rets: ("announced", "offered", "guaranteed"),
    Filling: ("announced", "held", "starts"),
    Redundancy: ("announced", "letters", "consults"),
    Extension: ("announced", "until"),
    StartUp: ("announced", "paid"),
    Interims: ("announced", "until"),
}


def made(kind: type, **changes: Any) -> Any:
    """A policy whose dates are a month apart."""
    days = {name: dt.date(2010, 5 + index, 1) for index, name in enumerate(STEPS[kind])}
    return kind(**{**days, **changes})


@pytest.mark.parametrize("kind", list(STEPS))
def test_dates_must_be_in_order(kind: type) -> None:
    """Each date may equal the date before it, but may not be earlier."""
    names = STEPS[kind]
    same = dt.date(2010, 5, 1)
    assert made(kind, **dict.fromkeys(names, same)).announced == same
    for earlier, later in pairwise(names):
        day = getattr(made(kind), earlier) - dt.timedelta(days=1)
        with pytest.raises(ScenarioError, match=rf"^{later}: is {day}, before `{earlier}` "):
            made(kind, **{later: day})


@pytest.mark.parametrize("kind", list(STEPS))
def test_an_unknown_kind_of_employer_is_refused(kind: type) -> None:
    """The message suggests the nearest valid kind."""
    field = "senders" if kind is Filling else "kinds"
    with pytest.raises(ScenarioError, match=rf"^{field}: has the unknown name 'pctt'; did you mean 'pct'\?"):
        made(kind, **{field: ("pctt",)})


@pytest.mark.parametrize(
    ("kind", "field", "wrong"),
    [
        (Mars, "quota", 1.01),
        (Mars, "quota", -0.1),
        (Mars, "payback_months", -1.0),
        (Mars, "budget_pounds", -1.0),
        (Mars, "removed", "all"),
        (Mars, "order", "alphabet"),
        (Mars, "terms", "mars_2099"),
        (Mars, "min_service_months", 1.5),
        (Rets, "cap", 2.0),
        (Rets, "premium", True),
        (Redundancy, "bands_down", 13),
        (Redundancy, "unreasonable", 1.5),
        (Extension, "weight", -0.1),
        (Extension, "target", 2.0),
        (StartUp, "pounds_a_head", -2.0),
        (Interims, "covered", 1.1),
        (Interims, "months", 0),
        (Interims, "dearer", -1.0),
        (Filling, "reach", "moon"),
        (Filling, "bands_down", 13),
        (Filling, "assessment_error", float("nan")),
    ],
)
def test_a_value_outside_the_limits_of_its_field_is_refused(kind: type, field: str, wrong: Any) -> None:
    """The message starts with the name of the field."""
    with pytest.raises(ScenarioError, match=rf"^{field}: is "):
        made(kind, **{field: wrong})


@pytest.mark.parametrize(
    ("kind", "field", "wrong", "message"),
    [
        (Mars, "announced", "x", "announced: is 'x'; give a date such as"),
        (Mars, "closes", dt.datetime(2010, 6, 1), "closes: is datetime"),
        (Mars, "fixed_term", "yes", "fixed_term: is 'yes'; give True or False"),
        (Mars, "kinds", "pct", "kinds: is 'pct'; give names in a tuple or list"),
        (Mars, "functions", "finance", "functions: is 'finance'; give names in a tuple or list"),
        (Mars, "regions", (1,), r"regions\[0\]: is 1; give names"),
        (Mars, "fund", 2, "fund: is 2; give text"),
        (Mars, "appetite", 3, "appetite: is 3; give a table of names and values"),
        (Rets, "renewals", ({"on": 1},), r"renewals\[0\]: is {'on': 1}; give each as a Renewal"),
        (Filling, "waves", ("1",), r"waves\[0\]: is '1'; give whole numbers"),
        (Filling, "rights_first", 1, "rights_first: is 1; give True or False"),
        (StartUp, "savers", None, "savers: is None; give names"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(kind: type, field: str, wrong: Any, message: str) -> None:
    """It is refused when the policy is made, with one sentence that starts with the field."""
    with pytest.raises(ScenarioError, match=f"^{message}"):
        made(kind, **{field: wrong})


@pytest.mark.parametrize(
    ("kind", "field", "days"),
    [
        (CostReduction, "path", ()),
        (VoluntaryRedundancy, "panels", ("opens",)),
        (Bridging, "functions", ("offered", "until")),
        (Development, "courses", ()),
        (Assignment, "waves", ()),
    ],
)
def test_a_required_sequence_must_not_be_empty(kind: type, field: str, days: tuple[str, ...]) -> None:
    """Otherwise the policy could never do anything."""
    with pytest.raises(ScenarioError, match=f"^{field}: is empty; give at least one"):
        kind(**dict.fromkeys(("announced", *days), dt.date(2010, 5, 1)), **{field: ()})


def test_the_panels_of_a_window_must_be_in_order() -> None:
    """No panel may precede the opening of applications or the previous panel. Nobody may leave before their panel."""

    def window(*panels: tuple[str, str], **fields: Any) -> VoluntaryRedundancy:
        held = tuple(VolunteersPanel(closes=date(closes), leaves=date(leaves)) for closes, leaves in panels)
        return VoluntaryRedundancy(announced=date("2010-05-01"), opens=date("2010-05-10"), panels=held, **fields)

    assert window(("2010-05-10", "2010-05-10"), ("2010-05-10", "2010-06-01")).due(1) == 0.15
    for wrong, panels in {
        r"panels\[0\].closes: is 2010-05-09, before": [("2010-05-09", "2010-06-01")],
        r"panels\[1\].closes: is 2010-05-31, before": [("2010-06-01", "2010-07-01"), ("2010-05-31", "2010-07-01")],
        "leaves: is 2010-05-31, before `closes`": [("2010-06-01", "2010-05-31")],
    }.items():
        with pytest.raises(ScenarioError, match=wrong):
            window(*panels)
    with pytest.raises(ScenarioError, match=r"cut: is 0\.1, less than `from_cut`, 0\.2"):
        window(("2010-06-01", "2010-07-01"), from_cut=0.2, cut=0.1)


def test_a_window_leaves_a_share_of_the_step_to_the_last_panel() -> None:
    """Four panels move from 15% to 25%, and a fifth of that step remains for the end of the year."""
    panels = tuple(VolunteersPanel(closes=date(f"2011-{m:02}-28"), leaves=date(f"2011-{m:02}-28")) for m in range(5, 9))
    days = {"announced": date("2011-04-01"), "opens": date("2011-04-01")}
    policy = VoluntaryRedundancy(**days, panels=panels, from_cut=0.15, cut=0.25, year_end=0.2)
    assert [policy.due(number) for number in range(4)] == pytest.approx([0.15 + 0.08 / 3, 0.15 + 0.16 / 3, 0.23, 0.25])


def test_a_list_is_stored_as_a_tuple() -> None:
    """A policy can therefore be hashed. `repays` must be a mapping."""
    assert made(Mars, regions=["Vale"]) == made(Mars, regions=("Vale",))
    with pytest.raises(ScenarioError, match=r"^repays: is 3; give a table of names and values"):
        Returns(announced=dt.date(2010, 5, 1), repays=3)


@pytest.mark.parametrize("kind", list(STEPS))
def test_every_policy_follows_the_grammar(kind: type) -> None:
    """It is a `Policy`, has one of the grammar's questions or none, and does not act before its announcement."""
    policy = made(kind)
    assert isinstance(policy, Policy) and kind in POLICIES.values()
    assert policy.question in (None, *QUESTIONS)
    days = policy.days(CALENDAR, BODIES)
    assert days and all(occasion.day >= CALENDAR.day(policy.announced) for occasion in days)
    assert all(occasion.phase < Phase.DEPARTURES for occasion in days)
    assert hash(policy) == hash(made(kind)) and policy == made(kind)


def test_redundancy_acts_once_on_each_closing_day_of_its_kinds() -> None:
    """It acts on the days of letters and consultation, and on the last day of each employer that closes later."""
    days = [(occasion.day, occasion.stage) for occasion in made(Redundancy).days(CALENDAR, BODIES)]
    assert days == [(61, "letters"), (91, "consultation"), (90, "closing"), (182, "closing")]
    assert [stage for _, stage in days if stage == "closing"] == ["closing"] * 2


def test_hiring_acts_on_the_first_of_each_month() -> None:
    """From the day of the announcement to the last day of hiring, both included."""
    hiring = Hiring(announced=date("2010-05-01"), until=date("2010-08-15"))
    assert [occasion.day for occasion in hiring.days(CALENDAR, BODIES)] == [30, 61, 91, 122]


def test_news_acts_once_on_the_day_of_its_announcement() -> None:
    """It acts in the phase of milestones."""
    (occasion,) = Milestone(announced=date("2010-07-12")).days(CALENDAR, BODIES)
    assert (occasion.day, occasion.phase) == (102, Phase.MILESTONES)
