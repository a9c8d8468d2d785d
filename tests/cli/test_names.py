"""Names that somebody wrote, as the command prints them, writes them into paths, and takes them from options."""

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
from tests.cli.asking import asked, refused

VARIANT = 'format = 1\nof = "hamlet"\nname = "{name}"\ntitle = "{title}"\n'
MARKUP = "Hamlet [/draft] [bold]x[/] :smile: [link=a"


def variant(folder: Path, name: str = "draft", title: str = "") -> str:
    """The path of a variant of the hamlet with this name and title."""
    path = folder / "draft.toml"
    path.write_text(VARIANT.format(name=name, title=title), "utf-8")
    return str(path)


def test_brackets_and_colons_are_printed_as_they_stand(capsys, tmp_path, monkeypatch):
    """No name is taken for markup: in titles, names, folders and tables of a run and of an opening."""
    monkeypatch.chdir(tmp_path)
    for words in (("show",), ("run", "--out", "out [/]"), ("explain",)):
        status, out, err = asked(capsys, words[0], variant(tmp_path, title=MARKUP), *words[1:])
        assert (status, err) == (0, "") and MARKUP in out
    assert (tmp_path / "out [/]" / "run.json").exists()


def test_names_in_tables_of_a_study(capsys, tmp_path):
    """Scenarios whose names differ in brackets only are told apart."""
    study = tmp_path / "s.toml"
    short = 'base = "hamlet"\nhaving = { end = 2010-06-30 }\n'
    parts = "".join(f'[[scenarios]]\nname = "with [{name}]"\n{short}' for name in ("all", "/none"))
    study.write_text(f"format = 1\nseed = 1\nreplications = 1\n{parts}", "utf-8")
    assert asked(capsys, "sweep", str(study), "--store", str(tmp_path / "s.db"))[0] == 0
    out = asked(capsys, "table", str(tmp_path / "s.db"))[1]
    assert "with [all]" in out and "with [/none]" in out


@pytest.mark.parametrize(
    "name", ["../../outside", "/tmp/outside", "a/b", "a\\\\b", "..", ".", "", " ", "a\\u0000b", "x" * 200]
)
def test_a_name_that_is_a_path_writes_nothing(name, capsys, tmp_path, monkeypatch):
    """It is refused before anything is written, in a sentence with the file."""
    inner = tmp_path / "in" / "ner"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    err = refused(capsys, "run", variant(tmp_path, name))
    assert "draft.toml: name: is " in err or "draft.toml: name: contains a control character" in err
    assert {path.name for path in tmp_path.rglob("*")} == {"in", "ner", "draft.toml"}


def test_marks_that_no_folder_may_have_elsewhere_are_replaced(capsys, tmp_path, monkeypatch):
    """A colon or a question mark in a name does no harm to the folder's."""
    monkeypatch.chdir(tmp_path)
    assert asked(capsys, "run", variant(tmp_path, "what: if?"))[0] == 0
    assert (tmp_path / "results" / "what- if-" / "run.json").exists()


@pytest.mark.parametrize(
    ("setting", "said"),
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
def test_settings_that_may_not_stand_there(setting, said, capsys):
    """A sentence and exit status 2, whatever is set."""
    assert said in refused(capsys, "show", "hamlet", "--set", setting)


def test_a_quoted_name_in_a_setting(capsys):
    """Names in quotation marks may hold full stops and equals signs."""
    assert asked(capsys, "show", "hamlet", "--set", 'policies."mars".quota=0.07')[0] == 0
    assert 'policies."a=b.c": does not exist' in refused(
        capsys, "show", "hamlet", "--set", 'policies."a=b.c".quota=0.07'
    )


def spoken(monkeypatch, encoding, *words):
    """Exit status, and the bytes of output and errors, where both streams have this encoding."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding, write_through=True) for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)
    with pytest.raises(SystemExit) as end:
        main(list(words))
    return end.value.code, *(stream.buffer.getvalue() for stream in streams.values())


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii", "utf-8"])
def test_output_in_any_encoding(encoding, tmp_path, monkeypatch):
    """Letters that the console lacks are printed as the nearest it has; the exit status is 0, and nothing else is lost."""
    status, out, err = spoken(monkeypatch, encoding, "show", variant(tmp_path, title="Yr Ŵyddgrug → 日本"))
    assert (status, err) == (0, b"")
    first = out.decode(encoding).split(": the opening")[0].strip()
    assert first == ("Yr Ŵyddgrug → 日本" if encoding == "utf-8" else "Yr Wyddgrug -> ??")


def test_errors_in_any_encoding(monkeypatch):
    """A refusal too: exit status 2, and a sentence that can be read."""
    status, _, err = spoken(monkeypatch, "cp1252", "show", "Ŵyddgrug")
    assert status == 2 and err.startswith(b"nhstransit: scenario 'Wyddgrug': is not bundled; ")


@pytest.mark.thorough
def test_errors_in_any_encoding_of_a_process():
    """The same in a process of its own, whose streams have their encoding from its environment."""
    script = "from nhstransit.cli import main; main(['show', 'Ŵyddgrug'])"
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=False)
    assert done.returncode == 2 and done.stderr.startswith(b"nhstransit: scenario 'Wyddgrug': is not bundled; ")


def test_what_stands_for_a_letter() -> None:
    """The letter without its accent, a plain sign, or a question mark."""
    for letter, stands in (("Ŵ", "W"), ("−", "-"), ("£", "GBP "), ("日", "?"), ("\u0302", "")):
        assert _nearest(UnicodeEncodeError("ascii", letter, 0, 1, "")) == (stands, 1)


def test_several_mistakes_are_a_line_each(capsys, monkeypatch):
    """On standard error, the first after the command's name; spaces within are kept."""
    import nhstransit.cli.scenarios as verb

    def refuse() -> None:
        mistakes = Mistakes()
        mistakes.add(FormatError("b", "is 'two  spaces'", "c"), 1)
        mistakes.add(FormatError("a", "is", "d"), 0)
        mistakes.tell()

    monkeypatch.setattr(verb.command, "callback", refuse)
    assert asked(capsys, "scenarios") == (2, "", "nhstransit: a: is; d\nb: is 'two  spaces'; c\n")
