"""The national runs are what they were: event for event in every column, all of which hold whole numbers."""

from __future__ import annotations

import json

import pytest

from tests.examples import some
from tests.golden.make import FOLDER, WORLDS, summary
from tests.shared import england_run


@pytest.fixture(scope="module", params=some(WORLDS, ["england-2010"]))  # the other is played from the same code
def runs(request):
    """What is kept of a national run, and what it is now."""
    return json.loads((FOLDER / f"{request.param}.json").read_text("utf-8")), summary(england_run(request.param))


@pytest.mark.parametrize("part", ["people", "posts", "events", "pence", "columns"])
def test_the_national_run_is_what_it_was(runs, part):
    """People, posts, events and pence by kind and rule, and the bytes of each column, are as committed."""
    kept, made = runs
    assert made[part] == kept[part]
