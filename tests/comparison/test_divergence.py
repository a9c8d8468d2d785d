"""The divergence of two runs: the first day, rule, person and event, the reason, and equality before it."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhstransit as nt
from nhstransit.comparison import Divergence, assert_same_until, diverge, first_difference
from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Situation, Turn
from nhstransit.log import COLUMNS, Event, Kind, Log
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.workforce.columns import RiskClass
from tests.comparison.planted import pays, restless, with_policy
from tests.examples import examples
from tests.shared import hamlet_run, hamlet_without
from tests.small import Own
from tests.worlds import runs

few = examples(4, 40)
CANONICAL = ("day", "phase", "rule", "staff", "kind", "first", "second", "pence")


@pytest.fixture(scope="module")
def hamlet() -> Scenario:
    return nt.load_scenario("hamlet")


@pytest.fixture(scope="module")
def run(hamlet: Scenario) -> Run:
    return hamlet_run()


def canonical(log: Log) -> list[tuple[int, ...]]:
    """Every event as a tuple in canonical order of its fields, sorted."""
    return sorted(zip(*(getattr(log, name).tolist() for name in CANONICAL), strict=True))


def by_hand(run: Run, baseline: Run) -> tuple[int, ...] | None:
    """The first event that is in only one of the two sorted logs, by brute force."""
    events = canonical(run.log)
    baseline_events = canonical(baseline.log)
    index = 0
    while index < min(len(events), len(baseline_events)) and events[index] == baseline_events[index]:
        index += 1
    ends = [log[index] for log in (events, baseline_events) if index < len(log)]
    return min(ends) if ends else None


def of(divergence: Divergence) -> tuple[int, ...] | None:
    event = divergence.event
    return None if event is None else (event.day, *(raw(event)[name] for name in CANONICAL[1:]))


def raw(event: Event) -> dict[str, int]:
    """The raw columns of an event in a log."""
    fields = attrs.asdict(event)

    def first_known(*names: str) -> int:
        return next((fields[name] for name in names if fields[name] is not None), -1)

    values = {
        "first": first_known("from_post", "before", "body"),
        "second": first_known("to_post", "last_day", "after", "fund"),
    }
    return {name: int(values[name]) if name in values else first_known(name) for name in COLUMNS}


@pytest.mark.thorough
def test_equal_runs_do_not_diverge(run, hamlet):
    """The digests cover every event."""
    divergence = diverge(run, nt.simulate(hamlet, seed=1))
    assert divergence.same and divergence.day is divergence.date is divergence.person is divergence.earliest is None
    assert divergence.shared == len(run.log)
    assert divergence.digests[0] == divergence.digests[1]
    assert "The two runs have the same " in repr(divergence)


def test_the_hamlet_diverges_at_the_first_mars_application(run, hamlet):
    """Without MARS, the runs diverge on the day of its panel, at an application in the run."""
    divergence = diverge(run, hamlet_without("mars"))
    assert (divergence.date, divergence.rule, divergence.inside) == (dt.date(2010, 10, 29), "mars", "run")
    assert divergence.event.kind is Kind.APPLIED
    assert (
        divergence.person == run.log.take((run.log.kind == Kind.APPLIED) & (run.log.day == divergence.day)).staff.min()
    )
    assert f"in the log of the run: staff {divergence.person} applied, from post " in repr(divergence)
    assert divergence.reason.kind == "own"
    assert str(divergence.reason) == "The settings of MARS differ: MARS (only in the run)."
    assert divergence.earliest == hamlet.policies["mars"].announced


def test_the_shared_events_are_equal(run, hamlet):
    """The reported number of shared events is equal in both logs, and their digests agree."""
    other = nt.simulate(hamlet.having("policies.filling.bands_down", 0), seed=1)
    divergence = diverge(run, other)
    assert canonical(run.log)[: divergence.shared] == canonical(other.log)[: divergence.shared]
    assert divergence.digests[0] == divergence.digests[1]
    assert 0 < divergence.shared < len(run.log)


def test_digests_differ_if_the_divergence_is_wrong(run, hamlet):
    """They differ for a divergence that is reported a day too late, so the check can fail."""
    divergence = diverge(run, hamlet_without("mars"))
    wrong = attrs.evolve(divergence, event=attrs.evolve(divergence.event, day=divergence.day + 1))
    assert wrong.digests[0] != wrong.digests[1]


@pytest.mark.thorough
@few
@given(runs(), st.data())
def test_the_divergence_equals_a_brute_force_search(run: Run, data: st.DataObject) -> None:
    """In generated scenarios, the first differing event and the shared events are the same as from sorted logs."""
    scenario = run.scenario
    if not scenario.policies:
        return
    name = data.draw(st.sampled_from(sorted(scenario.policies)))
    baseline = simulate(scenario.without(name), seed=run.seed)
    divergence = diverge(run, baseline)
    assert of(divergence) == by_hand(run, baseline)
    assert divergence.digests[0] == divergence.digests[1]
    reverse = diverge(baseline, run)
    assert (reverse.event, reverse.shared) == (divergence.event, divergence.shared)
    assert_same_until(run, baseline)
    if not divergence.same:
        assert {divergence.inside, reverse.inside} == {"run", "baseline"}
        assert divergence.reason.kind in ("own", "unseen") and divergence.reason.changes
        assert divergence.date >= divergence.earliest


def test_the_order_of_events_within_a_day_is_no_difference(run):
    """A log that is shuffled within days is the same. A missing event is found with its day and person."""
    order = np.lexsort((np.random.default_rng(1).random(len(run.log)), run.log.day))
    shuffled = attrs.evolve(run, log=run.log.take(order))
    assert diverge(run, shuffled).same
    lost = int(np.flatnonzero((run.log.kind == Kind.APPLIED) & (run.log.day > 500))[3])
    short = attrs.evolve(run, log=run.log.take(np.arange(len(run.log)) != lost))
    divergence = diverge(run, short)
    assert raw(divergence.event) == {name: int(getattr(run.log, name)[lost]) for name in COLUMNS}
    assert divergence.inside == "run"


def exposing_news(situation: Situation) -> list[Turn]:
    """News that exposes everyone, which is in the log."""
    return [Turn(rows=np.flatnonzero(situation.people.in_post), risk_class=RiskClass.EXPOSED)]


def test_a_policy_without_events_is_named_as_a_possible_reason():
    """A change of perceived risk has no event. If a person then resigns, the policy is named as a possible reason."""
    calm = with_policy(restless(60), "news", Own(dates=("2010-05-01",), does=exposing_news))

    def raise_risk(situation: Situation) -> list[Turn]:
        here = np.flatnonzero(situation.people.in_post)
        return [Turn(rows=here, target=np.ones(len(here)), weight=1.0)]

    risky = with_policy(calm, "whisper", Own(dates=("2010-06-01",), does=raise_risk))
    divergence = diverge(simulate(risky, seed=1), simulate(calm, seed=1))
    assert divergence.rule == "resignation" or divergence.rule == "resignation-within-nhs"
    assert divergence.reason.kind == "unseen"
    assert "whisper (only in the run)" in str(divergence.reason)


def test_different_rates_of_leaving_are_the_reason_for_a_natural_departure(hamlet, run):
    """The first differing resignation is attributed to the changed rate."""
    other = nt.simulate(hamlet.having("behaviour.departures.resign", 0.2), seed=1)
    divergence = diverge(run, other)
    assert divergence.reason.kind == "own"
    assert [change.path for change in divergence.reason.changes] == ["behaviour.departures.resign"]
    assert divergence.earliest == hamlet.start


def test_the_earlier_of_two_announcements_counts(hamlet, run):
    """If the announcement itself changes, it does not matter which scenario has the earlier date."""
    early = hamlet.having("policies.mars.announced", dt.date(2010, 8, 1))
    other = nt.simulate(early, seed=1)
    assert diverge(other, run).earliest == diverge(run, other).earliest == dt.date(2010, 8, 1)


def test_different_seeds_are_a_reason(hamlet, run):
    """Runs with two seeds diverge at once for this reason."""
    divergence = diverge(run, hamlet_run(2))
    assert divergence.reason.kind == "luck"
    assert "the seeds differ (2 and 1)" in str(divergence.reason)


def test_the_divergence_of_one_person(run, hamlet):
    """For a person without an event of a differing policy, the reason is that the runs had already diverged."""
    baseline = hamlet_without("mars")
    comparison = nt.compare(run, baseline=baseline)
    moved = comparison.staff[(comparison.stratum == 2) & ~comparison.direct]
    divergence = diverge(run, baseline, staff=int(moved[0]))
    assert divergence.person == moved[0]
    assert divergence.reason.kind == "earlier"
    first = diverge(run, baseline).person
    assert str(divergence.reason) == f"The runs had already diverged on 2010-10-29, through MARS (staff {first})."
    unaffected = comparison.staff[(comparison.stratum == 0) & ~comparison.direct]
    assert any(diverge(run, baseline, staff=int(staff)).same for staff in unaffected[:20])


def test_first_difference_is_the_day_of_the_divergence(run, hamlet):
    """The two functions agree."""
    baseline = hamlet_without("rets")
    assert first_difference(run, baseline) == diverge(run, baseline).day


def test_runs_with_different_start_dates_are_refused(run, hamlet):
    """Their days cannot be compared."""
    later = attrs.evolve(run, scenario=attrs.evolve(hamlet, start=dt.date(2010, 4, 2)))
    with pytest.raises(nt.NhstransitError, match="start on 2010-04-01 and 2010-04-02; compare runs that"):
        diverge(run, later)


def test_assert_same_until_passes_before_the_divergence_and_fails_after_it(run, hamlet):
    """The failure states the divergence and its reason."""
    baseline = hamlet_without("mars")
    assert assert_same_until(run, baseline, dt.date(2010, 10, 29)).rule == "mars"
    with pytest.raises(
        AssertionError, match=r"(?s)should not differ before 2010-10-30.*other cause: MARS.*The settings of MARS differ"
    ):
        assert_same_until(run, baseline, dt.date(2010, 10, 30))


def test_runs_of_equal_scenarios_may_not_differ_at_all(run):
    """They have the same scenario and seed."""
    short = attrs.evolve(run, log=run.log.take(slice(0, len(run.log) - 1)))
    with pytest.raises(AssertionError, match="should not differ at all"):
        assert_same_until(run, short)


def test_a_policy_that_acts_before_its_announcement_is_detected():
    """A user's own policy acts in September although its announcement is in December."""

    @attrs.frozen(kw_only=True)
    class ActsTooEarly(Own):
        @property
        def announced(self) -> dt.date:
            return dt.date(2010, 12, 1)

    base = restless(20)
    does = pays([3], when="2010-09-30").does
    run = simulate(with_policy(base, "hasty", ActsTooEarly(dates=("2010-09-30",), does=does)), seed=1)
    with pytest.raises(AssertionError, match="should not differ before 2010-12-01"):
        assert_same_until(run, simulate(base, seed=1))


@pytest.mark.parametrize(
    ("staff", "message"),
    [
        (999_999, "staff: identity 999999 is in neither run; give an identity from 0 to "),
        ("7", "staff: is '7'; give a person's identity, which is a whole number"),
        (True, "staff: is True; give a person's identity"),
        (7.0, "staff: is 7.0; give a person's identity"),
    ],
)
def test_an_unknown_or_invalid_identity_is_refused(run: Run, staff: object, message: str) -> None:
    """Neither run has the identity, or it is not a whole number."""
    with pytest.raises(nt.NhstransitError, match=message):
        diverge(run, run, staff=staff)  # type: ignore[arg-type]


def test_a_person_in_one_run_only_is_a_divergence(hamlet: Scenario, run: Run) -> None:
    """A newcomer has events in one of the two runs."""
    newcomer = int(run.people.staff[-1])
    assert newcomer not in hamlet.workforce.staff
    assert not diverge(run, hamlet_without("hiring"), staff=np.int64(newcomer)).same
