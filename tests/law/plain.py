"""Every tariff for one person in plain Python, with fractions and dates, written from the rule and without arrays."""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction

DAY = dt.timedelta(days=1)


def penny(pounds: Fraction) -> int:
    """Pounds as pence, rounded half up."""
    return int((pounds * 100 + Fraction(1, 2)) // 1)


def anniversary(start: dt.date, years: int) -> dt.date:
    """The same day `years` later; 1 March for 29 February if that year has none."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return dt.date(start.year + years, 3, 1)


def years_between(start: dt.date, end: dt.date) -> int:
    """Complete years from one date to another, by counting anniversaries."""
    years = 0
    while anniversary(start, years + 1) <= end:
        years += 1
    return years


def served(start: dt.date, last_day: dt.date) -> int:
    """Complete years of service, including the last day."""
    return years_between(start, last_day + DAY)


def mars(pay: Fraction, wte: Fraction, start: dt.date, last_day: dt.date) -> int:
    """Half a month of pay for each complete year, from three to twelve months; zero in the first year."""
    years = served(start, last_day)
    if years < 1:
        return 0
    months = max(Fraction(3), min(Fraction(12), Fraction(years, 2)))
    return penny(pay * wte * months / 12)


def section16(pay: Fraction, wte: Fraction, start: dt.date, last_day: dt.date) -> int:
    """A month for each of up to 24 complete years, after 104 weeks; from April 2015 on pay from £23,000 to £80,000.

    A month is a twelfth of pay or 4.35 weeks of 7/365, whichever is more. From April 2015 the sum is at most £160,000.
    """
    if (last_day + DAY - start).days < 104 * 7:
        return 0
    years = served(start, last_day)
    month = max(Fraction(1, 12), Fraction("4.35") * 7 / 365)
    if last_day < dt.date(2015, 4, 1):
        return penny(pay * wte * min(years, 24) * month)
    pay = max(Fraction(23_000), min(Fraction(80_000), pay))
    return min(penny(pay * wte * min(years, 24) * month), 160_000 * 100)


def week_limit(last_day: dt.date) -> int:
    """The limit on a week's pay between October 2009 and March 2014."""
    steps = [
        (dt.date(2009, 10, 1), 380),
        (dt.date(2011, 2, 1), 400),
        (dt.date(2012, 2, 1), 430),
        (dt.date(2013, 2, 1), 450),
    ]
    return next(limit for since, limit in reversed(steps) if last_day >= since)


def statutory(pay: Fraction, wte: Fraction, born: dt.date, start: dt.date, last_day: dt.date) -> int:
    """Weeks for each of the last 20 years at most: 1½ if aged 41 or over throughout, 1 if 22 or over, otherwise ½."""
    end = last_day + DAY
    years = served(start, last_day)
    if years < 2:
        return 0
    weeks = Fraction(0)
    for back in range(1, min(years, 20) + 1):
        age = years_between(born, end) - back
        weeks += Fraction(3, 2) if age >= 41 else Fraction(1) if age >= 22 else Fraction(1, 2)
    week = min(pay * wte * 7 / 365, Fraction(week_limit(last_day)))
    return penny(week * weeks)


def notice(contract_weeks: int, start: dt.date, given: dt.date) -> int:
    """A week for each complete year, from one to twelve, or the weeks of the contract if longer."""
    return max(contract_weeks, min(12, max(1, years_between(start, given))))


def lieu(pay: Fraction, wte: Fraction, weeks: int) -> int:
    """Pay for `weeks` weeks of a year of 365 days."""
    return penny(pay * wte * 7 * weeks / 365)


def months_between(start: dt.date, end: dt.date) -> int:
    """Complete months. A day that a month lacks counts as the 1st of the next month."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def release(pay: float, wte: float, section: str, born: dt.date, start: dt.date, last_day: dt.date) -> float:
    """Cost in pounds of a pension paid from the last day, at 3% real, in the 1995 or 2008 Section before April 2028."""
    least = 50 if section == "1995" and start <= dt.date(2006, 4, 5) else 55
    member = months_between(start, last_day + DAY)
    early = {"1995": 60, "2008": 65}[section] * 12 - months_between(born, last_day)
    if years_between(born, last_day) < least or member < 24 or early <= 0:
        return 0.0
    pension = pay * wte * member / 12 / {"1995": 80, "2008": 60}[section]
    discount = 1 - 1.03 ** (-early / 12)
    return pension * discount / math.log(1.03) + (3 * pension * discount if section == "1995" else 0.0)


def clawback_2010(net: Fraction, paid_months: Fraction, last_day: dt.date, back: dt.date) -> int:
    """Repayment for the paid months that have not yet passed, after a return within six months."""
    away = months_between(last_day + DAY, back)
    return penny(net * max(Fraction(0), paid_months - away) / paid_months) if away < 6 else 0


def supplement_2010(pay: Fraction, share: Fraction, least: int, most: int) -> int:
    """A share of basic pay, between its limits."""
    return max(100 * least, min(100 * most, penny(pay * share)))


def on_cost_2010(pay: Fraction) -> int:
    """National Insurance, rebate and pension of 2010-11, each to the penny."""
    due = penny(Fraction("0.128") * max(Fraction(0), pay - 5715))
    rebate = penny(Fraction("0.037") * max(Fraction(0), min(pay, Fraction(40_040)) - 5044))
    return due - rebate + penny(Fraction("0.14") * pay)
