"""The results for one organisation, in two places: tables to share, and the run with its rows of persons apart."""

from __future__ import annotations

from pathlib import Path

from nhstransit import tables
from nhstransit.errors import RunError
from nhstransit.measures import measure
from nhstransit.report.answer import Answer, share_tables, written
from nhstransit.report.folder import write_results
from nhstransit.run import save_run

SHARE = "share"
PRIVATE = "private"
PAGE = "answer.md"


def write_own(
    found: Answer, folder: Path, *, people: bool = False, overwrite: bool = False
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Write an answer: the files to share, and the files for its owner only.

    Args:
        found: the answer.
        folder: in which `share` gets the page and its tables, and `private`, readable by its owner only, the run.
        people: whether rows of persons, posts and the log are written as CSV beside the run.
        overwrite: whether a run that is there is replaced.

    Raises RunError where `private` already holds a run, unless `overwrite`, or cannot be written.
    """
    share, private = folder / SHARE, folder / PRIVATE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        private.mkdir(exist_ok=True, mode=0o700)
        private.chmod(0o700)
        if people:
            kept = write_results(measure(found.run), private, overwrite=overwrite)
        else:
            save_run(found.run, private, overwrite=overwrite)
            kept = (private / "run.json", private / "run.npz")
        for path in kept:
            path.chmod(0o600)
        share.mkdir(exist_ok=True)
        (share / PAGE).write_text(written(found), "utf-8")
        made = [share / PAGE]
        for name, columns in share_tables(found).items():
            path = share / f"{name}.csv"
            tables.write_csv(path, columns)
            made.append(path)
    except OSError as error:
        right = "name a folder that you may write to"
        raise RunError(str(folder), f"cannot be written ({error.strerror})", right) from None
    return tuple(made), kept
