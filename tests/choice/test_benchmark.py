"""Benchmarks of policy variants: sets of variants, tables, and comparisons with an earlier table."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest

from nhstransit.choice.benchmark import (
    FIGURES,
    Benchmark,
    benchmark_policies,
    bundled_benchmarks,
    read_benchmark,
    read_set,
    stored_benchmark,
)
from nhstransit.errors import FormatError, InputError
from nhstransit.studies.content import scenario_content

SET = """
format = 1
title = "A small set"
version = 3
scenario = "{1}"
seed = 1
replications = {0}

[[variants]]
name = "as it stands"

[[variants]]
name = "no MARS"
without = ["mars"]

[[variants]]
name = "a quota above every case"
having = {{ "policies.mars.quota" = 0.9 }}
"""


SHORT = """
format = 1
of = "hamlet"
name = "short"
end = 2010-12-31
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of variants of the hamlet's first nine months."""
    path = tmp_path_factory.mktemp("sets") / "small.toml"
    path.write_text(SET.format(2, "short.toml"), "utf-8")
    (path.parent / "short.toml").write_text(SHORT, "utf-8")
    return path


@pytest.fixture(scope="module")
def found(file: Path) -> Benchmark:
    return benchmark_policies(file)


NATIONAL = ("england-2010", "england-2025")
SETS = ("hamlet", *(pytest.param(name, marks=pytest.mark.thorough) for name in NATIONAL))


@pytest.mark.parametrize("name", SETS)
def test_bundled_sets_have_different_valid_variants(name: str) -> None:
    """The first variant is the unchanged scenario. Each set for England has more than twenty variants."""
    assert name in bundled_benchmarks()
    known, written, scenarios = read_set(name)
    contents = [scenario_content(one) for one in scenarios.values()]
    assert known == name and len(set(contents)) == len(contents) == len(written.variants)
    assert written.version >= 1 and written.replications >= 10
    assert len(scenarios) > (20 if name in NATIONAL else 2)
    assert not written.variants[0].having and not written.variants[0].without


@pytest.mark.parametrize("name", SETS)
def test_stored_tables_match_their_sets(name: str) -> None:
    """A bundled table has every variant and figure of its set, and the same version."""
    table = stored_benchmark(name)
    _, written, scenarios = read_set(name)
    assert table is not None and table.version == written.version and table.name == name
    assert set(table.table.index) == {(one, figure) for one in scenarios for figure in FIGURES}
    assert table.table["low"].notna().all()


@pytest.mark.thorough
def test_the_stored_table_of_the_hamlet_is_reproduced() -> None:
    """After running it again, no result differs and the hash is the same."""
    again = benchmark_policies("hamlet")
    stored = stored_benchmark("hamlet")
    assert stored is not None and not len(again.against(stored)) and again.hash == stored.hash


def test_variants_are_compared_with_the_first(found: Benchmark) -> None:
    """The gap of the first is zero, and so is the gap of a variant that changed nothing, which is named."""
    assert (found.name, found.version, found.replications) == ("small", 3, 2)
    assert (found.table.loc["as it stands"]["gap"] == 0).all()
    assert list(found.inert) == ["a quota above every case"]
    assert found.inert["a quota above every case"].startswith("the limit is never reached: ")
    assert found.table.loc[("no MARS", "left with pay"), "gap"] != 0
    assert found.table["low"].isna().all()  # two replications are too few for an interval
    assert repr(found).startswith("Benchmark of small, version 3: 3 variants × 2 replications")


def test_a_table_is_the_same_after_writing_and_reading(found: Benchmark, tmp_path: Path) -> None:
    found.write(tmp_path / "table.csv")
    again = read_benchmark(tmp_path / "table.csv")
    assert len(found.against(again)) == 0 and again.hash == found.hash
    assert np.array_equal(again.table["mean"].to_numpy(), found.table["mean"].to_numpy())


def test_changed_results_are_found(found: Benchmark) -> None:
    """A different mean, a different sign, a new row, and a missing row."""
    table = found.table.copy()
    table.loc[("no MARS", "left"), "mean"] += 1
    table.loc[("no MARS", "exit cost"), ["gap", "low", "high"]] = [5.0, 1.0, 9.0]
    table = table.drop(index=[("no MARS", "social value")])
    changes = found.against(attrs.evolve(found, table=table))
    assert changes["changed"].to_dict() == {
        ("no MARS", "left"): "mean",
        ("no MARS", "exit cost"): "sign of the gap",
        ("no MARS", "social value"): "new",
    }
    assert changes.loc[("no MARS", "left"), "then"] == changes.loc[("no MARS", "left"), "now"] + 1
    fewer = attrs.evolve(found, table=table).against(found)
    assert fewer["changed"].loc[("no MARS", "social value")] == "gone"


def test_different_sets_or_numbers_of_runs_are_not_compared(found: Benchmark) -> None:
    with pytest.raises(
        InputError,
        match="the stored table: is of 'other' with 2 replications and seed 1; give a table of 'small'",
    ):
        found.against(attrs.evolve(found, name="other"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SET.format(1, "hamlet").replace("without = ", "witout = "), "variants[1].witout"),
        (SET.format(1, "hamlet").replace('["mars"]', '["marz"]'), "scenario 'no MARS': "),
        (SET.format(1, "hamlet").replace("no MARS", "as it stands"), "variants: 'as it stands' is used twice"),
        (
            SET.format(1, "hamlet").split('[[variants]]\nname = "no MARS"')[0],
            "variants: the number is only 1; list the unchanged scenario",
        ),
    ],
)
def test_an_invalid_set_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read_set(path)
    assert message in str(error.value) and "mine.toml" in str(error.value)


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(InputError, match="benchmark 'hamlett': is not a bundled set; did you mean 'hamlet'"):
        read_set("hamlett")


def test_an_invalid_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("variant,figure\na,left\n", "utf-8")
    with pytest.raises(FormatError, match="has no column 'unit'; give a table written by"):
        read_benchmark(path)
