"""`nhstransit show`: the opening workforce in tables, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

import nhstransit as nt
from cli.asking import asked, refused
from nhstransit.cli.main import VERBS, cli
from nhstransit.england import status_of
from nhstransit.scenario import assumptions


@pytest.fixture
def hamlet(capsys):
    status, out, err = asked(capsys, "show", "hamlet")
    assert (status, err) == (0, "")
    return out


@pytest.mark.parametrize(
    "heading", ["the opening workforce on 2010-04-01", "By region", "By function", "By band", "Ages (rows)"]
)
def test_the_tables_are_there(hamlet, heading):
    """By kind, region, function and band, and ages by service."""
    assert heading in hamlet


def test_numbers_are_formatted_for_reading(hamlet):
    """People whole, WTE to a tenth, millions of pounds to a tenth, shares as per cent."""
    (line,) = [line.split() for line in hamlet.splitlines() if line.strip().startswith("primary care trust ")]
    assert line == ["primary", "care", "trust", "184", "161.0", "£5.0m", "£6.1m", "79%", "33%", "43.3", "9.3"]


def test_what_is_assumed_is_listed(hamlet):
    """How many of how many inputs, and each of them; evidence is left out unless asked for."""
    inputs = assumptions(nt.load_scenario("hamlet"))
    unsure = sum(one.unsure for one in inputs)
    assert f"Of {len(inputs)} inputs, {unsure} are assumed or from memory, and 3 are set by this scenario." in hamlet
    assert "behaviour.severance.typical" in hamlet
    assert "behaviour.severance.pension_reached" not in hamlet


def test_all_inputs_are_listed_where_asked_for(capsys):
    """Levers and evidence too."""
    out = asked(capsys, "show", "hamlet", "--all")[1]
    assert "policies.mars.quota" in out and "behaviour.severance.pension_reached" in out


def test_england_stands_beside_what_was_published(capsys):
    """Thousands are set apart, the pay bill beside the published one, margins among the assumptions."""
    status, out, _ = asked(capsys, "show", "england-2010")
    assert status == 0
    assert "64,225" in out and "56,501.1" in out
    assert "Compared with the published cost" in out and "synthetic" in out and "published" in out
    assert "margin of" in out
    (gap,) = [line.split() for line in out.splitlines() if line.strip().startswith("gap ")]
    assert gap[1].startswith("−£") and gap[1].endswith("m") and gap[2].endswith("%")


def test_the_hamlet_has_nothing_published(hamlet):
    """Invented people stand beside nothing."""
    assert "Compared with what was published" not in hamlet


def test_the_verb_is_listed_under_its_own_name(capsys):
    """`show` lives in a module of another name, and `--help` knows it as `show`."""
    out = asked(capsys, "--help")[1]
    assert all(f"  {verb} " in out for verb in ("show", "explain", "sources"))
    assert "the staff of SCENARIO" in asked(capsys, "show", "--help")[1]


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and those within it."""
    yield name, command
    for part, within in getattr(command, "commands", {}).items():
        yield from commands(within, f"{name} {part}")


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_has_help_and_notes_for_maintainers_are_not_shown(verb):
    for name, command in commands(cli.get_command(click.Context(cli), verb), verb):
        without = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
        assert (name, without) == (name, [])
        assert "Args:" not in command.get_help(click.Context(command, info_name=name))


def test_the_modules_name_is_no_verb(capsys):
    """`nhstransit opening` is refused."""
    assert "'opening' is not a command" in refused(capsys, "opening", "hamlet")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("show", "hamlt"), "did you mean 'hamlet'?"),
        (("show", "nowhere.toml"), "no such file"),
        (("show", "hamlet", "--set", "policies.mars.qota=0.1"), "did you mean 'quota'?"),
    ],
)
def test_mistakes_are_told_in_a_sentence(capsys, words, hint):
    """Exit status 2, one line, and what would be right."""
    assert hint in refused(capsys, *words)


VALIDATE = ("validate", "hamlet", "--replications", "5")  # the narrowest in the usual session: it plays five runs


@pytest.mark.parametrize(
    ("words", "width"),
    [
        *((("show", "hamlet", "--all"), width) for width in (60, 80, 100)),
        (VALIDATE, 60),
        *(pytest.param(VALIDATE, width, marks=pytest.mark.thorough) for width in (80, 100)),
    ],
)
def test_on_a_narrow_terminal_words_stay_whole(words, width, capsys, monkeypatch):
    """No table is wider than the terminal, and none prints its words letter by letter."""
    from rich.console import Console

    monkeypatch.setattr("nhstransit.cli.show.console", lambda: Console(width=width))
    status, out, _ = asked(capsys, *words)
    tables = [line for line in out.splitlines() if set(line) & {"─"}]
    assert status == 0 and tables and max(map(len, tables)) <= width
    lone = [line for line in out.splitlines() if len(line.strip()) == 1 and line.strip().isalpha()]
    assert not lone


@pytest.mark.parametrize(
    "words",
    [
        ("show", "hamlet"),
        ("explain", "hamlet"),
        ("compare", "hamlet", "--without", "mars"),
        ("diverge", "hamlet", "--without", "mars"),
    ],
)
def test_every_verb_says_what_the_numbers_rest_on(words, capsys):
    """In the words of the one place that decides it."""
    assert f"hamlet: {status_of(nt.load_scenario('hamlet')).banner}\n" in asked(capsys, *words)[1]
