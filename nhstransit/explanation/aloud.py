"""The verb: a scenario read aloud, before anything of it happens."""

from __future__ import annotations

from collections import Counter

from nhstransit.errors import check_kind
from nhstransit.explanation.opening import opening_situation
from nhstransit.explanation.places import days_of_bodies, first_day, last_day
from nhstransit.explanation.schemes import days_of_policy
from nhstransit.explanation.telling import Explanation
from nhstransit.explanation.words import listed, many, said
from nhstransit.law import Law
from nhstransit.scenario import Input, Scenario, assumptions

WIDEST = 5  # ranges told one by one


def explain(scenario: Scenario, *, law: Law | None = None) -> Explanation:
    """What a scenario says will happen, day by day, in words; nothing is simulated.

    Counts are of the opening staff, as if nobody came, left or moved before: each policy is asked whom it would act on
    among them on its own day, under the law of that day and at opening pay.

    Args:
        scenario: the world.
        law: dated parameters in the place of the scenario's own.

    Raises:
        InputError: for staff that cannot be made, or a day the law's parameters do not reach.
    """
    check_kind("scenario", scenario, Scenario)
    if law is not None:
        check_kind("law", law, Law)
    law = law or scenario.dated_law
    opening = opening_situation(scenario, law=law)
    tellings = days_of_bodies(scenario, opening)
    for name, policy in scenario.policies.items():
        tellings += days_of_policy(name, policy, scenario, law)
    tellings.sort(key=lambda telling: telling.date)
    if not scenario.policies:
        quiet = "No employer does anything: people leave of themselves, and with the bodies that close."
    else:
        quiet = "Counts are of the opening staff, as if nobody came, left or moved before, at opening pay."
    about = f"{scenario.about} From {said(scenario.start)} to {said(scenario.end)}. {quiet}"
    return Explanation(
        title=scenario.title or scenario.name,
        about=about.strip(),
        tellings=(first_day(scenario, opening), *tellings, last_day(scenario)),
        inputs=_inputs(assumptions(scenario)),
    )


def _inputs(inputs: tuple[Input, ...]) -> tuple[str, ...]:
    """How many inputs there are of each grade, what the scenario has changed, and what is known least."""
    grades = Counter(one.quality for one in inputs)
    told = listed(f"{count:,} {quality}" for quality, count in grades.most_common())
    sentences = [f"{many(len(inputs), 'input')} by grade: {told}." if inputs else "No number of its own."]
    changed = [_changed(one) for one in inputs if one.changed]
    if changed:
        sentences.append(f"Set here: {listed(changed)}.")
    unsure = sorted((one for one in inputs if one.unsure and one.width), key=lambda one: -one.width)[:WIDEST]
    if unsure:
        wide = listed(f"{one.path} {one.value:g} ({_range(one)})" for one in unsure)
        sentences.append(f"Assumed with the widest ranges for their size: {wide}.")
    return tuple(sentences)


def _changed(one: Input) -> str:
    """What a number is, and what it was."""
    was = f" (the library's own: {one.default:g})" if isinstance(one.default, (int, float)) else ""
    if one.law:
        was = f" (in place of the law's {one.law})"
    return f"{one.path} {one.value:g}{was}" if isinstance(one.value, (int, float)) else f"{one.path} {one.value}{was}"


def _range(one: Input) -> str:
    low, high = one.range or (0.0, 0.0)
    return f"{low:g} to {high:g}"
