"""The invented extract of the documentation, for tests."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from nhstransit.scenario.folder import Made, make_folder
from nhstransit.workforce.identities import key_text

SCRIPT = Path(__file__).parents[1] / "docs" / "data" / "invented_extract.py"


KEY = bytes(range(32))  # of the pseudonyms in tests, so that a run is the same each time


def made_folder(folder: Path, source: Path, **how: Any) -> Made:
    """The folder of an organisation, as `nhstransit new` makes it, with the tests' own key. `how` is as of `make_folder`."""
    folder.mkdir(parents=True)
    (folder / "identity.key").write_text(key_text(KEY), "ascii")
    return make_folder(folder, source, **how)


def _module() -> Any:
    spec = spec_from_file_location("invented_extract", SCRIPT)
    assert spec is not None and spec.loader is not None
    module: Any = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_extract(path: Path, people: int, *, seed: int = 1, employer: str = "999 Oakdale PCT") -> Path:
    """An extract of so many people, as the script of the documentation makes it."""
    made: Path = _module().write_extract(path, people, seed=seed, employer=employer)
    return made


def write_leavers(path: Path, people: int, *, seed: int = 1) -> Path:
    """The leavers of the year before, of an employer of so many people, as the script of the documentation makes them."""
    made: Path = _module().write_leavers(path, people, seed=seed)
    return made
