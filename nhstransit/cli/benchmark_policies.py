"""`nhstransit benchmark-policies`: a versioned set of policy variants in a table, compared with an earlier table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.words import warnings_told

if TYPE_CHECKING:
    from nhstransit.choice.benchmark import Benchmark


@click.command("benchmark-policies")
@click.argument("name", metavar="SET")
@click.option("--replications", type=click.IntRange(1), help="Number of runs of each variant, instead of the set's.")
@click.option(
    "--store", type=click.Path(path_type=Path), help="File for results, so that a stopped command can resume."
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option(
    "--against", type=click.Path(path_type=Path), help="A stored table to compare with.  [default: the library's]"
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the table to a CSV file, to compare with later.")
@click.option("--figure", "figures", multiple=True, help="Print only this figure; may be repeated.")
@click.option("--progress/--no-progress", default=None, help="Show progress.  [default: in a terminal]")
def command(
    name: str,
    replications: int | None,
    store: Path | None,
    workers: int,
    against: Path | None,
    out: Path | None,
    figures: tuple[str, ...],
    progress: bool | None,
) -> None:
    """Run the policy variants of SET with the same seeds, and print each compared with the first, with intervals.

    SET is the name of a bundled set, such as england-2010, or a TOML file like the ones in nhstransit/data/benchmarks. The
    table has a hash, and is compared with the stored table of an earlier version.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.choice.benchmark import FIGURES, benchmark_policies, read_benchmark, stored_benchmark
    from nhstransit.cli.new_files import check_new
    from nhstransit.cli.show import console, grid
    from nhstransit.errors import InputError, nearest
    from nhstransit.run.folders import made_aside

    # Names are checked before the runs, which take minutes.
    for figure in figures:
        if figure not in FIGURES:
            raise InputError(f"--figure {figure}", "is not a figure of this table", nearest(figure, FIGURES))
    if out is not None:
        check_new(out)
    # Read before the runs too, so that a missing file costs no time.
    before = stored_benchmark(name) if against is None else read_benchmark(against)
    with warnings_told():
        found = benchmark_policies(name, replications=replications, store=store, executor=workers, progress=progress)
    table = found.table.reset_index()
    wanted = table[table["figure"].isin(figures or FIGURES)]
    console().print(grid(_formatted(wanted)))
    click.echo(repr(found))
    for one, why in found.inert.items():
        click.echo(f"{one!r} changed no event in any run{f': {why}' if why else ''}.")
    if out is not None:
        with made_aside(out, file=True) as place:
            found.write(place)
        click.echo(f"Written to {out}.")
    _compared(found, before)


def _compared(found: Benchmark, before: Benchmark | None) -> None:
    """Print how the table differs from an earlier one, with the rows that differ."""
    from nhstransit.cli.table import shown
    from nhstransit.phrases import number_of

    if before is None:
        click.echo("There is no earlier table to compare with; to store this one, use --out FILE.")
        return
    which = f"version {before.version}, library {before.library}, hash {before.hash[:16]}"
    # With other seeds or another number of runs, a difference would be chance and not the new version.
    if before.replications != found.replications or before.seed != found.seed:
        click.echo(
            f"The table cannot be compared with the stored one ({which}), which has {before.replications} replications and "
            f"the seed {before.seed}."
        )
        return
    table = found.against(before)
    if not len(table):
        click.echo(f"The results are the same as in the stored table ({which}).")
        return
    signs = int((table["changed"] == "sign of the gap").sum())
    differ = f"{number_of(len(table), 'result')} {'differs' if len(table) == 1 else 'differ'}"
    click.echo(f"{differ} from the stored table ({which}); {signs} of the gaps now have the opposite sign.")
    shown(table.reset_index(), None)


def _formatted(table: object) -> object:
    """The table with its numbers formatted."""
    from nhstransit import tables
    from nhstransit.cli.table import cell

    return tables.frame({str(name): [cell(item) for item in table[name]] for name in table.columns})  # type: ignore[attr-defined,index]
