"""Nothing happens at import: the front door is light, and what is heavy is loaded where it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.examples import some

HEAVY = ("simpy", "matplotlib", "pandas", "scipy", "click", "rich", "cattrs", "jinja2", "tomli_w", "numpy")


def loaded(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after this code."""
    code += "; import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_front_door_is_light() -> None:
    """`import nhstransit` loads none of the libraries it may come to need, not even NumPy."""
    assert not loaded("import nhstransit") & set(HEAVY)


def test_the_list_of_names_is_light() -> None:
    """Looking at what there is, as an editor does, loads nothing either."""
    assert not loaded("import nhstransit; dir(nhstransit); nhstransit.__all__") & set(HEAVY)


@pytest.mark.parametrize("name", some(["Scenario", "load_scenario"], ["Scenario"]))
def test_a_scenario_is_had_without_engine_or_plots(name: str) -> None:
    """The names of the lower floors load neither SimPy nor anything to draw, tabulate or command with.

    A scenario itself is had in tests/scenario/test_explain.py.
    """
    assert not loaded(f"import nhstransit; nhstransit.{name}") & {"simpy", "matplotlib", "pandas", "click", "rich"}


@pytest.mark.thorough
def test_fitting_and_ranking_load_nothing_until_they_are_asked() -> None:
    """The rooms can be imported without pandas and most of scipy."""
    code = "import nhstransit.studies.calibration, nhstransit.studies.sensitivity, sys"
    assert not loaded(f"{code}; assert 'scipy.stats' not in sys.modules") & {"pandas", "matplotlib", "SALib"}


def test_the_foundations_need_only_numpy_and_attrs() -> None:
    """Days, luck and TOML load no scipy, pandas or cattrs until something is asked of them."""
    heavy = set(HEAVY) - {"numpy"}
    assert not loaded("import nhstransit.dates, nhstransit.streams, nhstransit.toml, nhstransit.errors") & heavy
