"""The invented extract of the documentation, for tests."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parents[1] / "docs" / "data" / "invented_extract.py"


def write_extract(path: Path, people: int, *, seed: int = 1, employer: str = "999 Oakdale PCT") -> Path:
    """An extract of so many people, as the script of the documentation makes it."""
    spec = spec_from_file_location("invented_extract", SCRIPT)
    assert spec is not None and spec.loader is not None
    module: Any = module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Path = module.write_extract(path, people, seed=seed, employer=employer)
    return made
