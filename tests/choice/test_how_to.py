"""The code of the page on choosing runs as written, with fewer people, futures and runs."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from nhstransit.choice import Choice, Search, uncertainties
from nhstransit.policies import Hiring
from nhstransit.scenario import Scenario
from nhstransit.studies.statistics import FEWEST
from tests.choice.made import world

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "choose.md"
FEWER = {"replications=30": f"replications={FEWEST}", "budget=24, replications=2": "budget=8, replications=1"}


def small_world() -> Scenario:
    """A few people with a severance round and vacancies that are refilled."""
    hiring = Hiring(announced=dt.date(2010, 4, 1), until=dt.date(2010, 12, 31), refill=0.5)
    return world(8).having("policies.hiring", hiring)


@pytest.mark.thorough
def test_the_blocks_of_the_page_on_choosing_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The results are a choice of four options, a winner after elimination, and a search."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(uncertainties, "USUAL_FUTURES", FEWEST)
    space: dict[str, Any] = {"__name__": "page", "HAMLET": small_world()}
    text = PAGE.read_text("utf-8")
    for old, new in FEWER.items():
        assert old in text
        text = text.replace(old, new)
    for block in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        exec(block.replace('nt.load_scenario("hamlet")', "HAMLET"), space)
    choice = space["choice"]
    quick = space["quick"]
    found = space["found"]
    assert isinstance(choice, Choice) and len(choice.options) == 4 and len(choice.draws) == FEWEST
    assert isinstance(quick, Choice) and isinstance(found, Search) and found.runs <= 8
    assert space["taught"].changes["no MARS"] == "without MARS" and len(space["taught"].numbers[0]) == 3
    assert (tmp_path / "choice.db").exists()
