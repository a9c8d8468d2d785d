"""`nhstransit compare` and `nhstransit diverge`: two scenarios or saved runs at the command line."""

from __future__ import annotations

import attrs
import pytest

import nhstransit as nt
from cli.command import refused, run_command
from nhstransit import comparison
from nhstransit.cli.compare import CUTS, ONE_PAIR
from nhstransit.comparison import diverge
from nhstransit.comparison.schemes import told_deadweight
from nhstransit.england import status_of
from tests.examples import some
from tests.made_extract import made_folder, write_extract

BANNER = f"hamlet: {status_of(nt.load_scenario('hamlet')).banner}\n"  # the last line, which covers both scenarios


def output_of(capsys, *words: str) -> str:
    """The output without its first line, which names both scenarios, and without the banner at its end."""
    status, out, _ = run_command(capsys, *words)
    first, _, rest = out.partition("\n")
    assert status == 0 and first.startswith("Run: ") and ". Baseline: " in first
    assert rest.endswith(BANNER)
    assert (f"{ONE_PAIR}\n{BANNER}" in rest) == (words[0] == "compare" and "--seeds" not in words)
    return rest.removesuffix(BANNER).removesuffix(f"{ONE_PAIR}\n")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Folders with the hamlet under seed 4, and the hamlet without MARS under seed 4."""
    folder = tmp_path_factory.mktemp("kept")
    hamlet = nt.load_scenario("hamlet")
    nt.save_run(nt.simulate(hamlet, seed=4), folder / "with")
    nt.save_run(nt.simulate(hamlet.without("mars"), seed=4), folder / "without")
    return str(folder / "with"), str(folder / "without")


def test_diverge_prints_the_audit_of_two_scenarios(capsys):
    """The output equals that of the library."""
    hamlet = nt.load_scenario("hamlet")
    expected = diverge(nt.simulate(hamlet, seed=1), nt.simulate(hamlet.without("mars"), seed=1))
    first_line = "Run: hamlet. Baseline: hamlet without MARS. Both with seed 1."
    assert run_command(capsys, "diverge", "hamlet", "--without", "mars") == (
        0,
        f"{first_line}\n{expected!r}\n{BANNER}",
        "",
    )


def test_saved_runs_are_audited_and_compared(kept, capsys):
    """The output for two folders equals that for their runs in Python."""
    run, baseline = map(nt.load_run, kept)
    assert output_of(capsys, "diverge", *kept) == f"{diverge(run, baseline)!r}\n"
    assert output_of(capsys, "compare", *kept) == f"{nt.compare(run, baseline=baseline)!r}\n"


@pytest.mark.thorough
def test_a_saved_run_is_compared_with_its_scenario(kept, capsys):
    """The scenario is run with the seed of the saved run, and has the same events. --without also works."""
    assert output_of(capsys, "diverge", kept[0], "hamlet").startswith("The two runs have the same ")
    assert output_of(capsys, "compare", kept[0], "--without", "mars") == output_of(capsys, "compare", *kept)
    assert output_of(capsys, "compare", "hamlet", kept[1], "--seed", "4") == output_of(capsys, "compare", *kept)


@pytest.mark.parametrize(
    "world",
    some(
        [("hamlet", "--seed", "4"), ("hamlet", "hamlet", "--seed", "4"), ("kept",), ("kept", "kept")],
        [("hamlet", "hamlet", "--seed", "4"), ("kept",)],
    ),
)
def test_settings_change_the_run_and_not_the_baseline(world, kept, capsys):
    """The gaps then have the sign of the change's effect, and the first line names both scenarios."""
    hamlet = nt.load_scenario("hamlet")
    changed = hamlet.having("policies.mars.quota", 0.0)
    expected = nt.compare(nt.simulate(changed, seed=4), baseline=nt.simulate(hamlet, seed=4))
    assert expected.gaps.loc["left with pay", "gap"] < 0
    words = ("--set", "policies.mars.quota=0.0")
    first = "Run: hamlet with policies.mars.quota=0.0. Baseline: hamlet. Both with seed 4."
    named = (kept[0] if word == "kept" else word for word in world)
    assert run_command(capsys, "compare", *named, *words)[1] == f"{first}\n{expected!r}\n{ONE_PAIR}\n{BANNER}"


def test_an_audit_names_the_changed_setting(capsys):
    """The change is shown from the baseline's value to the run's value."""
    words = ("--set", "policies.mars.quota=0.0")
    audit = run_command(capsys, "diverge", "hamlet", *words)[1]
    assert audit.startswith("Run: hamlet with policies.mars.quota=0.0. Baseline: hamlet. Both with seed 1.\n")
    assert "policies.mars.quota: 0.0 → " not in audit and " → 0.0" in audit


def test_set_changes_the_run_and_without_changes_the_baseline(capsys):
    """The run has the change and the policy; the baseline has neither."""
    hamlet = nt.load_scenario("hamlet")
    run = nt.simulate(hamlet.having("policies.mars.payback_months", 6), seed=1)
    expected = nt.compare(run, baseline=nt.simulate(hamlet.without("rets"), seed=1))
    words = ("compare", "hamlet", "--set", "policies.mars.payback_months=6", "--without", "rets")
    assert output_of(capsys, *words) == f"{expected!r}\n"


def test_one_person_can_be_audited(kept, capsys):
    """`--staff` selects the events of one person."""
    run, baseline = map(nt.load_run, kept)
    staff_id = diverge(run, baseline).person
    assert f"{diverge(run, baseline, staff=staff_id)!r}\n" == output_of(
        capsys, "diverge", *kept, "--staff", str(staff_id)
    )


def test_the_cause_of_a_divergence_is_found_by_trial(kept, capsys):
    """`--by-trial` names the responsible setting after the audit."""
    out = run_command(capsys, "diverge", *kept, "--by-trial")[1]
    assert out.endswith("Each of these alone makes the runs differ at the same event: policies.mars.\n")


def test_further_tables_are_printed_on_request(kept, capsys):
    """Strata by group, deadweight, posts saved, additionality and the waterfall follow the comparison."""
    more = ("--changes", "--by", "function", "--scheme", "mars", "--waterfall")
    status, out, _ = run_command(capsys, "compare", *kept, *more)
    assert status == 0
    for title in (
        "Settings that differ",
        "The opening staff at the end, by function",
        "Deadweight of MARS",
        "Posts saved by MARS",
        "Staff cost over the whole period",
    ):
        assert title in out
    assert (
        "People who stayed because of retention terms (RETS)"
        in run_command(capsys, "compare", "hamlet", "--without", "rets", "--retention", "rets")[1]
    )


@pytest.mark.thorough
def test_several_seeds_are_compared_as_in_python(capsys):
    """`--seeds 2 --seed 3` runs seeds 3 and 4 on both sides."""
    hamlet = nt.load_scenario("hamlet")
    runs, baselines = ([nt.simulate(world, seed=seed) for seed in (3, 4)] for world in (hamlet, hamlet.without("rets")))
    words = ("compare", "hamlet", "--without", "rets", "--seeds", "2", "--seed", "3")
    assert output_of(capsys, *words) == f"{nt.compare(runs, baseline=baselines)!r}\n"
    assert "Both with seeds 3 to 4." in run_command(capsys, *words)[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("diverge", "hamlet"), "the run would be compared with itself; change the run with --set"),
        (("diverge",), "Missing argument 'RUN'"),
        (("compare", "hamlet", "hamlt"), "did you mean 'hamlet'"),
        (("compare", "hamlet", "--without", "marz"), "did you mean 'mars'"),
        (
            ("compare", "hamlet", "--without", "mars", "--scheme", "redundancy"),
            "pays people to go in the baseline too; compare with a run without it: scenario.without('redundancy'), "
            "or --without redundancy at the command line",
        ),
        (
            ("compare", "hamlet", "--without", "mars", "--seeds", "2", "--waterfall"),
            "--seeds 2 prints only the summary; leave out --seeds, or --waterfall",
        ),
        (("compare", "hamlet", "--without", "mars", "--by", "job"), "'job' is not one of"),
        pytest.param(
            ("compare", "hamlet", "england-2010"),
            "have different people under 300 of 300 identities, such as 0",
            marks=pytest.mark.thorough,  # for two small scenarios: tests/comparison/test_people.py
        ),
        (("compare", "hamlet", "--without", "mars", "--retention", "mars"), "guarantees nobody a job in the run"),
        (("diverge", "hamlet", "--without", "mars", "--staff", "999999"), "identity 999999 is in neither run"),
    ],
)
def test_invalid_comparisons_are_refused(words, sentence, capsys):
    """The error is one line with exit status 2, and there is no output."""
    assert sentence in refused(capsys, *words)


def test_a_late_error_has_no_output_before_it(kept, tmp_path, capsys):
    """Saved runs with other law have no waterfall, and the comparison is not printed before this error."""
    for saved, folder in zip(kept, ("with", "without"), strict=True):
        run = nt.load_run(saved)
        other = attrs.evolve(run, provenance=attrs.evolve(run.provenance, law="0" * 64))
        nt.save_run(other, tmp_path / folder)
    words = (str(tmp_path / "with"), str(tmp_path / "without"))
    assert run_command(capsys, "compare", *words)[0] == 0
    assert "law: these runs used another law" in refused(capsys, "compare", *words, "--waterfall")
    assert "law: these runs used another law" in refused(capsys, "diverge", *words, "--by-trial")


def test_by_offers_every_grouping_of_the_library():
    """The grouping "all" is left out."""
    assert ("all", *CUTS) == comparison.CUTS


def test_a_saved_run_keeps_its_seed(kept, capsys):
    """Another seed, several seeds, or a change to a saved baseline are refused."""
    assert "the saved run has the seed 4, not 1; leave out --seed" in refused(capsys, "compare", *kept, "--seed", "1")
    assert "a saved run has only one seed" in refused(capsys, "compare", *kept, "--seeds", "3")
    assert "nothing can be left out of it" in refused(capsys, "diverge", *kept, "--without", "rets")
    assert "contains no run" in refused(capsys, "diverge", ".", "hamlet")


def test_deadweight_is_printed_by_default(kept, capsys):
    """Deadweight is the share of people who were paid by a scheme and would have left unpaid.

    One pair and several pairs are checked.
    """
    out = run_command(capsys, "compare", *kept)[1]
    row = nt.compare(*map(nt.load_run, kept[:1]), baseline=nt.load_run(kept[1])).deadweight("mars").loc[24]
    assert (
        f"Deadweight of MARS: of {row['takers']:.0f} people paid to go, {row['unpaid']:.0f} ({row['share']:.0%}) would"
        in out
    )
    payees = "this person" if row["unpaid"] == 1 else "these people"
    assert f"Payments to {payees} came to £{row['pounds']:,.0f}." in out
    assert (
        "people paid to go in 2 pairs of runs, "
        in run_command(capsys, "compare", "hamlet", "--without", "mars", "--seeds", "2")[1]
    )
    assert "Deadweight" not in run_command(capsys, "compare", "hamlet", "--without", "rets")[1]


def test_tables_of_one_pair_are_refused_for_several_seeds(capsys):
    """The error names the options that exclude each other, before any run."""
    error = refused(
        capsys, "compare", "england-2010", "--without", "mars", "--seeds", "8", "--scheme", "mars", "--waterfall"
    )
    assert "--seeds 8 prints only the summary; leave out --seeds, or --scheme and --waterfall" in error


def test_compare_accepts_the_folder_of_an_organisation(tmp_path, capsys):
    """It uses the scenario in the folder, like `nhstransit run`."""
    folder = tmp_path / "oakdale"
    made_folder(folder, write_extract(tmp_path / "extract.csv", 60), question="vr")
    status, out, _ = run_command(capsys, "compare", str(folder), "--without", "vr")
    assert status == 0 and out.startswith("Run: oakdale. Baseline: oakdale without vr.")


def test_deadweight_has_bounds_when_the_baseline_ends_too_soon():
    """It is then unknown whether some people would have stayed."""
    hamlet = nt.load_scenario("hamlet")
    pair = nt.simulate(hamlet, seed=1), nt.simulate(hamlet.without("mars"), seed=1)
    row = nt.compare(pair[0], baseline=pair[1]).deadweight("mars", months=(60,)).loc[60]
    (sentence,) = told_deadweight([pair], months=60)
    assert row["unseen"] > 0
    least = row["unpaid"] / row["takers"]
    most = (row["unpaid"] + row["unseen"]) / row["takers"]
    assert f"(between {least:.0%} and {most:.0%})" in sentence and "because the baseline ends too soon" in sentence
