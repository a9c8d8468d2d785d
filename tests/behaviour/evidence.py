"""Every experiment on behaviour, with its expected value. The page of evidence is generated from this list."""

from __future__ import annotations

import math
from functools import cache, partial

from nhstransit.workforce.columns import Disposition
from tests.behaviour.crowd import Result
from tests.behaviour.leaving_experiments import (
    announcement,
    contagion,
    delayed_departures,
    disaffected,
    disposed,
    outside_option,
    perceived_after_news,
    retention_pay,
    selection,
    waiting,
)
from tests.behaviour.severance_experiments import (
    better_placed,
    clawed_back,
    from_2010_to_2025,
    payment_alone,
    payout,
    pension,
    second_round,
    signing,
)

KAPPA = "sign from McEvoy and Cascio, 1987; size assumed"
THREAT = "sign from studies of leaving after news of layoffs (Diwan, 1994; Rama, 1997); size assumed"

# In the order of the page. An experiment runs on first use, so that tests are collected without a simulation.
EXPERIMENTS: tuple[partial[Result], ...] = (
    partial(announcement, 0.13, 1.27, "Trevor and Nyberg, 2008: 10.4% to 13.0% after a small cut"),
    partial(announcement, 1.0, 2.0 - math.exp(-2.5), "assumed: the ratio levels off towards 2"),
    partial(
        perceived_after_news,
        "ramp",
        "2010-05-01",
        "perceived risk (from 0 to 1) a month after news that a post will certainly be lost",
        1 / 3,
    ),
    partial(
        perceived_after_news,
        "fading",
        "2011-07-01",
        "perceived risk (from 0 to 1) fifteen months after such news",
        0.5,
    ),
    partial(selection, 0.0, math.exp(-0.15), KAPPA),
    partial(selection, 1.0, math.exp(0.18), THREAT),
    partial(outside_option),
    partial(disposed, Disposition.LEAVER, 1.5),
    partial(disposed, Disposition.STAYER, 0.8),
    partial(retention_pay),
    partial(retention_pay, 0.15, -2.0, 1.15**-2.0),
    partial(delayed_departures, 30),
    partial(delayed_departures, 91),
    partial(delayed_departures, 183),
    partial(disaffected, 0.0, 0.0),
    partial(disaffected, 0.0, -1.0),
    partial(disaffected, 1.5, 0.0),
    partial(contagion),
    partial(contagion, 0.23),
    partial(waiting),
    partial(payout),
    partial(payment_alone),
    partial(from_2010_to_2025),
    partial(pension),
    partial(better_placed),
    partial(clawed_back),
    partial(second_round, 0.7, 0.6, 0.0125),
    partial(second_round, 0.3, 0.85, 0.0125),
    partial(second_round, 1.0, 0.0, 0.0),
    partial(signing),
)


@cache
def result(index: int) -> Result:
    """The result of the experiment with this index."""
    return EXPERIMENTS[index]()


def results() -> tuple[Result, ...]:
    """The results of all experiments, in the order of the page."""
    return tuple(result(index) for index in range(len(EXPERIMENTS)))
