"""`nhstransit show`: tables of the opening workforce, and its assumptions."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

import nhstransit as nt
from cli.command import refused, run_command
from nhstransit.cli.main import VERBS, cli
from nhstransit.england import status_of
from nhstransit.scenario import assumptions


@pytest.fixture
def hamlet(capsys):
    status, out, err = run_command(capsys, "show", "hamlet")
    assert (status, err) == (0, "")
    return out


@pytest.mark.parametrize(
    "heading", ["the opening workforce on 2010-04-01", "By region", "By function", "By band", "Ages (rows)"]
)
def test_show_prints_the_tables_of_the_opening_staff(hamlet, heading):
    """They are by kind, region, function and band, and ages by service."""
    assert heading in hamlet


def test_numbers_have_readable_formats(hamlet):
    """People are whole numbers; WTE and millions of pounds have one decimal; shares are percentages."""
    (line,) = [line.split() for line in hamlet.splitlines() if line.strip().startswith("primary care trust ")]
    assert line == ["primary", "care", "trust", "184", "161.0", "£5.0m", "£6.1m", "79%", "33%", "43.3", "9.3"]


def test_assumptions_are_listed(hamlet):
    """The output has their number and the total of inputs. Evidence is left out by default."""
    inputs = assumptions(nt.load_scenario("hamlet"))
    unsure = sum(one.unsure for one in inputs)
    assert f"Of {len(inputs)} inputs, {unsure} are assumed or from memory, and 3 are set by this scenario." in hamlet
    assert "behaviour.severance.typical" in hamlet
    assert "behaviour.severance.pension_reached" not in hamlet


def test_all_inputs_are_listed_on_request(capsys):
    """The list then includes choices and evidence."""
    out = run_command(capsys, "show", "hamlet", "--all")[1]
    assert "policies.mars.quota" in out and "behaviour.severance.pension_reached" in out


def test_the_staff_of_england_are_compared_with_published_figures(capsys):
    """Numbers have thousands separators, the published pay bill is shown, and margins are among the assumptions."""
    status, out, _ = run_command(capsys, "show", "england-2010")
    assert status == 0
    assert "64,225" in out and "56,501.1" in out
    assert "Compared with the published cost" in out and "synthetic" in out and "published" in out
    assert "margin of" in out
    (gap,) = [line.split() for line in out.splitlines() if line.strip().startswith("gap ")]
    assert gap[1].startswith("−£") and gap[1].endswith("m") and gap[2].endswith("%")


def test_the_hamlet_has_no_published_figures(hamlet):
    """Invented people are not compared with published figures."""
    assert "Compared with what was published" not in hamlet


def test_show_is_listed_in_the_help(capsys):
    """Its module has another name."""
    out = run_command(capsys, "--help")[1]
    assert all(f"  {verb} " in out for verb in ("show", "explain", "sources"))
    assert "the staff of SCENARIO" in run_command(capsys, "show", "--help")[1]


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and its subcommands."""
    yield name, command
    for part, within in getattr(command, "commands", {}).items():
        yield from commands(within, f"{name} {part}")


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_has_help_and_notes_for_maintainers_are_not_shown(verb):
    for name, command in commands(cli.get_command(click.Context(cli), verb), verb):
        without = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
        assert (name, without) == (name, [])
        assert "Args:" not in command.get_help(click.Context(command, info_name=name))


def test_the_name_of_the_module_is_not_a_command(capsys):
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
def test_a_mistake_is_reported_in_one_line(capsys, words, hint):
    """The exit status is 2, and the line says what would be right."""
    assert hint in refused(capsys, *words)


VALIDATE = ("validate", "hamlet", "--replications", "5")  # five runs: one width in a normal session


@pytest.mark.parametrize(
    ("words", "width"),
    [
        *((("show", "hamlet", "--all"), width) for width in (60, 80, 100)),
        (VALIDATE, 60),
        *(pytest.param(VALIDATE, width, marks=pytest.mark.thorough) for width in (80, 100)),
    ],
)
def test_words_stay_whole_on_a_narrow_terminal(words, width, capsys, monkeypatch):
    """No table is wider than the terminal or breaks words into letters."""
    from rich.console import Console

    monkeypatch.setattr("nhstransit.cli.show.console", lambda: Console(width=width))
    status, out, _ = run_command(capsys, *words)
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
def test_every_command_prints_the_banner_on_what_was_fitted(words, capsys):
    """The text comes from `england.status_of`."""
    assert f"hamlet: {status_of(nt.load_scenario('hamlet')).banner}\n" in run_command(capsys, *words)[1]
