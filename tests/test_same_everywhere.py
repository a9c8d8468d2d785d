"""Runs are equal on every processor, because the library has its own exponentials, sums and order of ties."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import module_file, reached, unlike

SCRIPT = Path(__file__).parents[1] / ".ci" / "processor.py"  # with which CI switches newer instructions off
PROCESSOR = runpy.run_path(str(SCRIPT))
# Modules that determine a run: the engine, and the making of scenarios and their opening staff.
DECIDING = ("nhstransit.engine.simulate", "nhstransit.scenario", "nhstransit.synthesis", "nhstransit.organisations")
# Uses that were checked, with the reason why another last bit cannot change a run.
HARMLESS = {
    ("nhstransit.rounding", "@"): "counts of cells, which are only compared with zero",
    ("nhstransit.synthesis.fitting", "scipy.optimize"): "only for the error message after a failed fit",
    ("nhstransit.synthesis.fitting", "scipy.sparse"): "only for the error message after a failed fit",
    ("nhstransit.law.appraisal", "@"): "present values, which only measures use",
    ("nhstransit.law.appraisal", "**"): "price indices after the end of their table, which only measures use",
    ("nhstransit.streams", "np.random"): "SeedSequence, which uses whole numbers only",
    ("nhstransit.policies.returns", "scipy.special"): "expected years away, which only measures use",
    ("nhstransit.policies.returns", "**"): "expected years away, which only measures use",
    ("nhstransit.workforce.faults", "np.log"): "only for an error message, to guess the period of pay",
    ("nhstransit.errors", "**"): "only for an error message, for the length of a number",
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


def test_modules_that_determine_a_run_use_no_function_that_depends_on_the_processor():
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


def test_the_modules_that_determine_a_run_are_found():
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
def test_the_check_of_the_source_finds_operations_that_depend_on_the_processor(source, what):
    assert what in [one for _, one in unlike(source)]


@pytest.mark.parametrize(
    "source", ["np.sqrt(x)", "2**40", "2.0**-53", 'np.argsort(x, kind="stable")', "np.lexsort(x)", "arithmetic.exp(x)"]
)
def test_the_check_of_the_source_allows_operations_that_are_equal_on_every_processor(source):
    assert not unlike(source)


def plain_processor():
    """Environment variables with which NumPy and the C library use none of this processor's newer instructions."""
    return {**os.environ, **PROCESSOR["plain"]()}


def _digests(environment, *names):
    command = [sys.executable, "-c", DIGESTS, *names]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_newer_instructions_of_the_processor_are_switched_off():
    """This also holds if they are already switched off in this process."""
    command = [sys.executable, "-c", "import runpy, sys; print(*runpy.run_path(sys.argv[1])['newer']())", str(SCRIPT)]
    once = plain_processor()
    done = subprocess.run(command, env=once, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    again = [sys.executable, str(SCRIPT)]
    output = subprocess.run(again, env=once, capture_output=True, text=True, check=True).stdout.splitlines()
    assert output == [f"{name}={once[name]}" for name in PROCESSOR["plain"]()]


@pytest.mark.thorough
def test_staff_and_events_of_the_hamlet_are_equal_on_a_plain_processor():
    assert _digests(dict(os.environ), "hamlet") == _digests(plain_processor(), "hamlet")


@pytest.mark.thorough
def test_staff_and_events_of_every_bundled_scenario_are_equal_on_a_plain_processor():
    import nhstransit as nt

    names = [name for name in nt.bundled_scenarios() if name != "hamlet"]
    assert _digests(dict(os.environ), *names) == _digests(plain_processor(), *names)
