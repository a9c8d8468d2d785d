"""The same people, decisions and money on every processor: exponentials, sums and order of ties are the library's own."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import module_file, reached, unlike

SCRIPT = Path(__file__).parents[1] / ".ci" / "processor.py"  # by which CI makes a plain processor of any
PROCESSOR = runpy.run_path(str(SCRIPT))
# What a run follows from: the engine, and how scenarios and their opening staff are made.
DECIDING = ("nhstransit.engine.simulate", "nhstransit.scenario", "nhstransit.synthesis", "nhstransit.organisations")
# Each of these was looked at: why another last bit cannot change a run.
HARMLESS = {
    ("nhstransit.rounding", "@"): "counts of cells, asked only whether they are above zero",
    ("nhstransit.synthesis.fitting", "scipy.optimize"): "finds the words of an error once the fitting has failed",
    ("nhstransit.synthesis.fitting", "scipy.sparse"): "finds the words of an error once the fitting has failed",
    ("nhstransit.law.appraisal", "@"): "present values, which are measures: no run reads them",
    ("nhstransit.law.appraisal", "**"): "price indices past the end of their table, which only measures read",
    ("nhstransit.streams", "np.random"): "SeedSequence: whole numbers only",
    ("nhstransit.policies.returns", "scipy.special"): "expected years away in closed form, which only measures read",
    ("nhstransit.policies.returns", "**"): "expected years away in closed form, which only measures read",
    ("nhstransit.workforce.faults", "np.log"): "guesses, in an error, the period that pay was meant for",
    ("nhstransit.errors", "**"): "a whole number's length, in an error",
}

DIGESTS = """
import hashlib, json, sys
import nhstransit as nt
found = {}
for name in sys.argv[1:]:
    scenario = nt.load_scenario(name)
    staff = b"".join(column.tobytes() for column in scenario.workforce.columns().values())
    log = nt.simulate(scenario, seed=1).log
    found[name] = [len(log), hashlib.sha256(log.to_bytes()).hexdigest(), hashlib.sha256(staff).hexdigest()]
print(json.dumps(found))
"""


def test_nothing_that_decides_takes_an_exponential_from_elsewhere():
    found = {}
    for name in sorted(reached(*DECIDING)):
        for line, what in unlike(module_file(name).read_text("utf-8")):
            if (name, what) not in HARMLESS:
                found[f"{name}:{line}"] = what
    assert not found, f"take these from nhstransit.arithmetic: {found}"


def test_every_exception_is_still_needed():
    deciding = reached(*DECIDING)
    for name, what in HARMLESS:
        assert name in deciding
        assert what in {one for _, one in unlike(module_file(name).read_text("utf-8"))}


def test_the_modules_that_decide_are_found():
    deciding = reached(*DECIDING)
    for name in (
        "behaviour.departures",
        "clocks",
        "streams",
        "policies.returns",
        "synthesis.people",
        "arithmetic",
    ):
        assert f"nhstransit.{name}" in deciding
    assert "nhstransit.measures.headline_figures" not in deciding


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("np.exp(x)", "np.exp"),
        ("math.log1p(x)", "math.log1p"),
        ("from scipy.special import ndtr", "scipy.special"),
        ("from math import exp", "math"),
        ("def f():\n    import scipy.stats", "scipy.stats"),
        ("spread ** 2", "**"),
        ("x **= 2", "**"),
        ("2.0 ** x", "**"),
        ("a @ b", "@"),
        ("np.linalg.cholesky(x)", "np.linalg"),
        ("np.argsort(x)", "argsort without kind"),
        ("x.argsort()", "argsort without kind"),
    ],
)
def test_the_source_test_sees(source, what):
    assert what in [one for _, one in unlike(source)]


@pytest.mark.parametrize(
    "source", ["np.sqrt(x)", "2**40", "2.0**-53", 'np.argsort(x, kind="stable")', "np.lexsort(x)", "arithmetic.exp(x)"]
)
def test_the_source_test_lets_pass(source):
    assert not unlike(source)


def plain_processor():
    """The environment in which NumPy and the C library use none of this processor's newer instructions."""
    return {**os.environ, **PROCESSOR["plain"]()}


def _digests(environment, *names):
    command = [sys.executable, "-c", DIGESTS, *names]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_plain_processor_is_a_plain_one():
    """Where this process runs on one already, too: as .ci/run and the long proofs play this test."""
    command = [sys.executable, "-c", "import runpy, sys; print(*runpy.run_path(sys.argv[1])['newer']())", str(SCRIPT)]
    once = plain_processor()
    done = subprocess.run(command, env=once, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    again = [sys.executable, str(SCRIPT)]
    told = subprocess.run(again, env=once, capture_output=True, text=True, check=True).stdout.splitlines()
    assert told == [f"{name}={once[name]}" for name in PROCESSOR["plain"]()]


@pytest.mark.thorough
def test_staff_and_events_are_the_same_on_a_plain_processor():
    """Of the hamlet; the national run on a plain processor is played by .ci/run and by the long proofs."""
    assert _digests(dict(os.environ), "hamlet") == _digests(plain_processor(), "hamlet")


@pytest.mark.thorough
def test_staff_and_events_of_every_bundled_scenario_are_the_same_on_a_plain_processor():
    import nhstransit as nt

    names = [name for name in nt.bundled_scenarios() if name != "hamlet"]
    assert _digests(dict(os.environ), *names) == _digests(plain_processor(), *names)
