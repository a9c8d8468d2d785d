"""Where a scenario's bodies come from: files of bodies, and the money or numbers that give successors their posts."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import attrs

from nhstransit import toml
from nhstransit.errors import FormatError, shown
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
            body
            for name in self.bodies
            for body in read_bodies(found(name, folder, place="bodies"), alone=len(self.bodies) == 1)
        )
        check(out)
        if self.funding:
            plans = toml.load(found(self.funding, folder, place="funding"), Funding)
            out = fund(out, plans, include_outside=self.include_outside)
        return read_posts(found(self.posts, folder, place="posts"), out, functions) if self.posts else out


def found(name: str, folder: Path | None = None, *, place: str = "file") -> Path:
    """The file of that name in `folder` or, failing that, among the bundled data; it may not lead out of either.

    Raises FormatError where it is in neither; `place` is the key that names it.
    """
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or not name:
        right = "name one beside the scenario's own, without `..`"
        raise FormatError(place, f"is {shown(name)}, which is no name of a file", right)
    with as_file(files("nhstransit") / "data") as bundled:
        for root in (folder, bundled):
            if root is not None and (root / path).is_file():
                return root / path
        known = ", ".join(sorted(f"england/{item.name}" for item in (bundled / "england").iterdir()))
    wrong = f"is {shown(name)}, which is no file beside the scenario, nor bundled"
    raise FormatError(place, wrong, f"check the name; bundled: {known}")
