"""`nhstransit explain`: the same words as in Python, and mistakes in one sentence."""

from __future__ import annotations

import subprocess
import sys

import pytest

import nhstransit as nt
from cli.asking import asked, refused
from nhstransit.england import status_of


def test_it_prints_the_explanation(capsys):
    """Word for word what `explain` gives, and what the numbers rest on."""
    status, out, err = asked(capsys, "explain", "hamlet")
    assert (status, err) == (0, "")
    hamlet = nt.load_scenario("hamlet")
    assert out == f"{nt.explain(hamlet)}\nhamlet: {status_of(hamlet).banner}\n"


@pytest.mark.thorough
def test_in_a_process_of_its_own_too():
    """The module runs from a shell, with warnings for errors."""
    call = [sys.executable, "-W", "error", "-m", "nhstransit", "explain", "hamlet"]
    done = subprocess.run(call, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "29 October 2010 · mars, panel" in done.stdout


def test_what_is_left_out_is_not_told(capsys):
    """Without MARS there is nothing of it."""
    assert "mars" not in asked(capsys, "explain", "hamlet", "--without", "mars")[1]


def test_what_is_set_is_told(capsys):
    """Another premium is read out."""
    out = " ".join(asked(capsys, "explain", "hamlet", "--set", "policies.rets.premium=0.2")[1].split())
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
def test_mistakes_are_told_in_a_sentence(capsys, words, hint):
    """Exit status 2, one line, and what would be right."""
    assert hint in refused(capsys, *words)
