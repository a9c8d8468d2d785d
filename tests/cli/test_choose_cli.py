"""`nhstransit choose` and `nhstransit benchmark-policies`: their output, files and errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhstransit.choice import choose_file
from nhstransit.errors import InputError
from tests.cli.command import refused, run_command

STUDY = """
format = 1
seed = 1
replications = 10
{0}

[[scenarios]]
name = "as it stands"
base = "hamlet"
having = {{ end = 2010-12-31 }}

[[scenarios]]
name = "no MARS"
base = "hamlet"
without = ["mars"]
having = {{ end = 2010-12-31 }}

[choice]
objectives = [{{ name = "left with pay" , way = "less" }}, {{ name = "left" }}]
"""
SMALL = """
format = 1
title = "Two"
version = 1
scenario = "hamlet"
seed = 1
replications = 1
variants = [{ name = "as it stands" }, { name = "no MARS", without = ["mars"] }]
"""


def study(folder: Path, more: str = "") -> str:
    path = folder / "choice.toml"
    path.write_text(STUDY.format(more), "utf-8")
    return str(path)


def test_a_choice_is_printed_stored_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is printed as sentences, then from the store as a table, and written as CSV."""
    monkeypatch.chdir(tmp_path)
    file = study(tmp_path)
    status, out, _ = run_command(capsys, "choose", file)
    assert status == 0 and (tmp_path / "choice.db").exists()
    assert out.startswith("Choose 'no MARS' for less left with pay: with a probability of at least ")
    assert "No uncertain number varies here" in out and "UNCALIBRATED" in out
    status, out, _ = run_command(capsys, "choose", file, "--table", "selections")
    assert status == 0 and "left with pay" in out and "needed" in out
    status, out, _ = run_command(capsys, "choose", file, "--table", "gaps", "--csv", "gaps.csv")
    assert out == "2 rows are written to gaps.csv.\n"
    assert (tmp_path / "gaps.csv").read_text().startswith("option,objective,gap,low,high,unit\nno MARS,left with pay,-")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[choice]\n", "[choce]\n"), "choce"),
        (('way = "less"', 'way = "fewer"'), "is 'fewer'"),
        (
            ('{ name = "left" }', '{ name = "lefft" }'),
            "objective 'lefft': is not a figure of the library; did you mean 'left'",
        ),
        (
            ("replications = 10", "replications = 5"),
            "replications: the number is 5, which is too few",
        ),
        (('without = ["mars"]', ""), "changes nothing in the scenario"),
        (("[choice]", '[choice]\nuncertainties = "fit"'), "'fit' cannot be used: hamlet was not fitted"),
    ],
)
def test_an_invalid_choice_file_is_refused(
    change: tuple[str, str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error names the file, and nothing is written."""
    file = Path(study(tmp_path))
    assert change[0] in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(*change), "utf-8")
    error = refused(capsys, "choose", str(file), "--store", str(tmp_path / "store.db"))
    assert message in error and "choice.toml" in error and not (tmp_path / "store.db").exists()


def test_a_study_without_a_choice_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = Path(study(tmp_path))
    file.write_text(file.read_text("utf-8").split("[choice]")[0], "utf-8")
    assert "choice: is missing; add a [choice] table with" in refused(capsys, "choose", str(file))


@pytest.mark.thorough
def test_the_bundled_choices_are_valid() -> None:
    """Their options differ and their objectives are known. Nothing is run."""
    from nhstransit.choice.choice_file import _arguments
    from nhstransit.choice.options import options_of
    from nhstransit.studies.study_file import bundled_studies, read_study

    names = [name for name in bundled_studies() if name.startswith("choose-")]
    assert names == ["choose-england-2010", "choose-england-2025", "choose-hamlet"]
    for name in names:
        given = _arguments(read_study(bundled_studies()[name]))
        found = options_of(given["scenario"], given["options"])
        assert len(found) >= 5 and found[0].scenario is given["scenario"]
    assert len(options_of(given["scenario"], given["options"])) == 5


def test_variants_are_benchmarked_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second benchmark has the same results as the table that the first one wrote."""
    file = tmp_path / "two.toml"
    out = tmp_path / "table.csv"
    file.write_text(SMALL, "utf-8")
    store = str(tmp_path / "runs.db")
    status, out_text, _ = run_command(
        capsys, "benchmark-policies", str(file), "--store", store, "--out", str(out), "--figure", "left"
    )
    assert status == 0 and out.exists() and "expertise" not in out_text
    assert "Benchmark of two, version 1: 2 variants × 1 replications" in out_text and "no earlier table" in out_text
    status, out_text, _ = run_command(capsys, "benchmark-policies", str(file), "--store", store, "--against", str(out))
    assert (
        status == 0
        and "The results are the same as in the stored table (version 1," in out_text
        and "expertise kept" in out_text
    )
    out.write_text(out.read_text("utf-8").replace("as it stands,left,people,", "as it stands,left,people,1"), "utf-8")
    status, out_text, _ = run_command(capsys, "benchmark-policies", str(file), "--store", store, "--against", str(out))
    assert "1 result differs from the stored table" in out_text
    assert "already exists" in refused(capsys, "benchmark-policies", str(file), "--out", str(out))


def test_an_unknown_figure_or_set_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--figure lefft: is not a figure of this table; did you mean 'left'" in refused(
        capsys, "benchmark-policies", "hamlet", "--figure", "lefft"
    )
    assert "benchmark 'hamlett': is not a bundled set" in refused(capsys, "benchmark-policies", "hamlett")


def test_zero_replications_are_refused(tmp_path: Path) -> None:
    """Zero does not mean the number in the file."""
    with pytest.raises(InputError, match="replications"):
        choose_file(study(tmp_path), replications=0)
