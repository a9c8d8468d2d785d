"""The results for one organisation in two folders: tables to share, and the run with its private rows of persons."""

from __future__ import annotations

from pathlib import Path

from nhstransit import tables
from nhstransit.measures import measure
from nhstransit.report.answer import Answer, share_tables, written
from nhstransit.report.folder import NAMES, fill
from nhstransit.report.published import note_page
from nhstransit.run.folders import MANIFEST, check_place, made_aside, write_manifest
from nhstransit.run.real_staff import owners_only
from nhstransit.run.store import about, described, put_run

SHARE = "share"
PRIVATE = "private"
PAGE = "answer.md"


def write_own(
    found: Answer, folder: Path, *, people: bool = False, overwrite: bool = False
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Write an answer: the files to share, and the files for its owner only.

    Args:
        found: the answer.
        folder: the page and its tables go into its folder `share`, and the run into its folder `private`, which only its
            owner can read.
        people: whether people, posts and the log are written as CSV beside the run.
        overwrite: whether an existing run is replaced.

    Each of the two folders has a manifest and is replaced as a whole.

    Raises:
        RunError: `private` already contains a run or other files (unless `overwrite`), a file that is not the library's
            has the name of one to be written, or a folder cannot be written.
    """
    share = folder / SHARE
    private = folder / PRIVATE
    tables_made = {f"{name}.csv": columns for name, columns in share_tables(found).items()}
    # The check of `private` decides for both folders: if the run may be replaced, so may the shared files.
    check_place(private, overwrite=overwrite, names=NAMES if people else (MANIFEST, "run.json", "run.npz"))
    check_place(share, overwrite=True, names=(MANIFEST, PAGE, *tables_made))
    # Both new folders are complete before either replaces an old one.
    with (
        made_aside(share, overwrite=True) as to_share,
        made_aside(private, overwrite=overwrite, mode=0o700) as to_keep,
    ):
        if people:
            fill(to_keep, measure(found.run), people=True)
        else:
            put_run(to_keep, found.run, described(found.run))
            write_manifest(to_keep, about(found.run))
        owners_only(to_keep)
        (to_share / PAGE).write_text(written(found), "utf-8", newline="\n")
        for name, columns in tables_made.items():
            tables.write_csv(to_share / name, columns)
        write_manifest(to_share, about(found.run))
        kept = tuple(private / path.name for path in sorted(to_keep.iterdir()))
    note_page(written(found), found.run.scenario, folder)
    return tuple(share / name for name in (PAGE, *tables_made, MANIFEST)), kept
