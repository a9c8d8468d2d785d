"""The run itself: scenario, seed, log, people, posts and provenance. Everything else is read from it."""

from __future__ import annotations

import platform
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Ints, Rows, guarded
from nhstransit.log import NO_RULE, Kind, Log, Words
from nhstransit.organisations.posts import Posts
from nhstransit.scenario import Scenario
from nhstransit.toml import Named
from nhstransit.workforce.columns import Disposition, RiskClass, Workforce

if TYPE_CHECKING:
    from nhstransit.run.history import History


@attrs.frozen(kw_only=True)
class Provenance:
    """The versions and inputs with which a run was made: enough to make it again."""

    library: str
    numpy: str
    python: str
    machine: str
    law: str  # digest of the dated parameters
    staff: str  # digest of the opening staff
    scipy: str = ""  # "" in a run of an earlier version, which did not store it
    simpy: str = ""

    @classmethod
    def here(cls, law: str, staff: str) -> Provenance:
        """The provenance of a run made in this process."""
        return cls(
            library=library_version(),
            numpy=np.__version__,
            python=platform.python_version(),
            machine=platform.machine(),
            law=law,
            staff=staff,
            scipy=_installed("scipy"),
            simpy=_installed("simpy"),
        )


@attrs.frozen(kw_only=True, eq=False)
class Closing:
    """The state at the end of the run, stored separately from the log so that the log can be checked against it."""

    post: Ints  # (people,) post held; −1 for people not in post
    ledger: Named[int]  # pence by kind of event
    pay: int  # pay and on-costs of everyone for their days in post, in 365ths of a penny


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Run:
    """One realisation of a scenario.

    `people` is everyone who was ever in the run, as they entered. `opening_post` (people,) is the post that each person
    held at the start, −1 for people who came later. `opening_pay` (people,) is whole-time pay in pence a year on
    entering, including any supplement. Positions in `people` and `posts` are rows. The log identifies people by identity
    and posts by row.
    """

    scenario: Scenario
    seed: int
    log: Log
    people: Workforce
    posts: Posts
    opening_post: Ints
    opening_pay: Ints
    closing: Closing
    provenance: Provenance
    codes: Named[int] = attrs.field(  # the number of each rule in the log, by name
        default=attrs.Factory(lambda self: Named(self.scenario.rules), takes_self=True)
    )

    def __attrs_post_init__(self) -> None:
        # The class is frozen, so attributes are set through `object`.
        for name in ("opening_post", "opening_pay"):
            column = np.ascontiguousarray(getattr(self, name), "int32")
            object.__setattr__(self, name, guarded(column))
        # Words come from this run's scenario, even if the log was taken from another run.
        object.__setattr__(self, "log", Log(**self.log.columns(), words=self._words()))

    def _words(self) -> Words:
        """The meaning of the codes in the log."""
        return Words(
            start=self.scenario.start,
            rules=self.rules,
            bodies=self.scenario.roster.names,
            funds=tuple(self.scenario.funds),
            states={
                Kind.DISPOSITION: tuple(item.name.lower() for item in Disposition),
                Kind.RISK: tuple(item.name.lower().replace("_", " ") for item in RiskClass),
            },
        )

    @property
    def history(self) -> History:
        """Where people were and when, as tables: spells, exits, moves, posts, payments, stocks of any day."""
        from nhstransit.run.history import History

        return History(self)

    def rows_of(self, staff: Ints) -> Rows:
        """Rows in `people` of these identities, (n,). Every identity must be known."""
        # Identities are sorted. Without gaps a subtraction finds the row, which is much faster than a search.
        everybody = self.people.staff
        if len(everybody):
            first = int(everybody[0])
            last = int(everybody[-1])
            if last - first == len(everybody) - 1:
                return np.asarray(staff, np.intp) - first
        return np.searchsorted(everybody, staff)

    @cached_property
    def rules(self) -> dict[int, str]:
        """Names of the rule numbers in the log: the well-known ones and the scenario's policies."""
        return {code: name for name, code in self.codes.items()}

    def code_of(self, name: str) -> int:
        """The number of a rule in the log, by name. For an unknown name it is `NO_RULE`, which no event has."""
        return self.codes.get(name, NO_RULE)

    def __repr__(self) -> str:
        return (
            f"Run({self.scenario.name!r}, seed={self.seed}: {len(self.people):,} people, {len(self.posts):,} posts, "
            f"{len(self.log):,} events)"
        )

    def _repr_html_(self) -> str:
        facts = {
            "scenario": self.scenario.name,
            "seed": str(self.seed),
            "people": f"{len(self.people):,}",
            f"not in post on {self.scenario.end}": f"{int((self.closing.post < 0).sum()):,}",
            "events": f"{len(self.log):,}",
        }
        shown = tables.frame({"what": list(facts), "which": list(facts.values())})
        return tables.html(shown, self.scenario.title or self.scenario.name)


@cache
def _installed(package: str) -> str:
    """The version of an installed package. It is looked up once, because it is read from a file, which is slow."""
    return version(package)


def library_version() -> str:
    """The version of this library, as installed."""
    try:
        return _installed("nhstransit")
    except PackageNotFoundError:
        return "not installed"
