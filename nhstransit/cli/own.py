"""`nhstransit run FOLDER`: the answer for one organisation, with a folder to share and a private folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.show import console, print_story

if TYPE_CHECKING:
    from nhstransit.report.answer import Answer
    from nhstransit.scenario import Scenario


def run_own(
    world: Scenario, folder: Path, *, seed: int, people: bool, threshold: int, rounding: int, overwrite: bool
) -> Answer:
    """Print the answer; write its tables to `folder`/share, and the run to `folder`/private, which only its owner can read.

    Args:
        world: the organisation's scenario.
        folder: the folder for `share` and `private`.
        seed: the seed of the first run.
        people: whether to write rows of people, posts and the log as CSV beside the run.
        threshold: the smallest count that is shown.
        rounding: shown counts are rounded to a multiple of this number.
        overwrite: whether to replace an existing run.

    Returns:
        The answer.
    """
    from nhstransit.measures.suppression import Rule
    from nhstransit.report.answer import answer, written
    from nhstransit.report.own_folder import PRIVATE, SHARE, write_own
    from nhstransit.report.published import other_pages, warning
    from nhstransit.run.folders import check_place
    from nhstransit.scenario.leaving import RATES, read_ranges

    # Checked before the runs, because they take minutes.
    check_place(folder / PRIVATE, overwrite=overwrite, ask="add --overwrite")
    ranges = read_ranges((world.home or folder) / RATES)
    found = answer(world, seed=seed, rule=Rule(threshold=threshold, base=rounding), ranges=ranges)
    # Looked up before this page is written, or it would count itself.
    earlier = other_pages(written(found), world, folder)
    shared, private = write_own(found, folder, people=people, overwrite=overwrite)
    paper = console()
    paper.print(f"\n{world.title or world.name}", markup=False, soft_wrap=True)
    print_story(found.sections)
    if earlier:
        click.echo(warning(earlier), err=True)
    paper.print(
        f"Files to share: {folder / SHARE}/ ({', '.join(path.name for path in shared)}).", markup=False, soft_wrap=True
    )
    paper.print(
        f"Files for you only: {folder / PRIVATE}/ ({', '.join(path.name for path in private)}).",
        markup=False,
        soft_wrap=True,
    )
    return found
