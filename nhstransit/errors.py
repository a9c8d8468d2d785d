"""Every error raised on purpose, so that a reader can tell a mistake of theirs from a fault of ours.

A message is one sentence that says where, what is wrong and what would be right. At the command line each of these ends
with exit status 2 and no traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class NhstransitError(Exception):
    """Base of every error raised on purpose; `except nhstransit.NhstransitError` catches them all."""


class InputError(NhstransitError):
    """Something a person wrote is not right: says where, what is wrong, and what would be right.

    >>> str(InputError("mars.toml: budget", "is -5", "give pounds of 0 or more"))
    'mars.toml: budget: is -5; give pounds of 0 or more'
    """

    def __init__(self, where: str, wrong: str, right: str) -> None:
        self.where, self.wrong, self.right = where, wrong, right
        super().__init__(where, wrong, right)

    def __str__(self) -> str:
        """The sentence, on one line even where a name that somebody wrote holds a line break."""
        return " ".join(f"{self.where}: {self.wrong}; {self.right}".removeprefix(": ").split())

    def within(self, place: str) -> InputError:
        """The same error one level further out: `place` goes before where it happened."""
        joint = "" if self.where.startswith("[") or not self.where else (": " if place.endswith(".toml") else ".")
        return type(self)(f"{place}{joint}{self.where}", self.wrong, self.right)


class ScenarioError(InputError):
    """A scenario, or a part of one, does not make sense."""


class CodeError(ScenarioError):
    """A file names code of a user's own that may not be run, or cannot be found."""


class FormatError(InputError):
    """A file is not written the way it must be: unknown key, wrong type, wrong `format`."""


class ParameterError(InputError):
    """A legal or financial value is asked for on a day for which no entry holds."""


class StaffError(InputError):
    """A staff list has a row or column that cannot be right."""


class OrganisationError(InputError):
    """A body, its dates or its posts do not fit together."""


class RunError(InputError):
    """A stored run cannot be written or read."""


class StoreError(InputError):
    """A store of a sweep's runs cannot be written or read, or holds what does not go with what is asked."""


class SweepError(InputError):
    """A sweep is asked for something that cannot be, or its workers cannot do their part."""


class CalibrationError(InputError):
    """A fit, or a check against what was published, is asked for something that cannot be."""


class PolicyError(InputError):
    """A policy or a behaviour returned something the engine cannot carry out."""


class ConservationError(NhstransitError):
    """People, posts or pence went missing or were made from nothing: a fault in the engine or in a policy."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that helps with a mistyped name: the nearest known one, then all (at most twelve).

    >>> nearest("marz", ["mars", "rets"])
    "did you mean 'mars'? known: mars, rets"
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"{hint}known: {listed}" if names else "none is known"


MAKERS = {  # how a reader comes by the things that public functions ask for
    "Comparison": "compare(run, baseline=...)",
    "Law": "Law.bundled()",
    "Run": "simulate(scenario, seed=...) or load_run(folder)",
    "Scenario": "load_scenario(name)",
    "Study": "sweep(scenarios, ...) or open_study(store)",
}


def check_kind(name: str, thing: object, kind: type | tuple[type, ...], right: str = "") -> None:
    """Raise InputError unless the argument `name` of a public function is of the kind it wants.

    `right` says what to give; without it, the kind and what makes one.

    >>> check_kind("seed", 1, int)
    >>> check_kind("law", 1, str, "give a name")
    Traceback (most recent call last):
    nhstransit.errors.InputError: law: is 1; give a name
    """
    if isinstance(thing, kind):
        return
    if not right:
        wanted = kind if isinstance(kind, type) else kind[0]
        right = f"give {_with_article(wanted)}"
        if wanted.__name__ in MAKERS:
            right += f", such as {MAKERS[wanted.__name__]}"
    raise InputError(name, f"is {_shown(thing)}", right)


def check_path(name: str, thing: object) -> None:
    """Raise InputError unless the argument `name` is a path: text, or a `pathlib.Path`."""
    if not hasattr(type(thing), "__fspath__"):  # what makes a path of a thing; `os` is not for this floor
        check_kind(name, thing, str, "give a path, as text or as pathlib.Path")


def _shown(thing: object) -> str:
    """A thing that was given in place of another: a short text or number as it is written, of all else the kind."""
    if thing is None or isinstance(thing, (bool, int, float, str)):
        text = repr(thing)
        return text if len(text) <= 60 else f"{text[:57]}..."
    return _with_article(type(thing))


def _with_article(kind: type) -> str:
    """The name of a kind, as a sentence has it: a Run, an int."""
    return f"{'an' if kind.__name__[:1] in 'AEIOUaeiou' else 'a'} {kind.__name__}"
