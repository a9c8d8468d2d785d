"""The outcome of a simulation: log, people and posts as a run."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Ints
from nhstransit.engine.world import World
from nhstransit.log import NOBODY
from nhstransit.organisations.posts import COLUMNS as POST_COLUMNS
from nhstransit.organisations.posts import Posts
from nhstransit.run import Closing, Provenance, Run
from nhstransit.run.accrual import accrued_by_year
from nhstransit.scenario import Scenario
from nhstransit.streams import plain_keys
from nhstransit.toml import Named
from nhstransit.workforce.columns import Workforce


def run_of(world: World, scenario: Scenario, seed: int, seats: Ints, law: str) -> Run:
    """Make the run from `world` at the end of the calendar.

    Args:
        world: the state of the run after the last day.
        scenario: the scenario that was run.
        seed: the root of all random draws.
        seats: (people,) post that each person of the opening staff holds.
        law: digest of the dated parameters.
    """
    # Pay is added up from the finished log and people, so the run exists before its total does.
    run = without_pay(world, scenario, seed, seats, law)
    _, pay = accrued_by_year(run, world.law)
    closing = attrs.evolve(run.closing, pay=int(pay.sum()))
    return attrs.evolve(run, closing=closing)


def without_pay(world: World, scenario: Scenario, seed: int, seats: Ints, law: str) -> Run:
    """The run from `world` before the pay of its days is added up.

    Args:
        world, scenario, seed, seats, law: as in `run_of`.
    """
    # People are never removed from the columns, and newcomers follow the opening staff. They held no post at the start.
    newcomers = len(world.columns["staff"]) - len(seats)
    opening_post = np.concatenate([seats, np.full(newcomers, NOBODY, seats.dtype)])
    opening_pay = np.concatenate([world.opening_pay, *(batch["pay_pence"] for batch in world.entered)])
    # Of the columns of posts, only those that never change belong to the run: the log contains every change.
    posts = {name: world.posts[name] for name in POST_COLUMNS}
    posts["key"] = plain_keys(world.posts["key"])
    ledger = {kind.name: pence for kind, pence in world.ledger.items() if pence}
    return Run(
        scenario=scenario,
        seed=int(seed),
        log=world.log.log(),
        people=_everybody(world),
        posts=Posts(**posts),
        opening_post=opening_post,
        opening_pay=opening_pay,
        closing=Closing(post=world.columns["post"], ledger=Named(ledger), pay=0),
        provenance=Provenance.here(law, scenario.workforce.content),
    )


def _everybody(world: World) -> Workforce:
    """Everyone who was ever in the run, as they entered: opening staff, then newcomers with their first post."""
    # The columns of the state are not used here: they contain each person's present post and pay, not the first.
    opening = world.opening
    if not world.entered:
        return opening
    columns = {}
    for name, column in opening.columns().items():
        newcomers = [batch[name] for batch in world.entered]
        columns[name] = np.concatenate([column, *newcomers])
    return opening.having(**columns)
