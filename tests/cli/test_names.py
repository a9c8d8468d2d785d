"""Users' names with unusual characters in output, in file names and in options of the command."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nhstransit.cli import main
from nhstransit.cli.letters import _nearest
from nhstransit.errors import FormatError, Mistakes
from tests.cli.command import refused, run_command

VARIANT = 'format = 1\nof = "hamlet"\nname = "{name}"\ntitle = "{title}"\n'
MARKUP = "Hamlet [/draft] [bold]x[/] :smile: [link=a"


def variant(folder: Path, name: str = "draft", title: str = "") -> str:
    """The path of a variant of the hamlet with this name and title."""
    path = folder / "draft.toml"
    path.write_text(VARIANT.format(name=name, title=title), "utf-8")
    return str(path)


def test_brackets_and_colons_are_printed_unchanged(capsys, tmp_path, monkeypatch):
    """Titles, names, folders and tables of a run and of the opening staff are not read as markup."""
    monkeypatch.chdir(tmp_path)
    for words in (("show",), ("run", "--out", "out [/]"), ("explain",)):
        status, out, err = run_command(capsys, words[0], variant(tmp_path, title=MARKUP), *words[1:])
        assert (status, err) == (0, "") and MARKUP in out
    assert (tmp_path / "out [/]" / "run.json").exists()


def test_scenarios_whose_names_differ_only_in_brackets_are_distinguished(capsys, tmp_path):
    study = tmp_path / "s.toml"
    short = 'base = "hamlet"\nhaving = { end = 2010-06-30 }\n'
    parts = "".join(f'[[scenarios]]\nname = "with [{name}]"\n{short}' for name in ("all", "/none"))
    study.write_text(f"format = 1\nseed = 1\nreplications = 1\n{parts}", "utf-8")
    assert run_command(capsys, "sweep", str(study), "--store", str(tmp_path / "s.db"))[0] == 0
    out = run_command(capsys, "table", str(tmp_path / "s.db"))[1]
    assert "with [all]" in out and "with [/none]" in out


@pytest.mark.parametrize(
    "name", ["../../outside", "/tmp/outside", "a/b", "a\\\\b", "..", ".", "", " ", "a\\u0000b", "x" * 200]
)
def test_a_scenario_name_that_is_a_path_is_refused(name, capsys, tmp_path, monkeypatch):
    """Nothing is written, and the error names the file."""
    inner = tmp_path / "in" / "ner"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    err = refused(capsys, "run", variant(tmp_path, name))
    assert "draft.toml: name: is " in err or "draft.toml: name: contains a control character" in err
    assert {path.name for path in tmp_path.rglob("*")} == {"in", "ner", "draft.toml"}


def test_characters_that_some_systems_forbid_are_replaced_in_folder_names(capsys, tmp_path, monkeypatch):
    """Examples are a colon and a question mark."""
    monkeypatch.chdir(tmp_path)
    assert run_command(capsys, "run", variant(tmp_path, "what: if?"))[0] == 0
    assert (tmp_path / "results" / "what- if-" / "run.json").exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('staff="other.csv"', "staff: is 'other.csv'; give a Workforce"),
        ("organisations.Eastmoor PCT={}", "organisations.Eastmoor PCT: is a table; give an Organisation"),
        ("organisations={}", "organisations: is a table"),
        ("policies.mars={}", "policies.mars: is a table; give a policy"),
        ('name="../x"', "name: is '../x', which would be a path"),
        ('policies."mars=0.1', "lacks a closing quotation mark"),
        ("policies.mars.quota", "--set policies.mars.quota: has no path or no value"),
    ],
)
def test_invalid_settings_are_refused(setting, message, capsys):
    """The error is one line, and the exit status is 2."""
    assert message in refused(capsys, "show", "hamlet", "--set", setting)


def test_a_setting_may_contain_a_quoted_name(capsys):
    """Names in quotation marks may contain full stops and equals signs."""
    assert run_command(capsys, "show", "hamlet", "--set", 'policies."mars".quota=0.07')[0] == 0
    assert 'policies."a=b.c": does not exist' in refused(
        capsys, "show", "hamlet", "--set", 'policies."a=b.c".quota=0.07'
    )


def run_with_encoding(monkeypatch, encoding, *words):
    """Exit status, and the bytes of output and errors when both streams have this encoding."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding, write_through=True) for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)
    with pytest.raises(SystemExit) as end:
        main(list(words))
    return end.value.code, *(stream.buffer.getvalue() for stream in streams.values())


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii", "utf-8"])
def test_output_works_in_any_encoding(encoding, tmp_path, monkeypatch):
    """Letters that the encoding lacks are replaced by the nearest letters."""
    status, out, err = run_with_encoding(monkeypatch, encoding, "show", variant(tmp_path, title="Yr Ŵyddgrug → 日本"))
    assert (status, err) == (0, b"")
    first = out.decode(encoding).split(": the opening")[0].strip()
    assert first == ("Yr Ŵyddgrug → 日本" if encoding == "utf-8" else "Yr Wyddgrug -> ??")


def test_errors_work_in_any_encoding(monkeypatch):
    """The error is readable, and the exit status is 2."""
    status, _, err = run_with_encoding(monkeypatch, "cp1252", "show", "Ŵyddgrug")
    assert status == 2 and err.startswith(b"nhstransit: scenario 'Wyddgrug': is not bundled; ")


@pytest.mark.thorough
def test_errors_work_in_the_encoding_of_another_process():
    """The environment of that process sets the encoding."""
    script = "from nhstransit.cli import main; main(['show', 'Ŵyddgrug'])"
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=False)
    assert done.returncode == 2 and done.stderr.startswith(b"nhstransit: scenario 'Wyddgrug': is not bundled; ")


def test_an_unavailable_letter_is_replaced() -> None:
    """The replacement is the letter without its accent, a plain character, or a question mark."""
    for letter, stands in (("Ŵ", "W"), ("−", "-"), ("£", "GBP "), ("日", "?"), ("\u0302", "")):
        assert _nearest(UnicodeEncodeError("ascii", letter, 0, 1, "")) == (stands, 1)


def test_several_mistakes_are_printed_on_separate_lines(capsys, monkeypatch):
    """The first line begins with the name of the command. Spaces within a line are kept."""
    import nhstransit.cli.scenarios as verb

    def refuse() -> None:
        mistakes = Mistakes()
        mistakes.add(FormatError("b", "is 'two  spaces'", "c"), 1)
        mistakes.add(FormatError("a", "is", "d"), 0)
        mistakes.tell()

    monkeypatch.setattr(verb.command, "callback", refuse)
    assert run_command(capsys, "scenarios") == (2, "", "nhstransit: a: is; d\nb: is 'two  spaces'; c\n")
