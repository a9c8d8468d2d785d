"""The functions of the package: each explains in a sentence which argument it needs if it gets a wrong one."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from inspect import isfunction
from typing import Any

import pytest

import nhstransit as nt
from nhstransit import comparison
from nhstransit import studies as sweeps
from nhstransit.errors import InputError, NhstransitError, check_kind
from nhstransit.studies import Levels, Range, sensitivity
from tests.shared import worlds_are_played_once
from tests.studies.made import left, tiny

SCENARIO = "give a Scenario, such as load_scenario(name)"
RUN = "give a Run, such as simulate(scenario, seed=...)"


@pytest.fixture(scope="module")
def world() -> nt.Scenario:
    return tiny()


@pytest.fixture(scope="module")
def run(world: nt.Scenario) -> nt.Run:
    return nt.simulate(world, seed=1)


CASES: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "simulate a name": (lambda w, r: nt.simulate("hamlet", seed=1), f"scenario: is 'hamlet'; {SCENARIO}"),
    "simulate a run": (lambda w, r: nt.simulate(r, seed=1), f"scenario: is a Run; {SCENARIO}"),
    "simulate under a name": (
        lambda w, r: nt.simulate(w, seed=1, law="x"),
        "law: is 'x'; give a Law, such as Law.bund",
    ),
    "measure a scenario": (lambda w, r: nt.measure(w), f"run: is a Scenario; {RUN}"),
    "measure nothing": (lambda w, r: nt.measure(None), f"run: is None; {RUN}"),
    "career in a scenario": (lambda w, r: nt.career(w, 1), f"run: is a Scenario; {RUN}"),
    "career of a word": (lambda w, r: nt.career(r, "1"), "staff: is '1'; give an identity, which is a whole number"),
    "state of a scenario": (lambda w, r: nt.state_on(w, dt.date(2010, 5, 1)), f"run: is a Scenario; {RUN}"),
    "state on a text": (lambda w, r: nt.state_on(r, "2010-05-01"), "day: is '2010-05-01'; give a date"),
    "compare scenarios": (lambda w, r: nt.compare(w, baseline=r), "run: is a Scenario, not a run; give runs"),
    "explain a run": (lambda w, r: nt.explain(r), f"scenario: is a Run; {SCENARIO}"),
    "load a scenario": (lambda w, r: nt.load_scenario(w), "name: is a Scenario; give the name of a bundled scenario"),
    "load a number": (lambda w, r: nt.load_run(3), "folder: is 3; give a path"),
    "save a scenario": (lambda w, r: nt.save_run(w, "x"), f"run: is a Scenario; {RUN}"),
    "save to a number": (lambda w, r: nt.save_run(r, 3), "folder: is 3; give a path"),
    "read a number": (lambda w, r: nt.read_staff(3, [], []), "path: is 3; give a path"),
    "sweep a name": (
        lambda w, r: nt.sweep("hamlet", replications=1, seed=1),
        "scenarios: are of type str; give a scenario",
    ),
    "sweep a list": (
        lambda w, r: nt.sweep([w], replications=1, seed=1),
        "scenarios: are of type list; give a scenario",
    ),
    "validate a run": (lambda w, r: nt.validate(r), f"scenario: is a Run; {SCENARIO}"),
    "calibrate a name": (lambda w, r: nt.calibrate("hamlet", (), ()), f"scenario: is 'hamlet'; {SCENARIO}"),
    "diverge": (lambda w, r: comparison.diverge(r, w), f"baseline: is a Scenario; {RUN}"),
    "responsible": (lambda w, r: comparison.responsible(w, r), f"run: is a Scenario; {RUN}"),
    "deadweight of a number": (lambda w, r: nt.compare(r, baseline=r).deadweight(3), "scheme: is 3; name a policy"),
    "rank a name": (lambda w, r: sensitivity.rank("hamlet", []), f"scenario: is 'hamlet'; {SCENARIO}"),
    "rank paths": (lambda w, r: sensitivity.rank(w, ["x"]), "ranges: is 'x'; give ranges, such as ranges_of(scenario)"),
    "screen a run": (lambda w, r: sensitivity.screen(r, []), f"scenario: is a Run; {SCENARIO}"),
    "ranges of a run": (lambda w, r: sensitivity.ranges_of(r), f"scenario: is a Run; {SCENARIO}"),
    "open a number": (lambda w, r: sweeps.open_study(3), "path: is 3; give a path"),
    "read draws": (lambda w, r: sweeps.read_draws(None), "path: is None; give a path"),
    "grid around a name": (lambda w, r: sweeps.grid("hamlet", Levels("x", 1)), f"scenario: is 'hamlet'; {SCENARIO}"),
    "grid of paths": (
        lambda w, r: sweeps.grid(w, "policies.mars.quota"),
        "the design: is 'policies.mars.quota'; give Lev",
    ),
    "zipped ranges": (lambda w, r: sweeps.zipped(w, Range("x", 1, 2)), "the design: is a Range; give Levels("),
    "hypercube": (lambda w, r: sweeps.latin_hypercube(w, Levels("x", 1), points=3), "is a Levels; give Range("),
    "sobol": (lambda w, r: sweeps.sobol(w, 3, points=4), "the design: is 3; give Range("),
    "crossed": (lambda w, r: sweeps.crossed(w), "crossed: is a Scenario; give designs"),
    "set a number": (lambda w, r: w.having(3, 4), "path: is 3; write a dotted path"),
    "without a number": (lambda w, r: w.without(3), "policy: is 3; name a policy"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_argument_is_refused(case: str, world: nt.Scenario, run: nt.Run) -> None:
    """The message says what was given, what to give, and how to make it."""
    call, message = CASES[case]
    with pytest.raises(NhstransitError) as caught:
        call(world, run)
    assert message in str(caught.value)


def test_a_study_refuses_wrong_arguments() -> None:
    """A scenario in place of its name, and a number in place of measures."""
    study = sweeps.sweep({"one": tiny(), "two": tiny(3)}, replications=1, seed=1, measure=left)
    with pytest.raises(InputError, match="baseline: is a Scenario; give the name of a scenario of the study"):
        study.gaps(baseline=tiny())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="measures: is 3; give the names of one or more measures"):
        study.summary(3)  # type: ignore[arg-type]


def test_long_texts_are_cut() -> None:
    """The wrong value may be the text of a whole file."""
    with pytest.raises(InputError) as caught:
        check_kind("run", "x" * 100_000, int)
    assert len(str(caught.value)) < 120 and str(caught.value).endswith("; give an int")


def test_the_version_is_that_of_the_installed_package() -> None:
    """Reading it does not load NumPy."""
    assert nt.__version__ == version("nhstransit")
    code = "import nhstransit, sys; print(nhstransit.__version__, 'numpy' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert output == [nt.__version__, "False"]
    with pytest.raises(AttributeError):
        _ = nt.no_such_name


def test_a_patched_name_of_the_package_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """This also holds if the name was not loaded before. Otherwise later tests of the process would get the patch."""
    for _ in range(2):  # the first call of `isfunction` loads and stores the name
        monkeypatch.delitem(vars(nt), "simulate", raising=False)
        with monkeypatch.context() as patch:
            worlds_are_played_once(patch)
            assert not isfunction(nt.simulate)
        assert isfunction(nt.simulate)
