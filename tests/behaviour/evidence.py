"""Every experiment on behaviour, and what each should find: the page of evidence is made from it."""

from __future__ import annotations

import math
from functools import cache

from nhstransit.workforce.columns import Disposition
from tests.behaviour.crowd import Found
from tests.behaviour.found_leaving import (
    announcement,
    contagion,
    disaffected,
    disposed,
    felt,
    outside_option,
    put_off_and_gone,
    retention_pay,
    selection,
    waiting,
)
from tests.behaviour.found_taking import (
    better_placed,
    clawed_back,
    from_2010_to_2025,
    payment_alone,
    payout,
    pension,
    second_round,
    signing,
)


@cache
def findings() -> tuple[Found, ...]:
    """Every experiment, in the order of the page."""
    kappa = "McEvoy and Cascio, 1987, for the sign; size assumed"
    threat = "Diwan 1994, Rama 1997, attrition after layoff news, for the sign; size assumed"
    return (
        announcement(0.13, 1.27, "Trevor and Nyberg, 2008: 10.4% to 13.0% after a small cut"),
        announcement(1.0, 2.0 - math.exp(-2.5), "levels off toward 2; assumed"),
        felt("ramp", "2010-05-01", "share of a certain risk that is felt a month after the news", 1 / 3),
        felt("fading", "2011-07-01", "the same fifteen months after it", 0.5),
        selection(0.0, math.exp(-0.15), kappa),
        selection(1.0, math.exp(0.18), threat),
        outside_option(),
        disposed(Disposition.LEAVER, 1.5),
        disposed(Disposition.STAYER, 0.8),
        retention_pay(),
        retention_pay(0.15, -2.0, 1.15**-2.0),
        put_off_and_gone(30),
        put_off_and_gone(91),
        put_off_and_gone(183),
        disaffected(0.0, 0.0),
        disaffected(0.0, -1.0),
        disaffected(1.5, 0.0),
        contagion(),
        contagion(0.23),
        waiting(),
        payout(),
        payment_alone(),
        from_2010_to_2025(),
        pension(),
        better_placed(),
        clawed_back(),
        second_round(0.7, 0.6, 0.0125),
        second_round(0.3, 0.85, 0.0125),
        second_round(1.0, 0.0, 0.0),
        signing(),
    )
