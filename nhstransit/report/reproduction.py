"""Repeat a stored run from its folder, and compare events, people, posts, money and tables."""

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

COMPARED = (".csv", ".txt")  # tables and the story; bytes of figures and arrays depend on versions of other libraries
FOLDER_ITSELF = (MANIFEST, README, COLUMNS, "run.json", "run.npz")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Reproduction:
    """A stored run, the same run repeated, and what differs between them.

    Args:
        kept: the stored run, as read from its folder.
        made: the repeated run, with the same scenario and seed.
        parts: which of "log", "people", "posts" and "money" differ; empty if the runs are the same.
        compared: files of the folder that were written again and compared: its tables and its story.
        tables: which of these files differ.
        versions: versions and inputs that differ between the two: name, of the stored run, of the repeated run.
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
        text = [f"{run.scenario.name}, seed {run.seed}: {len(run.log):,} events, run again."]
        if self.same:
            beside = f", and so are the {len(self.compared)} files with tables and text" if self.compared else ""
            text.append(f"Events, people, posts and money are the same{beside}.")
        if self.parts:
            text.append(f"Not the same: {', '.join(self.parts)}.")
        if "log" in self.parts:
            text.append(str(self.divergence))
        if self.tables:
            text.append(f"Files that differ now: {', '.join(self.tables)}.")
        text += [
            f"{name}: {kept or 'not recorded'} in the stored run, {here} now." for name, kept, here in self.versions
        ]
        return "\n".join(text)


def reproduce(path: str | Path, *, allow_code: bool = False, accept_edited: bool = False) -> Reproduction:
    """Repeat the run of a results folder, and compare the two.

    The scenario and the seed come from the folder; the law and the code come from the installed library. A run made with
    `simulate(law=...)` is repeated under the law of its scenario, and `versions` shows the difference.

    Args:
        path: a folder written by `save_run`, `write_results` or `nhstransit run`, or a file in it.
        allow_code: whether to import your own classes that the scenario names.
        accept_edited: whether to read a folder whose files were changed after they were written.

    Returns:
        A Reproduction; its `same` is whether everything is the same.

    Raises:
        RunError: the folder has no run, or the run is damaged or was changed.
        CodeError: the scenario names your own code, and `allow_code` is False.

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
    """The parts that differ between two runs."""
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
    """The files, with their stored digests given, whose digests differ when they are written again for this run."""
    if not files:
        return ()
    # The long story has a comparison with published figures only if the folder has their table.
    published = beside(made) if "published.csv" in files and has_published(made) else None
    with tempfile.TemporaryDirectory() as aside:
        # Without figures, which are slow to draw and not compared.
        fill(Path(aside), measure(made), published=published, log="log.csv" in files, figures=False)
        return tuple(name for name, kept in files.items() if _digest_of(Path(aside) / name) != kept)


def _digest_of(path: Path) -> str:
    return digest(path.read_bytes()) if path.exists() else ""


def _versions(kept: Run, made: Run) -> tuple[tuple[str, str, str], ...]:
    """Versions and inputs that differ between the two runs."""
    before = attrs.asdict(kept.provenance)
    now = attrs.asdict(made.provenance)
    return tuple((name, before[name], now[name]) for name in now if before[name] != now[name])
