"""Renamed modules: the old name works for one minor version, with a warning that has the new name."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import warnings
from importlib import import_module
from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit import renamed
from nhstransit.renamed import RENAMED, Renamed, older

ROOT = Path(__file__).parents[1]
NEW_NAMES = ROOT / "docs" / "new-names.md"


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")[:2]))


@pytest.mark.parametrize("old", RENAMED)
def test_an_older_name_works_and_warns_with_the_new_one(old: str) -> None:
    """The warning also has the version in which the old name is removed."""
    module, _, name = old.rpartition(".")
    with pytest.warns(DeprecationWarning) as caught:
        thing = getattr(import_module(module), name)
    assert thing is RENAMED[old].found()
    assert str(caught[0].message) == (
        f"{old} is now {RENAMED[old].words}; the older name works until version {RENAMED[old].gone}"
    )
    assert caught[0].filename == __file__


def test_an_older_name_can_be_imported() -> None:
    """`from nhstransit import metrics` warns at the line of the import."""
    with pytest.warns(DeprecationWarning, match="nhstransit.metrics is now nhstransit.measures") as caught:
        from nhstransit import metrics
    assert metrics is nt.measures and caught[0].filename == __file__


@pytest.fixture
def imported_anew():
    """Remove the older names from loaded modules, before and after the test."""

    def forget():
        for name in [name for name in sys.modules if name.startswith(tuple(RENAMED))]:
            del sys.modules[name]
        for old in RENAMED:
            vars(nt).pop(old.rpartition(".")[2], None)

    forget()
    yield
    forget()


@pytest.mark.usefixtures("imported_anew")
@pytest.mark.parametrize("old", RENAMED)
def test_a_module_with_an_older_name_can_be_imported(old: str) -> None:
    """It is the module with the new name, and the warning has both names."""
    with pytest.warns(DeprecationWarning, match=f"{old} is now {RENAMED[old].new}; the older name works until") as seen:
        module = import_module(old)
    assert module is import_module(RENAMED[old].new)
    assert len(seen) == 1
    assert module.__spec__ is not None
    assert module.__spec__.name == RENAMED[old].new  # the module itself is unchanged


@pytest.mark.usefixtures("imported_anew")
def test_names_can_be_imported_from_a_module_with_an_older_name() -> None:
    """The warning is at the line of the import. Modules within a renamed package are found too."""
    with pytest.warns(DeprecationWarning, match="nhstransit.metrics is now nhstransit.measures") as seen:
        from nhstransit.metrics import stocks  # type: ignore[import-not-found]
    assert stocks is nt.measures.stocks
    assert seen[0].filename == __file__
    with pytest.warns(DeprecationWarning, match=r"nhstransit.metrics.drain is now nhstransit.measures.drain"):
        from nhstransit.metrics.drain import losses  # type: ignore[import-not-found]
    assert losses is nt.measures.drain.losses


def test_a_module_that_never_existed_is_not_found() -> None:
    """This includes names within a renamed package, and names that only begin like it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for name in (
            "nhstransit.metric",
            "nhstransit.metricsandmore",
            "nhstransit.metrics.nowhere",
            "nhstransit.nowhere",
        ):
            with pytest.raises(ModuleNotFoundError, match=name):
                import_module(name)


def test_older_names_are_not_listed() -> None:
    """Neither `dir` nor `import *` contains them, so that new code does not use them."""
    assert not {old.rpartition(".")[2] for old in RENAMED} & ({*dir(nt)} | {*nt.__all__})


def test_an_older_name_is_removed_after_one_minor_version() -> None:
    """No entry in the list is due for removal."""
    assert Renamed("nhstransit.log", "0.9.3").gone == "0.10.0"
    here = numbers(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    assert not [old for old, one in RENAMED.items() if here >= numbers(one.gone)]
    assert not [old for old, one in RENAMED.items() if here < numbers(one.since)]


def test_every_older_name_is_listed_in_the_documentation() -> None:
    """docs/new-names.md has it beside the new name."""
    rows = [line for line in NEW_NAMES.read_text("utf-8").splitlines() if line.startswith("| `")]
    missing = [
        old
        for old, one in RENAMED.items()
        if not any(f"`{old}`" in row.split(" | ")[0] and f"`{one.words}`" in row.split(" | ")[1] for row in rows)
    ]
    assert not missing


def test_a_name_that_never_existed_raises_attribute_error() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AttributeError, match="has no attribute 'nowhere'"):
            _ = nt.nowhere  # type: ignore[attr-defined]  # the access is tested
        assert not hasattr(nt, "metric")


def test_a_name_in_a_subpackage_can_be_renamed_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """This needs one entry in the list, and `__getattr__ = older(__name__)` in the subpackage."""
    monkeypatch.setitem(renamed.RENAMED, "nhstransit.measures.flows_of", Renamed("nhstransit.measures:stocks", "0.2.0"))
    monkeypatch.setattr(nt.measures, "__getattr__", older("nhstransit.measures"), raising=False)
    with pytest.warns(
        DeprecationWarning, match=r"measures.flows_of is now nhstransit.measures.stocks; .* until version 0.3.0"
    ):
        assert nt.measures.flows_of is nt.measures.stocks  # type: ignore[attr-defined]  # the access is tested


def test_a_script_that_uses_an_older_name_shows_the_warning() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import nhstransit as nt; nt.eventlog"], capture_output=True, text=True, check=True
    )
    assert "DeprecationWarning: nhstransit.eventlog is now nhstransit.log" in done.stderr
