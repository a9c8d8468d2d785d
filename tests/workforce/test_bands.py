"""Pay bands: their order follows from the levels in the table of bands, not from their positions in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nhstransit
from nhstransit.workforce import columns as codes
from nhstransit.workforce.cells import grade_of
from nhstransit.workforce.columns import BANDS, Band, agenda_for_change, at_least, bands_below, rank_of

# Runs the hamlet in a process with the table of bands in the order of the argument, and prints a digest of its events.
# The random numbers of a post depend on the code of its band, which this script changes: each post keeps its old key.
# Newcomers are numbered in the order of posts, which also changes: the digest gives all of them the number -1.
_HAMLET = """
import hashlib, importlib.util, pathlib, sys
import attrs
import numpy as np
import nhstransit
name = "nhstransit.workforce.columns"
file = pathlib.Path(nhstransit.__file__).parent / "workforce" / "columns.py"
spec = importlib.util.spec_from_file_location(name, file)
codes = importlib.util.module_from_spec(spec)
sys.modules[name] = codes
spec.loader.exec_module(codes)
if sys.argv[1] == "backwards":
    codes.BAND_TABLE = codes.BAND_TABLE[::-1]
    codes.BANDS = codes.BANDS[::-1]
    codes.VSM = codes.BANDS.index("VSM")
    from nhstransit.organisations import posts
    keys = posts.post_keys
    old = lambda band: len(codes.BANDS) - 1 - np.asarray(band, "int64")
    changed = lambda bodies, functions, body, function, band, n: keys(bodies, functions, body, function, old(band), n)
    for module in list(sys.modules.values()):
        if getattr(module, "post_keys", None) is keys:
            module.post_keys = changed
world = nhstransit.load_scenario("hamlet")
from nhstransit.policies import Returns
returns = Returns(announced=world.start, after=("mars", "resignation"), unseen=0.6, share=0.1)
world = world.having("policies.redundancy.alternatives", ("ccg", "community-provider")).having("policies.returns", returns)
late = dict(closes=world.policies["redundancy"].consults, leaves=world.policies["redundancy"].consults, removed=0.0)
world = world.having("policies.mars", attrs.evolve(world.policies["mars"], redeployed=1.0, payback_months=200.0, **late))
run = nhstransit.simulate(world, seed=3)
log = run.log
staff = np.where(np.isin(log.staff, world.workforce.staff), log.staff, -1)
events = sorted(zip(*(each.tolist() for each in (log.day, log.phase, log.kind, log.rule, staff, log.pence))))
print(len(events), codes.BANDS[0], hashlib.sha256(repr(events).encode()).hexdigest())
"""


def hamlet(order: str) -> list[str]:
    """The number of events, the first band of the table, and a digest of the events without the numbers of posts."""
    finished = subprocess.run(
        [sys.executable, "-c", _HAMLET, order], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    return finished.stdout.split()


def test_ranks_count_the_bands_below() -> None:
    """Band 1 has no band below it; very senior managers have all twelve below them."""
    assert rank_of(np.array([BANDS.index("1"), BANDS.index("8a"), BANDS.index("VSM")])).tolist() == [0, 7, 12]


def test_bands_below_counts_down_from_a_band() -> None:
    """One band below 8a is 7; two bands below 9 is 8c."""
    assert [BANDS[bands_below(BANDS.index("8a"), 1)], BANDS[bands_below(BANDS.index("9"), 2)]] == ["7", "8c"]


def test_a_new_band_needs_only_a_line_at_the_end_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Band 8e, added with its level, ranks between 8d and 9 everywhere."""
    monkeypatch.setattr(codes, "BAND_TABLE", (*codes.BAND_TABLE, Band("8e", 8.5)))
    monkeypatch.setattr(codes, "BANDS", (*BANDS, "8e"))
    new = len(BANDS)
    assert rank_of(new) == rank_of(BANDS.index("8d")) + 1 == rank_of(BANDS.index("9")) - 1
    assert bands_below(BANDS.index("9"), 1) == new and bands_below(new, 1) == BANDS.index("8d")
    assert at_least(np.array([new]), "8a").all() and not at_least(np.array([new]), "9").any()
    assert agenda_for_change()[-3:] == ("8d", "8e", "9")


@pytest.mark.thorough
def test_no_position_in_the_table_is_used_as_a_rank() -> None:
    """With the table in reverse order, the run has the same events for the same people."""
    assert hamlet("backwards")[1] == "VSM"
    assert hamlet("backwards")[2] == hamlet("forwards")[2]


def test_the_letters_of_bands_are_read_from_the_table() -> None:
    """A grade with a letter that no band has is not recognised."""
    assert [grade_of(word) for word in ("Band 8d", "8a", "Band 8z")] == ["8d", "8a", None]


def test_no_code_of_a_band_is_compared_or_subtracted() -> None:
    """The library compares bands only with `rank_of` and `at_least`, and never slices the table."""
    as_rank = re.compile(r"BANDS\[:|range\(VSM|\.band(\[\w+\])*(\.astype\([^)]*\))?(\[[^\]]*\])* *([<>]=?|[-+] )")
    assert as_rank.search("people.band[rows] >= _SENIOR") and as_rank.search(
        'people.band[rows].astype("int64") - other'
    )
    files = sorted(Path(nhstransit.__file__).parent.rglob("*.py"))
    assert [f"{file.name}: {found[0]}" for file in files if (found := as_rank.search(file.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    ("word", "band"),
    [
        ("NHS|XR05|Review Body Band 5", "5"),
        ("NHS|XR08|Review Body Band 8 - Range A", "8a"),
        ("NHS|XR09|Review Body Band 8 - Range B", "8b"),
        ("NHS|XR09|Review Body Band 9", "9"),
        ("NHS|XR12|Review Body Band 9", "9"),
        ("NHS|XR00|Review Body Band 5", None),
        ("NHS|XR06|Review Body Band 5", None),
        ("NHS|XR12|Review Body Band 5", None),
        ("NHS|XR13|Review Body Band 5", None),
        ("NHS|XR07|Review Body Band 8 - Range A", None),
        ("NHS|XR00|", None),
    ],
)
def test_a_grade_whose_code_and_words_differ_is_unknown(word: str, band: str | None) -> None:
    """The same applies when the code belongs to no band: the user must decide in the mapping."""
    assert grade_of(word) == band
