"""An example of every public function, which a test runs and the reference shows under the function.

Each example needs only `GIVEN`: a scenario, two runs that differ in one policy, and their comparison.
"""

from __future__ import annotations

GIVEN = """
import datetime as dt
from pathlib import Path

import numpy as np

import nhstransit as nt
from nhstransit.scenario.opening import opening_situation
from nhstransit.studies import Levels, Range

hamlet = nt.load_scenario("hamlet")
run = nt.simulate(hamlet, seed=1)
without = nt.simulate(hamlet.without("mars"), seed=1)
compared = nt.compare(run, baseline=without)
"""

EXAMPLES: dict[str, dict[str, str]] = {
    "nhstransit.choice": {
        "ocba": "nt.choice.ocba(np.array([1.0, 1.2, 2.0]), np.array([0.5, 0.5, 0.5]), 60)",
        "selected": "nt.choice.selected(np.array([[1.0, 2.0, 3.0] * 5, [2.0, 2.5, 3.5] * 5]))",
        "switching_values": "nt.choice.switching_values(np.linspace(-1.0, 1.0, 40), np.linspace(0.05, 0.15, 40))",
        "worth": "nt.choice.worth(np.random.default_rng(1).normal(size=(2, 60)), np.linspace(0.05, 0.15, 60)[None])",
    },
    "nhstransit.measures.decision": {
        "decision_figures": """from nhstransit.measures.decision import decision_figures

decision_figures(run)""",
    },
    "nhstransit": {
        "career": "print(nt.career(run, 115))",
        "compare": "compared = nt.compare(run, baseline=without)",
        "explain": "print(nt.explain(hamlet))",
        "levers": 'nt.levers(hamlet).loc["policies.mars.quota"]',
        "load_run": 'nt.load_run(nt.save_run(run, "kept"))',
        "load_scenario": 'nt.load_scenario("hamlet")',
        "measure": "nt.measure(run).table()",
        "read_extract": """Path("extract.csv").write_text(
    "Employee Number,Org L4,Org L5,Grade,Spine point,FTE,Date of Birth,NHS CSD Date,Gender\\n"
    "20001,999 Oakdale PCT,999 Finance L5,NHS|XR07|Review Body Band 7,NHS|XN07|30,1.0,14-MAY-1968,02-SEP-1996,Female\\n"
)
print(nt.read_extract("extract.csv").quality)""",
        "read_staff": """Path("staff.csv").write_text(
    "staff,employer,function,band,point,wte,born,service_from,sex\\n"
    "101,Oakdale PCT,finance,7,3,1.0,1968-05-14,1996-09-02,female\\n"
)
nt.read_staff("staff.csv")""",
        "save_run": 'folder = nt.save_run(run, "kept")',
        "simulate": "run = nt.simulate(hamlet, seed=1)",
        "state_on": "nt.state_on(run, dt.date(2013, 3, 31)).vacant.sum()",
    },
    "nhstransit.scenario": {
        "assumptions": """for one in nt.scenario.assumptions(hamlet)[:3]:
    print(one)""",
        "bundled_names": "nt.scenario.bundled_names()",
        "differences": 'nt.scenario.differences(hamlet, hamlet.having("policies.mars.quota", 0.02))',
        "from_tables": "nt.scenario.from_tables(nt.scenario.to_tables(hamlet), staff=hamlet.staff)",
        "joined": 'nt.scenario.joined("policies", "mars", "quota")',
        "names_in": 'nt.scenario.names_in("policies.mars.quota")',
        "part_at": 'nt.scenario.part_at(hamlet, "policies.mars.quota")',
        "steps_of": 'nt.scenario.steps_of(hamlet, "policies.mars.quota")',
        "to_tables": 'nt.scenario.to_tables(hamlet)["policies"]["mars"]',
    },
    "nhstransit.grammar": {
        "about": 'nt.grammar.about(hamlet.policies["mars"])',
        "among": """situation = opening_situation(hamlet)
nt.grammar.among(12, situation, kinds=("pct",))""",
        "explained": """situation = opening_situation(hamlet)
nt.grammar.explained(hamlet.policies["mars"], situation, None)""",
        "explained_by_proposals": """situation = opening_situation(hamlet)
nt.grammar.explained_by_proposals(hamlet.policies["mars"], situation, None)""",
        "joined": """first = nt.grammar.Lodge(rows=np.array([3]), posts=np.array([8]), start=100)
second = nt.grammar.Lodge(rows=np.array([5]), posts=np.array([9]), start=100)
nt.grammar.joined([(first,), (second,)])""",
        "luck_of": 'nt.grammar.luck_of("mars", hamlet.policies["mars"])',
        "place_of": 'nt.grammar.place_of(hamlet.policies["mars"])',
    },
    "nhstransit.scenario.opening": {
        "opening_situation": "nt.scenario.opening.opening_situation(hamlet).people",
    },
    "nhstransit.workforce": {
        "at_least": 'nt.workforce.at_least(run.people.band, "8a").sum()',
        "order_of": 'nt.workforce.order_of(run.people, 0, "band")',
        "rank_of": "nt.workforce.rank_of(run.people.band).max()",
    },
    "nhstransit.run": {
        "conserve": "nt.run.conserve(run)  # raises ConservationError if a law is broken",
    },
    "nhstransit.run.groups": {
        "group_of": 'codes, names = nt.run.groups.group_of(run, "kind", np.zeros(1, int), run.opening_post[:1])',
    },
    "nhstransit.log": {
        "rule_code": 'nt.log.rule_code("resignation")',
    },
    "nhstransit.measures": {
        "accounts": 'nt.measures.accounts(run, by="kind")',
        "appraisal_lines": "nt.measures.appraisal_lines(run)[0]",
        "entered": "nt.measures.entered(run)",
        "exit_costs": 'nt.measures.exit_costs(run, by="region")',
        "headcount": 'nt.measures.headcount(run, by=("kind", "function"))',
        "headlines": 'nt.measures.headlines(run)["left"]',
        "interims": "nt.measures.interims(run)",
        "pay_bill": 'nt.measures.pay_bill(run, by="employer")',
        "paybacks": "nt.measures.paybacks(run)",
        "persistence": "nt.measures.persistence(run)",
        "present_values": "nt.measures.present_values(run, nt.measures.Appraisal(years=10))",
        "qipp": "nt.measures.qipp(run)",
        "savings": 'nt.measures.savings(run, by="function")',
        "savings_by_year": "nt.measures.savings_by_year(run, to_closure=True)",
        "schemes": "nt.measures.schemes(run)",
        "staff_costs": "nt.measures.staff_costs(run)",
        "start_up": "nt.measures.start_up(run)",
        "staying_costs": "nt.measures.staying_costs(run)",
        "stocks": 'nt.measures.stocks(run, by="function", wte=True, every="year")',
    },
    "nhstransit.measures.drain": {
        "clinicians_leaving": 'nt.measures.drain.clinicians_leaving(run, by="month")',
        "concentration": 'nt.measures.drain.concentration(run, by="function")',
        "knowledge_at_risk": "nt.measures.drain.knowledge_at_risk([0.11, 0.14, 0.12, 0.19], level=0.5)",
        "knowledge_lost": 'nt.measures.drain.knowledge_lost(run, boundary="nhs")',
        "leaver_mix": 'nt.measures.drain.leaver_mix(run, by="band")',
        "losses": "nt.measures.drain.losses(run, on=dt.date(2013, 4, 1))",
        "losses_by_route": "nt.measures.drain.losses_by_route(run)",
        "mix_shift": 'nt.measures.drain.mix_shift(run, cuts=("function", "band"))',
    },
    "nhstransit.measures.expertise": {
        "knowledge_by_month": 'nt.measures.expertise.knowledge_by_month(run, by="function")',
        "rebuilt": "nt.measures.expertise.rebuilt(run, share=0.9)",
    },
    "nhstransit.measures.cover": {
        "holders": "nt.measures.cover.holders(run, on=dt.date(2012, 4, 1))",
        "lost_work": 'nt.measures.cover.lost_work(run, by="function")',
        "months_below": "nt.measures.cover.months_below(run, cover=nt.measures.cover.Cover(minimum=0.8))",
    },
    "nhstransit.measures.readiness": {
        "capacity_gap": "nt.measures.readiness.capacity_gap(run)",
        "ratings_by_month": "nt.measures.readiness.ratings_by_month(run)",
        "readiness": "nt.measures.readiness.readiness(run, on=dt.date(2013, 4, 1))",
    },
    "nhstransit.measures.equality": {
        "crossed": 'nt.measures.equality.crossed(run, "left", rows="sex", columns="age")',
        "equality": 'nt.measures.equality.equality(run, by="sex")',
        "outcomes": "nt.measures.equality.outcomes(run)",
        "payments": 'nt.measures.equality.payments(run, by="age")',
    },
    "nhstransit.measures.survival": {
        "log_rank": 'nt.measures.survival.log_rank(run, by="sex")',
        "routes_out": "nt.measures.survival.routes_out(run)",
        "staying": 'nt.measures.survival.staying(run, by="band")',
    },
    "nhstransit.measures.turnover": {
        "half_life": "nt.measures.turnover.half_life(run)",
        "time_at_risk": 'nt.measures.turnover.time_at_risk(run, by="sex")',
        "turnover": 'nt.measures.turnover.turnover(run, by="function")',
    },
    "nhstransit.measures.disclosure": {
        "publication": """from nhstransit.measures.disclosure import publication

publication(run, by="sex")""",
    },
    "nhstransit.measures.real_staff": {
        "staff_are_real": """from nhstransit.measures.real_staff import staff_are_real

staff_are_real(run)""",
    },
    "nhstransit.comparison": {
        "assert_same_until": "nt.comparison.assert_same_until(run, without, dt.date(2010, 6, 1))",
        "between": 'nt.comparison.between(hamlet.without("mars"), hamlet)',
        "bounds": 'nt.comparison.bounds(run, compared.staff, compared.stratum, within=[("all",), ("function",)])',
        "deadweight": 'nt.comparison.deadweight(run, without, "mars", months=(12, 24))',
        "diverge": "nt.comparison.diverge(run, without)",
        "first_difference": "nt.comparison.first_difference(run, without)",
        "frechet": "nt.comparison.frechet(np.array([100]), np.array([30]), np.array([20]))",
        "paired": "nt.comparison.paired([2.0, 3.0, 1.0, 2.5, 1.5, 2.0, 3.5, 2.0, 1.0, 2.5])",
        "posts_saved": 'nt.comparison.posts_saved(run, without, "mars")',
        "responsible": "nt.comparison.responsible(run, without)",
        "waterfall": "nt.comparison.waterfall(run, without)",
    },
    "nhstransit.bounds": {
        "best_plan": """plan = nt.bounds.ManpowerPlan(
    name="two years, one skill",
    skills=(nt.bounds.Skill(name="analyst", strength=120, wastage=0.1, redundancy_cost=40_000),),
    required=((100,), (60,)),
    overmanning=10,
)
nt.bounds.best_plan(plan).table""",
        "bound": "nt.bounds.bound(run)",
        "expect": 'nt.bounds.expect(run, by=("kind",))',
    },
    "nhstransit.studies": {
        "crossed": """some = nt.studies.grid(hamlet, Levels("policies.mars.quota", 0.02, 0.05))
others = nt.studies.grid(hamlet, Levels("behaviour.departures.resign", 0.06, 0.09))
len(nt.studies.crossed(some, others))""",
        "draws_from_fit": """nt.studies.draws_from_fit(
    "england-2010", hamlet, "behaviour.severance.payout", "behaviour.departures.risk_ratio"
)""",
        "grid": 'nt.studies.grid(hamlet, Levels("policies.mars.quota", 0.02, 0.05))',
        "latin_hypercube": 'nt.studies.latin_hypercube(hamlet, Range("behaviour.departures.resign", 0.05, 0.1), points=4)',
        "monthly_heads": 'nt.studies.monthly_heads(run)["heads: pct"][:12]',
        "read_draws": """Path("draws.csv").write_text("behaviour.departures.resign\\n0.06\\n0.08\\n")
nt.studies.read_draws("draws.csv")""",
        "sobol": 'nt.studies.sobol(hamlet, Range("behaviour.departures.resign", 0.05, 0.1), points=4)',
        "zipped": """nt.studies.zipped(
    hamlet, Levels("policies.mars.quota", 0.02, 0.05), Levels("behaviour.departures.resign", 0.06, 0.09)
)""",
    },
    "nhstransit.studies.sensitivity": {
        "ranges_of": """from nhstransit.studies.sensitivity import ranges_of

ranges_of(hamlet, "behaviour.departures.resign")""",
    },
    "nhstransit.dates": {
        "add_months": """from nhstransit.dates import add_months, epoch_day
add_months(epoch_day(dt.date(2011, 1, 31)), 1)""",
        "complete_months": """from nhstransit.dates import complete_months, epoch_day
complete_months(epoch_day(dt.date(2011, 1, 31)), epoch_day(dt.date(2013, 3, 31)))""",
        "complete_years": """from nhstransit.dates import complete_years, epoch_day
complete_years(epoch_day(dt.date(1970, 5, 2)), epoch_day(dt.date(2013, 5, 1)))""",
        "date_of": """from nhstransit.dates import date_of
date_of(15_706)""",
        "epoch_day": """from nhstransit.dates import epoch_day
epoch_day(dt.date(2013, 1, 1))""",
        "financial_year": """from nhstransit.dates import epoch_day, financial_year
financial_year(epoch_day(dt.date(2011, 3, 31)))""",
    },
    "nhstransit.phrases": {
        "amount": """from nhstransit import phrases
phrases.amount(21.5, "months")""",
        "date": """from nhstransit import phrases
phrases.date(dt.date(2013, 4, 1))""",
        "listed": """from nhstransit import phrases
phrases.listed(["MARS", "RETS", "redundancy"])""",
        "number_of": """from nhstransit import phrases
phrases.number_of(3, "post")""",
        "people": """from nhstransit import phrases
phrases.people(1200)""",
        "percent": """from nhstransit import phrases
phrases.percent(0.125)""",
        "pounds": """from nhstransit import phrases
phrases.pounds(40_000)""",
        "sum_of_money": """from nhstransit import phrases
phrases.sum_of_money(4_000_000)""",
    },
    "nhstransit.fields": {
        "amount": """import attrs

from nhstransit import fields


choice = fields.Parent(unit="£", source="the board", quality="choice")


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    pounds = fields.amount(2_000.0, parent=choice)


Grant(pounds=1_500.0)""",
        "from_law": """import attrs

from nhstransit import fields


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    cap: float | None = fields.number(None, parent=fields.from_law("£", "mars_2010.most_months"))


fields.parent_of(attrs.fields(Grant).cap).source""",
        "in_order": """import attrs

from nhstransit import fields


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    first: dt.date = dt.date(2010, 4, 1)
    last: dt.date = dt.date(2013, 3, 31)


fields.in_order(Grant(), "first", "last")""",
        "number": """import attrs

from nhstransit import fields


choice = fields.Parent(unit="miles", source="the board", quality="choice")


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    miles = fields.number(20.0, low=0.0, high=200.0, parent=choice)


Grant(miles=35.0)""",
        "one_of": """import attrs

from nhstransit import fields


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    paid = fields.one_of(("at once", "monthly"), "at once")


Grant(paid="monthly")""",
        "parent_of": """import attrs

from nhstransit import fields


choice = fields.Parent(unit="£", source="the board", quality="choice")


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    pounds = fields.amount(2_000.0, parent=choice)


fields.parent_of(attrs.fields(Grant).pounds).unit""",
        "share": """import attrs

from nhstransit import fields


choice = fields.Parent(unit="share of people", source="the board", quality="choice")


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    taken = fields.share(0.3, parent=choice)


Grant(taken=0.4)""",
        "some_of": """import attrs

from nhstransit import fields


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    kinds = fields.some_of(("pct", "sha"), ("pct",))


Grant(kinds=("pct", "sha"))""",
        "strict": """import attrs

from nhstransit import fields


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    name: str = "grant"


Grant(name="moving")""",
        "whole": """import attrs

from nhstransit import fields


choice = fields.Parent(unit="months", source="the board", quality="choice")


@attrs.frozen(kw_only=True, field_transformer=fields.strict)
class Grant:
    '''Money for moving, of an own policy.'''

    months = fields.whole(6, high=24, parent=choice)


Grant(months=12)""",
    },
    "nhstransit.synthesis": {
        "assumed": """margins = nt.synthesis.load_margins("england/margins-2010.toml")
nt.synthesis.assumed(margins)[0]""",
        "load_bridge": "nt.synthesis.load_bridge()",
        "load_margins": 'margins = nt.synthesis.load_margins("england/margins-2010.toml")',
        "load_published": "nt.synthesis.load_published()",
        "margin_at": """margins = nt.synthesis.load_margins("england/margins-2010.toml")
nt.synthesis.margin_at(margins, "53100", "draws.vacant")""",
        "margins_with": """margins = nt.synthesis.load_margins("england/margins-2010.toml")
nt.synthesis.margins_with(margins, "53100", {"draws.vacant": 0.05})""",
        "numbers_in": """margins = nt.synthesis.load_margins("england/margins-2010.toml")
next(nt.synthesis.numbers_in(margins, "53100"))""",
        "provenance": "nt.synthesis.provenance()[0]",
        "provenance_frame": "nt.synthesis.provenance_frame(nt.synthesis.provenance())",
    },
    "nhstransit.law.parameters": {
        "bundled": "nt.law.parameters.bundled()",
    },
    "nhstransit.england": {
        "coverage": "nt.england.coverage()",
        "interval_names": "nt.england.interval_names()",
        "bundled_fits": "nt.england.bundled_fits()",
        "bundled_fit": "nt.england.bundled_fit().about",
        "bundled_outcomes": "nt.england.bundled_outcomes().outcome[0]",
        "bundled_payroll": "len(nt.england.bundled_payroll().names)",
        "kept_figures": "list(nt.england.kept_figures())[:3]",
        "kept_intervals": """headline = nt.england.kept_intervals()["exit cost"]
(headline.low_90, headline.high_90)""",
        "outcomes_2025": "nt.england.outcomes_2025().outcome[0]",
        "fit_of": 'nt.england.fit_of(nt.load_scenario("england-2010")).about',
        "fitted_draws": 'nt.studies.read_draws(nt.england.fitted_draws("england-2010"))',
        "kept_names": "nt.england.kept_names()",
        "load_outcomes": """import nhstransit.data

folder = Path(nhstransit.data.__path__[0])
nt.england.load_outcomes(folder / "england" / "outcomes-2010.toml")""",
        "outcomes_for": 'nt.england.outcomes_for("england-2010").outcome[0]',
        "provenance": "nt.england.provenance()[0]",
        "sizes_frame": """paid = nt.england.bundled_payroll()
sizes = nt.england.trust_sizes(paid, dict.fromkeys(paid.names, 300_000))
nt.england.sizes_frame(sizes)""",
        "status_of": "nt.england.status_of(hamlet).banner",
        "statuses_of": "nt.england.statuses_of(nt.sweep(hamlet, replications=1, seed=1))",
        "targets_of": "nt.england.targets_of()[0]",
        "trust_sizes": """paid = nt.england.bundled_payroll()
sizes = nt.england.trust_sizes(paid, dict.fromkeys(paid.names, 300_000))""",
    },
    "nhstransit.studies.calibration": {
        "load_fit": """from nhstransit.studies.calibration import load_fit

import nhstransit.data

folder = Path(nhstransit.data.__path__[0])
load_fit(folder / "fits" / "england-2010.toml")""",
    },
}

# These make several runs, fit, or play England: run among the long proofs.
LONG: dict[str, dict[str, str]] = {
    "nhstransit": {
        "calibrate": """from nhstransit.studies.calibration import Parameter, Target

targets = [
    Target(name="left", kind="count", value=190.0, model_error=5.0),
    Target(name="moved", kind="count", value=90.0, model_error=5.0),
]
free = Parameter(path="behaviour.departures.resign", low=0.04, high=0.12)
nt.calibrate(hamlet, targets, [free], seeds=1, budget=12, draws=4)""",
        "reproduce": """folder = nt.save_run(run, "kept")
print(nt.reproduce(folder))""",
        "sweep": "study = nt.sweep(hamlet, replications=2, seed=1)",
        "validate": 'nt.validate(nt.load_scenario("england-2010"), replications=1).table()',
    },
    "nhstransit.choice": {
        "discover": """numbers = np.linspace(0.0, 1.0, 40).reshape(-1, 1)
nt.choice.discover(numbers, numbers[:, 0] > 0.7, ["behaviour.departures.resign"])""",
    },
    "nhstransit.studies.sensitivity": {
        "rank": """from nhstransit.studies.sensitivity import ranges_of, rank

ranges = ranges_of(hamlet, ["behaviour.departures.resign", "behaviour.severance.typical"])
rank(hamlet, ranges, points=20, seeds=2)""",
        "screen": """from nhstransit.studies.sensitivity import ranges_of, screen

ranges = ranges_of(hamlet, ["behaviour.departures.resign", "behaviour.severance.typical"])
screen(hamlet, ranges, trajectories=2)""",
    },
    "nhstransit.synthesis": {
        "check_crossing": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.synthesis.check_crossing(nt.synthesis.load_bridge(), nt.england.crossing(england))""",
        "england": "opened = nt.synthesis.england()",
        "margin_report": """from nhstransit.dates import epoch_day

margins = nt.synthesis.load_margins("england/margins-2010.toml")
opened = nt.synthesis.england()
nt.synthesis.margin_report(margins, opened.staff, epoch_day(dt.date(2010, 4, 1)))""",
        "opening_key": """margins = nt.synthesis.load_margins("england/margins-2010.toml")
opened = nt.synthesis.england()
nt.synthesis.opening_key(
    margins, opened.bodies, opened.functions, base="53100", staff_seed=2010, on=dt.date(2010, 4, 1)
)""",
        "synthesise": """margins = nt.synthesis.load_margins("england/margins-2010.toml")
opened = nt.synthesis.england()
people = nt.synthesis.synthesise(
    margins, opened.bodies, opened.functions, base="53100", staff_seed=2010, on=dt.date(2010, 4, 1)
)""",
    },
    "nhstransit.england": {
        "checked_figures": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.checked_figures(england)""",
        "crossing": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.crossing(england)""",
        "exits_by_year": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.exits_by_year(england, by="region")""",
        "ensemble_figures": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.ensemble_figures(england)""",
        "expected_figures": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.expected_figures(england)""",
        "mars_applicants": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.mars_applicants(england)""",
        "observed_figures": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.observed_figures(england)""",
        "published_beside": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.published_beside(england)""",
        "published_table": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.published_table(england)""",
        "scope_bridge": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.scope_bridge(england)""",
        "stock_on_payroll": """england = nt.simulate(nt.load_scenario("england-2010"), seed=1)
nt.england.stock_on_payroll(england, [0, 365])""",
    },
    "nhstransit.scenario": {
        "bundled_variant": """england = nt.load_scenario("england-2010")
nt.scenario.bundled_variant("england-2010-slower", england)""",
    },
    "nhstransit.comparison": {
        "additionality": """no_rets = nt.simulate(hamlet.without("rets"), seed=1)
nt.comparison.additionality(run, no_rets, "rets")""",
        "cost_of_one_kept": """no_rets = nt.simulate(hamlet.without("rets"), seed=1)
nt.comparison.cost_of_one_kept(nt.comparison.additionality(run, no_rets, "rets"))""",
        "recoupled": "nt.comparison.recoupled(run, without, seeds=[2, 3])",
        "shapley": """moves = nt.comparison.between(hamlet.without("mars"), hamlet)
nt.comparison.shapley(hamlet.without("mars"), moves, seed=1, measure="left")""",
    },
    "nhstransit.studies": {
        "merge_stores": """nt.sweep(hamlet, replications=2, seed=1, store="1.db", shard=(1, 2))
nt.sweep(hamlet, replications=2, seed=1, store="2.db", shard=(2, 2))
print(nt.studies.merge_stores(["1.db", "2.db"], into="both.db"))""",
        "open_study": """nt.sweep(hamlet, replications=2, seed=1, store="two.db")
nt.studies.open_study("two.db").table()""",
    },
}
