"""A user's own classes in a scenario file: their code runs only when the caller allows it, and a saved run keeps them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit.cli.main import main
from nhstransit.errors import CodeError, ScenarioError
from nhstransit.log import Kind
from nhstransit.scenario import from_tables, to_tables

SCHEMES = """
import datetime as dt
from pathlib import Path
import attrs
import numpy as np
from nhstransit.behaviour import SeveranceChoice
from nhstransit.grammar import Designate, Effects, Occasion, Proposals

Path(__file__).with_name("ran.txt").write_text("this module was imported")


@attrs.frozen(kw_only=True)
class NameAll:
    announced: dt.date
    skilled_from: float = 0.0
    question = None
    signed = False

    def days(self, calendar, bodies):
        return [Occasion(calendar.day(self.announced), "named")]

    def propose(self, situation):
        return Proposals(rows=np.flatnonzero(situation.people.in_post & (situation.people.skill >= self.skilled_from)))

    def select(self, situation, proposals, answers, chances):
        return Effects(then=(Designate(rows=proposals.rows),))


@attrs.frozen(kw_only=True)
class Eager(SeveranceChoice):
    keen: float = 1.0


class Plain:
    pass
"""
OWN = """
[policies.name-all]
type = "{module}:NameAll"
announced = 2010-05-01
skilled_from = 0.5

[behaviour.severance]
type = "{module}:Eager"
keen = 2.0
"""


@pytest.fixture
def written(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario file with a user's policy and model, beside their module, which has another name in each test."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    module = f"schemes_{abs(hash(request.node.nodeid))}"
    (tmp_path / f"{module}.py").write_text(SCHEMES, "utf-8")
    source = Path(nt.__file__).parent / "data" / "scenarios"
    text = (source / "hamlet.toml").read_text("utf-8").replace("[[organisations]]", OWN + "\n[[organisations]]", 1)
    (tmp_path / "hamlet-staff.csv").write_bytes((source / "hamlet-staff.csv").read_bytes())
    (tmp_path / "own.toml").write_text(text.replace("{module}", module), "utf-8")
    return tmp_path / "own.toml"


def test_a_scenario_file_cannot_run_code_without_permission(written: Path) -> None:
    """The file is refused, and the module is not imported."""
    with pytest.raises(CodeError, match=r"policies\.name-all\.type: names code outside nhstransit .*allow_code=True"):
        nt.load_scenario(written)
    assert not (written.parent / "ran.txt").exists()


def test_with_permission_a_users_policy_works_like_any_other(written: Path) -> None:
    """It has the parameters of the file, acts on its day, and can be changed by dotted path."""
    world = nt.load_scenario(written, allow_code=True)
    assert world.policies["name-all"].skilled_from == 0.5 and world.behaviour.severance.keen == 2.0
    run = nt.simulate(world, seed=1)
    assert set(nt.measure(run).schemes.index) == set(world.policies)
    named = run.log.of(Kind.DESIGNATED)
    named = named.take(named.rule == run.code_of("name-all"))
    assert len(named) > 10 and set(named.day.tolist()) == {30}
    assert run.people.skill[run.rows_of(named.staff)].min() >= 0.5
    assert world.having("policies.name-all.skilled_from", 9.0).policies["name-all"].skilled_from == 9.0


def test_a_run_with_a_users_policy_is_saved_and_loaded_with_permission(written: Path, tmp_path: Path) -> None:
    """Without permission the saved run is refused, and the error does not call the run damaged."""
    world = nt.load_scenario(written, allow_code=True)
    assert from_tables(to_tables(world), staff=world.workforce, allow_code=True) == world
    nt.save_run(nt.simulate(world, seed=1), tmp_path / "run")
    with pytest.raises(CodeError, match="allow_code=True"):
        nt.load_run(tmp_path / "run")
    assert nt.load_run(tmp_path / "run", allow_code=True).scenario == world


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (":NameAll", ":Nobody", "cannot be imported"),
        (":NameAll", ":Plain", "is not an attrs class"),
        (":NameAll", ":Eager", "policies.name-all"),
        (":Eager", ":NameAll", "behaviour.severance"),
        ("skilled_from", "skilful_from", "policies.name-all"),
    ],
)
def test_an_unusable_class_or_parameter_is_refused(written: Path, old: str, new: str, message: str) -> None:
    """A missing class, a class without attrs, a model as a policy, a policy as a model, an unknown parameter."""
    written.write_text(written.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(nt.NhstransitError, match=message):
        nt.load_scenario(written, allow_code=True)


def test_the_command_line_needs_allow_code_to_run_code(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without it, the command ends with status 2 and names the option; with it, the scenario is explained."""
    with pytest.raises(SystemExit) as stopped:
        main(["explain", str(written)])
    assert stopped.value.code == 2 and "--allow-code" in capsys.readouterr().err
    with pytest.raises(SystemExit) as done:
        main(["explain", str(written), "--allow-code"])
    assert done.value.code in (0, None) and "name-all" in capsys.readouterr().out


def test_a_class_defined_within_a_function_cannot_be_written_to_a_file() -> None:
    """Such a class cannot be imported again."""
    from nhstransit.scenario.own import import_path

    class Here:
        """A class that cannot be imported."""

    assert import_path(Here) is None


def test_the_type_of_a_model_is_an_import_path() -> None:
    """A word without a module is refused."""
    tables = {**to_tables(nt.load_scenario("hamlet"))}
    tables["behaviour"] = {"severance": {"type": "eager"}}
    with pytest.raises(ScenarioError, match=r"behaviour\.severance\.type: is .eager.; name a class of your own"):
        from_tables(tables, staff=nt.load_scenario("hamlet").workforce)


def test_a_new_policy_is_added_by_path() -> None:
    """`having` adds a policy under a new name; any other value at an unknown path is refused."""
    hamlet = nt.load_scenario("hamlet")
    second = hamlet.having("policies.mars-second", hamlet.policies["mars"])
    assert set(second.policies) == {*hamlet.policies, "mars-second"}
    with pytest.raises(ScenarioError, match=r"policies\.mrs: does not exist"):
        hamlet.having("policies.mrs", 3)
