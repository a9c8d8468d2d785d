"""The invented extract of the documentation, for tests."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from nhstransit.scenario.folder import Made, make_folder
from nhstransit.workforce.identities import key_text

SCRIPT = Path(__file__).parents[1] / "docs" / "data" / "invented_extract.py"


KEY = bytes(range(32))  # the key of pseudonyms in tests, so that every session is equal


def made_folder(folder: Path, source: Path, **how: Any) -> Made:
    """Make an organisation's folder as `nhstransit new` does, with the key of the tests. `how` goes to `make_folder`."""
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
    """Write an extract of `people` people with the script of the documentation."""
    made: Path = _module().write_extract(path, people, seed=seed, employer=employer)
    return made


def write_leavers(path: Path, people: int, *, seed: int = 1) -> Path:
    """Write last year's leavers of an employer of `people` people with the script of the documentation."""
    made: Path = _module().write_leavers(path, people, seed=seed)
    return made
