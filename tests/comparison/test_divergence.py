"""Where two runs part: the first day, rule, person and event, why, and that all before is the same."""

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
    """The first event in one log and not in the other, both sorted whole: a brute-force twin."""
    ours = canonical(run.log)
    theirs = canonical(baseline.log)
    place = 0
    while place < min(len(ours), len(theirs)) and ours[place] == theirs[place]:
        place += 1
    ends = [log[place] for log in (ours, theirs) if place < len(log)]
    return min(ends) if ends else None


def of(parted: Divergence) -> tuple[int, ...] | None:
    event = parted.event
    return None if event is None else (event.day, *(raw(event)[name] for name in CANONICAL[1:]))


def raw(event: Event) -> dict[str, int]:
    """The columns in which a log keeps an event."""
    told = attrs.asdict(event)

    def said(*names: str) -> int:
        return next((told[name] for name in names if told[name] is not None), -1)

    values = {"first": said("from_post", "before", "body"), "second": said("to_post", "last_day", "after", "fund")}
    return {name: int(values[name]) if name in values else said(name) for name in COLUMNS}


@pytest.mark.thorough
def test_a_run_does_not_part_from_itself(run, hamlet):
    """Equal runs do not part, and the digests cover every event."""
    parted = diverge(run, nt.simulate(hamlet, seed=1))
    assert parted.same and parted.day is parted.date is parted.person is parted.earliest is None
    assert parted.shared == len(run.log)
    assert parted.digests[0] == parted.digests[1]
    assert "The two runs have the same " in repr(parted)


def test_the_first_application_parts_the_hamlet(run, hamlet):
    """Without MARS the worlds part when its panel sits, by its own rule, at an application of the run's."""
    parted = diverge(run, hamlet_without("mars"))
    assert (parted.date, parted.rule, parted.inside) == (dt.date(2010, 10, 29), "mars", "run")
    assert parted.event.kind is Kind.APPLIED
    assert parted.person == run.log.take((run.log.kind == Kind.APPLIED) & (run.log.day == parted.day)).staff.min()
    assert f"in the log of the run: staff {parted.person} applied, from post " in repr(parted)
    assert parted.reason.kind == "own"
    assert str(parted.reason) == "The settings of MARS differ: MARS (only in the run)."
    assert parted.earliest == hamlet.policies["mars"].announced


def test_the_instant_before_is_proved_the_same(run, hamlet):
    """As many events as are said to be shared are the same in both logs, and their digests agree."""
    other = nt.simulate(hamlet.having("policies.filling.bands_down", 0), seed=1)
    parted = diverge(run, other)
    assert canonical(run.log)[: parted.shared] == canonical(other.log)[: parted.shared]
    assert parted.digests[0] == parted.digests[1]
    assert 0 < parted.shared < len(run.log)


def test_digests_tell_events_apart(run, hamlet):
    """Of a divergence said to be a day too late the two digests differ: the proof can fail."""
    parted = diverge(run, hamlet_without("mars"))
    wrong = attrs.evolve(parted, event=attrs.evolve(parted.event, day=parted.day + 1))
    assert wrong.digests[0] != wrong.digests[1]


@pytest.mark.thorough
@few
@given(runs(), st.data())
def test_the_audit_is_its_brute_force_twin(run: Run, data: st.DataObject) -> None:
    """In made worlds the first event in one log alone is that of two logs sorted whole, and the shared are the same."""
    scenario = run.scenario
    if not scenario.policies:
        return
    name = data.draw(st.sampled_from(sorted(scenario.policies)))
    baseline = simulate(scenario.without(name), seed=run.seed)
    parted = diverge(run, baseline)
    assert of(parted) == by_hand(run, baseline)
    assert parted.digests[0] == parted.digests[1]
    back = diverge(baseline, run)
    assert (back.event, back.shared) == (parted.event, parted.shared)
    assert_same_until(run, baseline)
    if not parted.same:
        assert {parted.inside, back.inside} == {"run", "baseline"}
        assert parted.reason.kind in ("own", "unseen") and parted.reason.changes
        assert parted.date >= parted.earliest


def test_events_in_another_order_within_a_day_are_no_difference(run):
    """A log whose days are shuffled within is the same log; one event lost from it is found by its day and person."""
    order = np.lexsort((np.random.default_rng(1).random(len(run.log)), run.log.day))
    shuffled = attrs.evolve(run, log=run.log.take(order))
    assert diverge(run, shuffled).same
    lost = int(np.flatnonzero((run.log.kind == Kind.APPLIED) & (run.log.day > 500))[3])
    short = attrs.evolve(run, log=run.log.take(np.arange(len(run.log)) != lost))
    parted = diverge(run, short)
    assert raw(parted.event) == {name: int(getattr(run.log, name)[lost]) for name in COLUMNS}
    assert parted.inside == "run"


def told(situation: Situation) -> list[Turn]:
    """Word to everybody that posts may go, which the log shows."""
    return [Turn(rows=np.flatnonzero(situation.people.in_post), risk_class=RiskClass.EXPOSED)]


def test_what_acted_unseen_is_named():
    """A turn of perceived risk leaves no line; when somebody then resigns, the policy behind it is named as what could."""
    calm = with_policy(restless(60), "news", Own(dates=("2010-05-01",), does=told))

    def whisper(situation: Situation) -> list[Turn]:
        here = np.flatnonzero(situation.people.in_post)
        return [Turn(rows=here, target=np.ones(len(here)), weight=1.0)]

    risky = with_policy(calm, "whisper", Own(dates=("2010-06-01",), does=whisper))
    parted = diverge(simulate(risky, seed=1), simulate(calm, seed=1))
    assert parted.rule == "resignation" or parted.rule == "resignation-within-nhs"
    assert parted.reason.kind == "unseen"
    assert "whisper (only in the run)" in str(parted.reason)


def test_behaviour_is_the_own_doing_of_a_natural_departure(hamlet, run):
    """Where the rates of leaving differ, the first resignation otherwise is put down to them."""
    other = nt.simulate(hamlet.having("behaviour.departures.resign", 0.2), seed=1)
    parted = diverge(run, other)
    assert parted.reason.kind == "own"
    assert [change.path for change in parted.reason.changes] == ["behaviour.departures.resign"]
    assert parted.earliest == hamlet.start


def test_a_policy_could_act_from_its_earlier_announcement(hamlet, run):
    """Where the announcement itself is moved, the earlier of the two dates counts, whichever world has it."""
    early = hamlet.having("policies.mars.announced", dt.date(2010, 8, 1))
    other = nt.simulate(early, seed=1)
    assert diverge(other, run).earliest == diverge(run, other).earliest == dt.date(2010, 8, 1)


def test_another_seed_is_a_reason_of_its_own(hamlet, run):
    """Two seeds part at once, and that is why."""
    parted = diverge(run, hamlet_run(2))
    assert parted.reason.kind == "luck"
    assert "the seeds differ (2 and 1)" in str(parted.reason)


def test_one_persons_events_part_after_the_worlds(run, hamlet):
    """Asked of a person whom no differing rule names, the reason is that the worlds had parted before."""
    baseline = hamlet_without("mars")
    comparison = nt.compare(run, baseline=baseline)
    moved = comparison.staff[(comparison.stratum == 2) & ~comparison.direct]
    parted = diverge(run, baseline, staff=int(moved[0]))
    assert parted.person == moved[0]
    assert parted.reason.kind == "earlier"
    first = diverge(run, baseline).person
    assert str(parted.reason) == f"The runs had already diverged on 2010-10-29, through MARS (staff {first})."
    quiet = comparison.staff[(comparison.stratum == 0) & ~comparison.direct]
    assert any(diverge(run, baseline, staff=int(who)).same for who in quiet[:20])


def test_first_difference_is_the_day_of_the_divergence(run, hamlet):
    """The old short question has the same answer."""
    baseline = hamlet_without("rets")
    assert first_difference(run, baseline) == diverge(run, baseline).day


def test_runs_that_start_on_two_dates_are_refused(run, hamlet):
    """Their days cannot be set side by side."""
    later = attrs.evolve(run, scenario=attrs.evolve(hamlet, start=dt.date(2010, 4, 2)))
    with pytest.raises(nt.NhstransitError, match="start on 2010-04-01 and 2010-04-02; compare runs that"):
        diverge(run, later)


def test_same_until_holds_and_fails_with_the_audit(run, hamlet):
    """It passes up to the day of the divergence and fails after it, showing where, why and what is shared."""
    baseline = hamlet_without("mars")
    assert assert_same_until(run, baseline, dt.date(2010, 10, 29)).rule == "mars"
    with pytest.raises(
        AssertionError, match=r"(?s)should not differ before 2010-10-30.*other cause: MARS.*The settings of MARS differ"
    ):
        assert_same_until(run, baseline, dt.date(2010, 10, 30))


def test_same_until_of_equal_scenarios_allows_nothing(run):
    """Two runs of one scenario and seed may not part at all."""
    short = attrs.evolve(run, log=run.log.take(slice(0, len(run.log) - 1)))
    with pytest.raises(AssertionError, match="should not differ at all"):
        assert_same_until(run, short)


def test_a_policy_that_acts_before_its_announcement_is_caught():
    """A policy of one's own that says it is announced later than it acts breaks the promise, and the audit says so."""

    @attrs.frozen(kw_only=True)
    class Hasty(Own):
        @property
        def announced(self) -> dt.date:
            return dt.date(2010, 12, 1)

    base = restless(20)
    does = pays([3], when="2010-09-30").does
    run = simulate(with_policy(base, "hasty", Hasty(dates=("2010-09-30",), does=does)), seed=1)
    with pytest.raises(AssertionError, match="should not differ before 2010-12-01"):
        assert_same_until(run, simulate(base, seed=1))


@pytest.mark.parametrize(
    ("staff", "told"),
    [
        (999_999, "staff: identity 999999 is in neither run; give an identity from 0 to "),
        ("7", "staff: is '7'; give a person's identity, which is a whole number"),
        (True, "staff: is True; give a person's identity"),
        (7.0, "staff: is 7.0; give a person's identity"),
    ],
)
def test_nobody_is_not_audited(run: Run, staff: object, told: str) -> None:
    """An identity that neither run has, or that is none, is refused: there is nothing to be the same."""
    with pytest.raises(nt.NhstransitError, match=told):
        diverge(run, run, staff=staff)  # type: ignore[arg-type]


def test_who_is_in_one_world_only_is_audited(hamlet: Scenario, run: Run) -> None:
    """Somebody who came in one of the two runs has events there, and is found."""
    newcomer = int(run.people.staff[-1])
    assert newcomer not in hamlet.workforce.staff
    assert not diverge(run, hamlet_without("hiring"), staff=np.int64(newcomer)).same
