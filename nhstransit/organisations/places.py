"""Where a scenario's bodies come from: files of bodies, and the money or numbers that give successors their posts."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import attrs

from nhstransit import toml
from nhstransit.errors import FormatError
from nhstransit.organisations.bodies import Organisation, check
from nhstransit.organisations.funding import Funding, fund
from nhstransit.organisations.read import read_bodies, read_posts


@attrs.frozen(kw_only=True)
class Places:
    """Files, beside a scenario's own or among the bundled data.

    Attributes:
        bodies: tables of bodies, CSV or TOML, one after another.
        funding: a TOML file of plans that give successors their posts.
        posts: a CSV file of posts, on top.
        include_outside: whether posts for people from outside the opening staff are there.
    """

    bodies: tuple[str, ...]
    funding: str = ""
    posts: str = ""
    include_outside: bool = True

    def organisations(self, functions: tuple[str, ...], *, folder: Path | None = None) -> tuple[Organisation, ...]:
        """The bodies with their posts, checked together. Raises OrganisationError or FormatError by file and line."""
        out = tuple(
            body for name in self.bodies for body in read_bodies(found(name, folder), alone=len(self.bodies) == 1)
        )
        check(out)
        if self.funding:
            plans = toml.load(found(self.funding, folder), Funding)
            out = fund(out, plans, include_outside=self.include_outside)
        return read_posts(found(self.posts, folder), out, functions) if self.posts else out


def found(name: str, folder: Path | None = None) -> Path:
    """The file of that name in `folder` or, failing that, among the bundled data; it may not lead out of either.

    Raises FormatError where it is in neither.
    """
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or not name:
        raise FormatError(name or "file", "is no name of a file", "name one beside the scenario's own, without `..`")
    with as_file(files("nhstransit") / "data") as bundled:
        for place in (folder, bundled):
            if place is not None and (place / path).is_file():
                return place / path
        known = ", ".join(sorted(f"england/{item.name}" for item in (bundled / "england").iterdir()))
    raise FormatError(name, "is no file beside the scenario, nor bundled", f"check the name; bundled: {known}")
