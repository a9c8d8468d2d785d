"""`nhstransit report` and `--report`: the written files, and the errors before any run."""

from __future__ import annotations

import pytest

from nhstransit.cli.main import main


def asked(*words, capsys):
    """Exit status, standard output and standard error."""
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return end.value.code, *capsys.readouterr()


@pytest.mark.thorough
def test_report_and_run_report_write_the_same_page(tmp_path, capsys):
    """The page is written during the run, and later from its folder."""
    one = tmp_path / "one.md"
    other = tmp_path / "other.md"
    code, out, _ = asked("run", "hamlet", "--out", tmp_path / "o", "--report", one, capsys=capsys)
    assert code == 0 and f"The report is in {one}." in out
    code, out, _ = asked("report", tmp_path / "o", "--out", other, capsys=capsys)
    assert code == 0 and one.read_text("utf-8") == other.read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("report", "hamlet", "--out"),
        ("run", "hamlet", "--report"),
        ("compare", "hamlet", "--without", "mars", "--report"),
        ("sweep", "none.toml", "--report"),
        ("validate", "hamlet", "--report"),
    ],
)
def test_an_invalid_name_for_a_report_is_refused_before_the_run(words, tmp_path, monkeypatch, capsys):
    """The error is one line with exit status 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    code, out, err = asked(*words, "brief.docx", capsys=capsys)
    assert code == 2 and "end the name in .html, .xlsx, .md" in err and not out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_a_comparison_is_written_as_a_page(tmp_path, capsys):
    page = tmp_path / "brief.html"
    code, *_ = asked("compare", "hamlet", "--without", "mars", "--report", page, capsys=capsys)
    assert code == 0 and "Compared with what" in page.read_text("utf-8")
