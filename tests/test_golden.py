"""The national runs have not changed: every event is equal in every column to the stored results."""

from __future__ import annotations

import json

import pytest

from tests.examples import some
from tests.golden.make import FOLDER, WORLDS, summary
from tests.shared import england_run


@pytest.fixture(scope="module", params=some(WORLDS, ["england-2010"]))  # the other one uses the same code
def runs(request):
    """The stored summary of a national run, and its summary now."""
    return json.loads((FOLDER / f"{request.param}.json").read_text("utf-8")), summary(england_run(request.param))


@pytest.mark.parametrize("part", ["people", "posts", "events", "pence", "columns"])
def test_a_national_run_has_not_changed(runs, part):
    """People, posts, events and pence by kind and rule, and the bytes of each column, are as stored."""
    stored, now = runs
    assert now[part] == stored[part]
