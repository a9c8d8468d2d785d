"""Knowledge month by month, compared with a replay of the log and with examples by hand."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest
from empty import empty_run
from hypothesis import given, settings
from replayed import Replay
from small import CERTAIN, behaving, body, newcomers, on, once, person, played, rows
from worlds import runs

import nhstransit as nt
from nhstransit.errors import InputError, ScenarioError
from nhstransit.grammar import Appoint, Depart, Hire, Retain
from nhstransit.law.parameters import bundled
from nhstransit.measures import state_on
from nhstransit.measures.cover import Cover
from nhstransit.measures.expertise import FLOWS, knowledge_by_month, rebuilt, stock
from nhstransit.measures.knowledge import Knowledge, weights
from nhstransit.run.spells import month_days, pieces, spells
from nhstransit.workforce.columns import BANDS, Disposition, RiskClass
from tests.examples import examples
from tests.shared import hamlet_run

STRANGE = Knowledge(
    transfer_retention=0.7,
    whole_retention=0.9,
    service_scale_years=1.3,
    retention_monthly=0.9,
    bridges=("rets", "bridging"),
)


@examples(5, 50)
@given(runs())
def test_spells_and_their_pieces_equal_the_state_at_the_end_of_each_month(run):
    """The pieces of a spell cover each of its days once."""
    held = spells(run)
    cut = pieces(run)
    for day in month_days(run).tolist():
        state = state_on(run, day)
        here = (held.start <= day) & (held.end > day)
        assert sorted(zip(held.row[here], held.post[here], strict=True)) == [
            (row, post) for row, post in enumerate(state.post.tolist()) if post >= 0
        ]
        now = (cut.start <= day) & (cut.end > day)
        assert sorted(held.row[cut.spell[now]]) == sorted(held.row[here])
        leaver = state.disposition[held.row[cut.spell[now]]] == Disposition.LEAVER
        assert np.array_equal(cut.leaver[now], leaver)
        lent = state.risk_class[held.row[cut.spell[now]][cut.lent[now]]]
        assert np.isin(lent, (RiskClass.ASSIGNED, RiskClass.SAFE)).all()
    assert (np.bincount(cut.spell, cut.end - cut.start, len(held)) == held.end - held.start).all()


def check_against_replay(run):
    """Compare closing stocks and every flow, in total and by group, with the replay."""
    days = month_days(run).tolist()
    plain = Replay(run, STRANGE, Cover(), days).finish()
    found = stock(run, knowledge=STRANGE)
    replayed = [sum(snapshot["known"].values()) for snapshot in plain.snapshots]
    assert found.closing[0] == pytest.approx(replayed, abs=1e-9)
    assert found.people[0].tolist() == [snapshot["people"] for snapshot in plain.snapshots]
    for name in ("arrived", "left", "lost_on_moves", "learned"):
        assert getattr(found, name)[0] == pytest.approx([flow[name] for flow in plain.flows], abs=1e-9), name
    assert (found.learned >= -1e-9).all() and (weights(run, STRANGE) > 0).all()
    by_body = stock(run, by="employer", knowledge=STRANGE).closing
    bodies = np.zeros_like(by_body)
    for month, snapshot in enumerate(plain.snapshots):
        for (place, _), known in snapshot["known"].items():
            bodies[place, month] += known
    assert by_body == pytest.approx(bodies, abs=1e-9)
    for by in ("employer", "function", "region", "band"):
        one = stock(run, by=by, knowledge=STRANGE)
        assert one.closing.sum(axis=0) == pytest.approx(found.closing[0], abs=1e-9)
        assert one.transferred_in.sum(axis=0) == pytest.approx(one.transferred_out.sum(axis=0), abs=1e-9)
        assert (one.learned >= -1e-9).all() and (one.closing >= -1e-9).all()


@examples(5, 50)
@given(runs())
def test_stocks_and_flows_equal_a_plain_replay(run):
    check_against_replay(run)


@pytest.mark.thorough
@settings(max_examples=150)
@given(runs(crowded=True))
def test_stocks_and_flows_of_scenarios_with_every_policy_equal_a_plain_replay(run):
    check_against_replay(run)


def test_knowledge_lost_by_a_move_and_an_exit_by_hand():
    """Two people have ten years' service and knowledge k.

    One leaves with k, and the other loses a fifth of k by a move.
    """
    gone = Depart(
        rows=rows(0),
        last_day=np.array([on("2010-05-10")], "int32"),
        **{name: np.zeros(1, "int64") for name in ("severance", "in_lieu", "strain")},
        remove=np.array([False]),
    )
    run = played(
        person(1),
        person(2, wte=0.5),
        bodies=(body("Old", "pct", ("finance", "6", 2)), body("New", "ccg", ("finance", "6", 1))),
        policies={
            "exit": once("2010-05-01", gone),
            "move": once("2010-06-01", Appoint(rows=rows(1), posts=np.array([2]), start=on("2010-06-15"))),
        },
    )
    k = weights(run)
    assert k == pytest.approx([1 - math.exp(-3652 / 365.25 / 5)] * 2)
    table = knowledge_by_month(run).set_index("month")
    may = table.loc["2010-05-31"]
    june = table.loc["2010-06-30"]
    then = 1 - math.exp(-(3652 + on("2010-05-10")) / 365.25 / 5)
    assert may["left"] == pytest.approx(then) and may["people"] == 1
    before = 1 - math.exp(-(3652 + on("2010-06-15")) / 365.25 / 5)
    assert june["lost_on_moves"] == pytest.approx(0.2 * before)
    whole = knowledge_by_month(run, knowledge=Knowledge(whole=("move",))).set_index("month")
    assert whole.loc["2010-06-30", "lost_on_moves"] == pytest.approx(0.05 * before)
    u = (1 - 0.8 * before) * math.exp(-15 / 365.25 / 5)
    assert june["closing"] == pytest.approx(1 - u)
    total = table["opening"] - table["left"] - table["lost_on_moves"] + table["arrived"] + table["learned"]
    assert total.to_numpy() == pytest.approx(table["closing"].to_numpy())


def test_a_move_after_bridging_loses_less_knowledge():
    """A move from a post with bridging loses a tenth of knowledge. Other moves, and the next move, lose a fifth."""
    keep = once("2010-05-03", Retain(rows=rows(0), until=on("2010-06-30"), premium=0.0))
    bodies = (
        body("Old", "pct", ("finance", "6", 2)),
        body("New", "ccg", ("finance", "6", 2)),
        body("Far", "ccg", ("finance", "6", 1)),
    )
    moves = {
        "move": once("2010-06-01", Appoint(rows=rows(0, 1), posts=np.array([2, 3]), start=on("2010-07-01"))),
        "again": once("2010-08-02", Appoint(rows=rows(0), posts=np.array([4]), start=on("2010-09-01"))),
    }
    run = played(person(1), person(2), bodies=bodies, policies={"bridging": keep, **moves})
    table = knowledge_by_month(run).set_index("month")["lost_on_moves"]
    before = 1 - math.exp(-(3652 + on("2010-07-01")) / 365.25 / 5)
    assert table["2010-07-31"] == pytest.approx((0.1 + 0.2) * before)
    later = 1 - (1 - 0.9 * before) * math.exp(-62 / 365.25 / 5)
    assert table["2010-09-30"] == pytest.approx(0.2 * later)
    plain = stock(run, knowledge=Knowledge(bridges=()))
    assert plain.lost_on_moves[0, 3] == pytest.approx(0.4 * before)


def test_the_knowledge_of_a_newcomer_by_hand():
    """A newcomer brings 80% of the knowledge of their service, which counts as at least a month."""
    hired = Hire(posts=np.array([1]), newcomers=newcomers(7), start=on("2010-07-01"))
    run = played(
        person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),), policies={"hire": once("2010-04-05", hired)}
    )
    table = knowledge_by_month(run).set_index("month")
    served = on("2010-07-01") / 365.25
    assert table.loc["2010-07-31", "arrived"] == pytest.approx(0.8 * (1 - math.exp(-served / 5)))
    assert (weights(run) > 0).all()
    fresh = attrs.evolve(hired, start=on("2010-04-06"))
    early = played(
        person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),), policies={"hire": once("2010-04-05", fresh)}
    )
    assert weights(early)[1] == pytest.approx(1 - math.exp(-1 / 12 / 5))


def test_knowledge_if_everyone_leaves_on_the_first_day():
    """The stock is zero from the first month, and is never rebuilt."""
    run = played(person(1), person(2), person(3), behaviour=behaving(resign=CERTAIN))
    table = knowledge_by_month(run)
    assert table["closing"].tolist() == [0.0] * 9 and table["people"].tolist() == [0] * 9
    assert table["left"][0] == pytest.approx(table["opening"][0] + table["learned"][0])
    row = rebuilt(run).loc["all"]
    assert row["basis"] == "never" and row["months_to_rebuild"] == math.inf and row["lowest_share"] == 0


def test_a_run_without_people_has_a_stock_of_zero():
    """It has nothing to rebuild."""
    table = knowledge_by_month(empty_run())
    assert table["closing"].sum() == 0 and len(table) == 24
    assert not len(rebuilt(empty_run()))


def test_the_time_to_rebuild_knowledge_by_hand():
    """One of two people leaves with half the knowledge, which is rebuilt once the other person has learned enough."""
    gone = Depart(
        rows=rows(0),
        last_day=np.array([on("2010-05-10")], "int32"),
        **{name: np.zeros(1, "int64") for name in ("severance", "in_lieu", "strain")},
        remove=np.array([False]),
    )
    run = played(
        person(1, since="2008-04-01"), person(2, since="2008-04-01"), policies={"exit": once("2010-05-01", gone)}
    )
    start = 1 - math.exp(-730 / 365.25 / 5)
    assert rebuilt(run).loc["all", "knowledge_at_start"] == pytest.approx(2 * start)
    seen = rebuilt(run, share=0.55).loc["all"]
    assert seen["basis"] == "seen" and seen["fell_month"] == "2010-05-31" and seen["rebuilt_month"] == "2010-07-31"
    assert seen["months_to_rebuild"] == pytest.approx(61 / (365.25 / 12))  # reached on 2 July: s = −5 ln(1 − 0.55 × 2k)
    assert rebuilt(run, share=0.64).loc["all", "rebuilt_month"] == "2010-12-31"  # the last month of the run counts
    later = rebuilt(run, share=1.0).loc["all"]
    target = 2 * start
    years = -5 * math.log(1 - target) - 730 / 365.25  # of service until the other person knows as much as both did
    from_may = years * 12 - on("2010-05-31") / (365.25 / 12)
    assert later["basis"] == "expected" and later["months_to_rebuild"] == pytest.approx(from_may, abs=1e-6)
    assert rebuilt(run, share=2.5).loc["all", "basis"] == "never"
    each = rebuilt(run, a_person=True).loc["all"]
    assert each["basis"] == "not lost" and each["months_to_rebuild"] == 0.0
    with pytest.raises(InputError, match=r"such as 0\.95"):
        rebuilt(run, share=0.0)


def test_band_weights_are_ratios_of_the_middle_of_each_pay_band():
    """They are the middle of each band in 2010-11 over the middle of band 6. VSM has the median rate."""
    points = bundled().grid("afc_points").on(nt.load_scenario("hamlet").start).value
    middle = {band: (points[band][0] + points[band][-1]) / 2 for band in BANDS[:-1]}
    rates = bundled().grid("vsm_points").on(nt.load_scenario("hamlet").start).row("VSM")
    middle["VSM"] = float(np.median(rates))
    assert Knowledge().band_weights == tuple(round(middle[band] / middle["6"], 2) for band in BANDS)


def test_flows_between_groups_add_up():
    """In the hamlet by kind, opening plus flows equals closing, and transfers in equal transfers out."""
    run = hamlet_run()
    table = knowledge_by_month(run, by="kind")
    signs = {name: -1 if name in ("transferred_out", "left", "lost_on_moves") else 1 for name in FLOWS}
    assert table["learned"].min() > -1e-9  # a transfer from the wrong group would be negative learning there
    total = table["opening"] + sum(sign * table[name] for name, sign in signs.items())
    assert total.to_numpy() == pytest.approx(table["closing"].to_numpy(), abs=1e-9)
    assert (
        table["transferred_in"].sum() == pytest.approx(table["transferred_out"].sum())
        and table["transferred_in"].sum() > 1
    )


@pytest.mark.parametrize(
    "wrong",
    [{"band_weights": (1.0,)}, {"band_weights": "6"}, {"band_weights": (-1.0,) * 13}, {"transfer_retention": 1.2}],
)
def test_invalid_weights_and_shares_are_refused(wrong):
    """Refused are too few bands, text, a weight below zero and a share above 1."""
    with pytest.raises(ScenarioError, match=r"give (13 numbers above 0|a share)"):
        Knowledge(**wrong)
