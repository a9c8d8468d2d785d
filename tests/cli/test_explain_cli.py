"""`nhstransit explain`: the same text as in Python, and errors in one line."""

from __future__ import annotations

import subprocess
import sys

import pytest

import nhstransit as nt
from cli.command import refused, run_command
from nhstransit.england import status_of


def test_explain_prints_the_explanation(capsys):
    """The text equals that of `nhstransit.explain`, with the banner on what was fitted."""
    status, out, err = run_command(capsys, "explain", "hamlet")
    assert (status, err) == (0, "")
    hamlet = nt.load_scenario("hamlet")
    assert out == f"{nt.explain(hamlet)}\nhamlet: {status_of(hamlet).banner}\n"


@pytest.mark.thorough
def test_explain_works_as_a_module_in_another_process():
    """Warnings are errors in that process."""
    call = [sys.executable, "-W", "error", "-m", "nhstransit", "explain", "hamlet"]
    done = subprocess.run(call, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "29 October 2010 · mars, panel" in done.stdout


def test_a_policy_that_is_left_out_is_not_explained(capsys):
    """With --without mars, MARS is not mentioned."""
    assert "mars" not in run_command(capsys, "explain", "hamlet", "--without", "mars")[1]


def test_a_changed_setting_is_explained(capsys):
    """The explanation has the changed premium."""
    out = " ".join(run_command(capsys, "explain", "hamlet", "--set", "policies.rets.premium=0.2")[1].split())
    assert "policies.rets.premium 0.2 (in place of the law's rets.premium)" in out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("explain", "hamlot"), "did you mean 'hamlet'?"),
        (("explain", "hamlet", "--without", "marz"), "did you mean 'mars'?"),
        (("explain", "hamlet", "--set", "policies.mars.quota=2"), "give a share from 0 to 1"),
        (("explain", "hamlet", "--set", "policies.mars.quota"), "has no path or no value"),
        (("explain",), "SCENARIO"),
    ],
)
def test_a_mistake_is_reported_in_one_line(capsys, words, hint):
    """The exit status is 2, and the line says what would be right."""
    assert hint in refused(capsys, *words)
