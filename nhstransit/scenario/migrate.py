"""Scenario, study and margins files of version 0.1.0, carried over to the names of this version.

In version 0.1.0, `england-2010` was the scenario before the fit, and `england-2010-fitted` the fitted scenario. A file of
that version can be loaded unchanged, but `england-2010` then means the fitted scenario. A file does not state the version
that it was written for. So it is carried over only on request, and a note in its first line records this.
"""

from __future__ import annotations

import re

import attrs

from nhstransit import toml
from nhstransit.errors import FormatError

NOTE = "# Carried over from nhstransit 0.1.0 by `nhstransit migrate`."
WORLDS = {"england-2010": "england-2010-prior", "england-2010-fitted": "england-2010"}
MODULES = {
    "nhstransit.metrics": "nhstransit.measures",
    "nhstransit.eventlog": "nhstransit.log",
    "nhstransit.parameters": "nhstransit.law",
    "nhstransit.entitlements": "nhstransit.law",
    "nhstransit.published": "nhstransit.england",
    "nhstransit.validation": "nhstransit.england",
    "nhstransit.sweeps": "nhstransit.studies",
    "nhstransit.calibration": "nhstransit.studies",
    "nhstransit.sensitivity": "nhstransit.studies",
}
_STARTS_FROM = re.compile(r"""^(\s*(?:of|base)\s*=\s*)(["'])(england-2010(?:-fitted)?)\2""")
_IMPOSSIBLE = re.compile(r"^(\s*)\[\[nought\]\]")  # in files of margins
_CODE = re.compile(r"""(["'])(nhstransit\.[a-z]+)(?=[.:])""")


@attrs.frozen(kw_only=True)
class Migrated:
    """A file carried over: its new text, and each change as (line from 1, old, new)."""

    text: str
    changes: tuple[tuple[int, str, str], ...]


def migrated(text: str, place: str = "") -> Migrated:
    """Carry the text of a scenario or study file of version 0.1.0 over to the names of this version.

    Comments, order and everything else stay as they are.

    Args:
        text: the TOML of the file.
        place: the name of the file, for errors.

    Raises:
        FormatError: the text is not TOML, or was carried over already.
    """
    toml.loads(text, place)
    if NOTE in text:
        raise FormatError("", "has already been carried over", "use it as it is").in_file(place)
    # The text is changed line by line and not as parsed TOML, which would lose comments and the order of keys.
    lines = []
    changes: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        based = _STARTS_FROM.sub(_current_world, line)
        named = _CODE.sub(_current_module, based)
        changes += [(number, found[3], WORLDS[found[3]]) for found in _STARTS_FROM.finditer(line)]
        modules = [found[2] for found in _CODE.finditer(line) if found[2] in MODULES]
        changes += [(number, module, MODULES[module]) for module in modules]
        changes += [(number, "[[nought]]", "[[impossible]]") for _ in _IMPOSSIBLE.finditer(line)]
        lines.append(_IMPOSSIBLE.sub(r"\1[[impossible]]", named))
    return Migrated(text=f"{NOTE}\n{''.join(lines)}", changes=tuple(changes))


def _current_world(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{WORLDS[found[3]]}{found[2]}"


def _current_module(found: re.Match[str]) -> str:
    return f"{found[1]}{MODULES.get(found[2], found[2])}"
