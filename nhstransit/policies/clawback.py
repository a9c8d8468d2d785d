"""Clawback: within which months a return costs money, by the terms on which people were paid to go, and how much."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nhstransit.arrays import Bools, Floats, Longs, Rows
from nhstransit.dates import DAYS_A_YEAR, add_months
from nhstransit.grammar import Situation
from nhstransit.workforce.codes import VSM

REDUNDANCY = "section16"  # void where NHS work starts within four weeks
TERMS = ("mars_2010", "mars_later", "vr_2025", "vr_nhsps", REDUNDANCY)


def windows(situation: Situation, rows: Rows, repays: Mapping[str, str], otherwise: float | None) -> Floats:
    """Days from leaving to the first on which a return is deterred no more, (rows,).

    By the terms of the rule by which each left, as they are today, where `repays` names any; else `otherwise` months, or
    where that is None the window of section 16.
    """
    law, today = situation.law, situation.epoch_day
    section16 = law.alternative_window_days(today) + 1.0
    out = np.full(len(rows), section16 if otherwise is None else otherwise / 12.0 * DAYS_A_YEAR)
    for name, terms in repays.items():
        mine = _left_by(situation, rows, name)
        if terms == REDUNDANCY:
            out[mine] = section16
        elif mine.any():
            senior = situation.people.band[rows[mine]] == VSM
            months = [law.clawback_months(terms, today, vsm=vsm) for vsm in (False, True)]
            left = situation.people.left_day[rows[mine]] + situation.calendar.origin
            out[mine] = add_months(left + 1, np.where(senior, months[1], months[0])) - left
    return out


def owed(situation: Situation, rows: Rows, repays: Mapping[str, str], tax_rate: float) -> Longs:
    """Pence of severance that each of those back today pays back, (rows,); nought under no terms, or after the window."""
    people, law, today = situation.people, situation.law, situation.epoch_day
    out = np.zeros(len(rows), "int64")
    for name, terms in repays.items():
        mine = rows[_left_by(situation, rows, name)]
        if not len(mine):
            continue
        net = law.net_of_tax(people.paid_pence[mine], today, tax_rate=tax_rate)
        leaving = people.left_day[mine] + situation.calendar.origin
        if terms == REDUNDANCY:
            back = np.where(today - leaving <= law.alternative_window_days(today), net, 0)
        else:
            months = np.ones(len(mine))
            if terms.startswith("mars"):
                months = law.mars_months(people.service_from[mine], leaving, terms=terms)
            senior = people.band[mine] == VSM
            back = law.clawback(net, months, leaving, today, terms=terms, vsm=senior)
        out[np.isin(rows, mine)] = back
    return out


def _left_by(situation: Situation, rows: Rows, name: str) -> Bools:
    return np.asarray(situation.people.left_rule[rows] == situation.rule_of(name))
