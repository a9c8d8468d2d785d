"""The national run is what it was: event for event in every column, all of which hold whole numbers."""

from __future__ import annotations

import json

import pytest

from tests.golden.make import FILE, england


@pytest.fixture(scope="module")
def runs():
    """What is kept of the national run, and what it is now."""
    return json.loads(FILE.read_text("utf-8")), england()


@pytest.mark.parametrize("part", ["people", "posts", "events", "pence", "columns"])
def test_the_national_run_is_what_it_was(runs, part):
    """People, posts, events and pence by kind and rule, and the bytes of each column, are as committed."""
    kept, made = runs
    assert made[part] == kept[part]
