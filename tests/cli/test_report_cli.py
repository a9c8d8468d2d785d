"""`nhstransit report` and `--report`: what is written, and what is refused before anything is run."""

from __future__ import annotations

import pytest

from nhstransit.cli.main import main


def asked(*words, capsys):
    """Exit status, and what was printed on standard output and standard error."""
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return end.value.code, *capsys.readouterr()


@pytest.mark.thorough
def test_a_run_is_reported_as_it_is_made_and_from_its_folder(tmp_path, capsys):
    """The same page both times."""
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
def test_a_name_that_no_report_has_is_refused_at_once(words, tmp_path, monkeypatch, capsys):
    """Exit status 2, one sentence, nothing written."""
    monkeypatch.chdir(tmp_path)
    code, out, err = asked(*words, "brief.docx", capsys=capsys)
    assert code == 2 and "end the name in .html, .xlsx, .md" in err and not out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_a_comparison_is_reported(tmp_path, capsys):
    """As a page."""
    page = tmp_path / "brief.html"
    code, *_ = asked("compare", "hamlet", "--without", "mars", "--report", page, capsys=capsys)
    assert code == 0 and "Compared with what" in page.read_text("utf-8")
