"""Make a kept run again, from what its folder says, and compare: events, people, posts, money and the tables beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit.comparison import Divergence, diverge
from nhstransit.engine.simulate import simulate
from nhstransit.errors import check_path
from nhstransit.measures import measure
from nhstransit.report.folder import fill
from nhstransit.report.guide import COLUMNS, README
from nhstransit.report.story import beside, has_published
from nhstransit.run import Run, load_run
from nhstransit.run.folders import MANIFEST, digest, read_manifest

COMPARED = (".csv", ".txt")  # tables and the story; figures and arrays depend on versions of other libraries
FOLDER_ITSELF = (MANIFEST, README, COLUMNS, "run.json", "run.npz")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Reproduction:
    """A kept run, the same run made again, and what differs between them.

    Args:
        kept: the run as it was read from its folder.
        made: the run made again here, of the same scenario and seed.
        parts: parts of the run that differ, of "log", "people", "posts" and "money"; empty where it is the same.
        compared: files of the folder that were written again and compared: its tables and its story.
        tables: those of them that the present library writes otherwise.
        versions: what the two were made with, where it differs: name, kept, here.
    """

    kept: Run
    made: Run
    parts: tuple[str, ...]
    compared: tuple[str, ...]
    tables: tuple[str, ...]
    versions: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        """Whether the run and every table that was compared are the same, to the byte."""
        return not self.parts and not self.tables

    @property
    def divergence(self) -> Divergence:
        """The first event that is in only one of the two logs."""
        return diverge(self.made, self.kept)

    def __repr__(self) -> str:
        run = self.kept
        said = [f"{run.scenario.name}, seed {run.seed}: {len(run.log):,} events, run again."]
        if self.same:
            beside = f", and so are {len(self.compared)} files of tables" if self.compared else ""
            said.append(f"Events, people, posts and money are the same{beside}.")
        if self.parts:
            said.append(f"Not the same: {', '.join(self.parts)}.")
        if "log" in self.parts:
            said.append(str(self.divergence))
        if self.tables:
            said.append(f"Tables that are written differently now: {', '.join(self.tables)}.")
        said += [
            f"{name}: {kept or 'not recorded'} when it was made, {here} here." for name, kept, here in self.versions
        ]
        return "\n".join(said)


def reproduce(path: str | Path, *, allow_code: bool = False, accept_edited: bool = False) -> Reproduction:
    """Simulate again what a folder of results holds, and compare the two.

    The scenario and the seed come from the folder, the law and the code from the library as it is installed. A run that
    was made with a law given by `simulate(law=...)` is made again under the law of its scenario, and `versions` says so.

    Args:
        path: a folder that `save_run`, `write_results` or `nhstransit run` wrote, or a file in it.
        allow_code: whether your own classes that the scenario names are imported.
        accept_edited: whether a folder is read although its files were changed after they were written.

    Returns:
        A Reproduction; `same` is whether all is as it was.

    Raises:
        RunError: where the folder holds no run, or one that is damaged or was changed.
        CodeError: where code is named and not allowed.

    Example:
        `nt.reproduce("results/hamlet").same`
    """
    check_path("path", path)
    place = Path(path)
    folder = place.parent if place.is_file() else place
    kept = load_run(folder, allow_code=allow_code, accept_edited=accept_edited)
    made = simulate(kept.scenario, seed=kept.seed)
    manifest = read_manifest(folder) or {"files": {}}
    files = {
        name: kept_digest
        for name, kept_digest in manifest["files"].items()
        if name not in FOLDER_ITSELF and name.endswith(COMPARED)
    }
    return Reproduction(
        kept=kept,
        made=made,
        parts=_parts(kept, made),
        compared=tuple(files),
        tables=_tables(files, made),
        versions=_versions(kept, made),
    )


def _parts(kept: Run, made: Run) -> tuple[str, ...]:
    """The parts of a run that are not the same in both."""
    same = {
        "log": kept.log.to_bytes() == made.log.to_bytes(),
        "people": _equal(kept.people.columns(), made.people.columns()),
        "posts": _equal(kept.posts.columns(), made.posts.columns()),
        "money": dict(kept.closing.ledger) == dict(made.closing.ledger),
    }
    return tuple(name for name, equal in same.items() if not equal)


def _equal(one: Any, other: Any) -> bool:
    return all(np.array_equal(column, other[name]) for name, column in one.items())


def _tables(files: Mapping[str, str], made: Run) -> tuple[str, ...]:
    """Those of some files, each with the digest that was kept of it, that are written otherwise for this run now."""
    if not files:
        return ()
    published = beside(made) if "published.csv" in files and has_published(made) else None
    with tempfile.TemporaryDirectory() as aside:
        fill(Path(aside), measure(made), published=published, log="log.csv" in files, figures=False)
        return tuple(name for name, kept in files.items() if _digest_of(Path(aside) / name) != kept)


def _digest_of(path: Path) -> str:
    return digest(path.read_bytes()) if path.exists() else ""


def _versions(kept: Run, made: Run) -> tuple[tuple[str, str, str], ...]:
    """What the two runs were made with, where it differs."""
    before = attrs.asdict(kept.provenance)
    now = attrs.asdict(made.provenance)
    return tuple((name, before[name], now[name]) for name in now if before[name] != now[name])
