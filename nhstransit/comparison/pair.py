"""Two runs with the same random numbers: the differences in the scenarios, in the results, and for each person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints
from nhstransit.comparison import schemes
from nhstransit.comparison.divergence import Divergence, diverge
from nhstransit.comparison.people import THROUGH, differing_policies, plainly, shared, through, touched
from nhstransit.comparison.strata import STRATA, WITHIN, Cut, bounds, counts, drain, route_table, strata_of, table_by
from nhstransit.comparison.waterfall import Waterfall, waterfall
from nhstransit.comparison.wording import html, text, told_ends, what_differs
from nhstransit.errors import check_kind
from nhstransit.measures import headlines
from nhstransit.measures.headline_figures import UNITS
from nhstransit.measures.knowledge import Knowledge, weights
from nhstransit.run import Run
from nhstransit.scenario import Change, differences

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.law import Law

_ORDER = {name: place for place, name in enumerate(UNITS)}
NOTHING = "No headline figure differs."


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Comparison:
    """A run and its baseline, compared person by person. Each result is computed from the two runs on first use."""

    run: Run
    baseline: Run
    law: Law | None = None  # the law of both runs; None if it is the law of their scenarios
    knowledge: Knowledge = attrs.field(factory=Knowledge)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The differences between the scenarios: dotted paths, with the baseline's setting first."""
        return differences(self.baseline.scenario, self.run.scenario)

    @property
    def settings(self) -> pd.DataFrame:
        """The differences as a table: the baseline's setting (old) and the run's (new), as text; indexed by path."""
        columns = {
            "path": [change.path for change in self.changes],
            "old": [plainly(change.old) for change in self.changes],
            "new": [plainly(change.new) for change in self.changes],
        }
        return tables.frame(columns, index="path")

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Headline figures of the run and the baseline, and the gap between them; indexed by measure.

        Columns: run, baseline, gap (run less baseline), unit.
        """
        ours = headlines(self.run)
        theirs = headlines(self.baseline)
        names = sorted(ours, key=lambda name: _ORDER.get(name, len(_ORDER)))  # in the order of the headlines
        columns = {
            "measure": names,
            "run": [ours[name] for name in names],
            "baseline": [theirs[name] for name in names],
            "gap": [ours[name] - theirs[name] for name in names],
            "unit": [UNITS.get(name, "") for name in names],
        }
        return tables.frame(columns, index="measure")

    @cached_property
    def staff(self) -> Ints:
        """Identities of the people who are in the opening staff of both runs, in order."""
        return shared(self.run, self.baseline)

    @cached_property
    def stratum(self) -> Bytes:
        """Index in `STRATA` of each of `staff`: in post at the end in both runs, in one, or in neither."""
        return strata_of(self.run, self.baseline, self.staff)

    @cached_property
    def direct(self) -> Bools:
        """Which of `staff` are named in the log of either run by a policy whose settings differ."""
        return touched(self.run, self.baseline, self.staff, differing_policies(self.changes))

    @cached_property
    def _through(self) -> tuple[Bytes, Ints]:
        """Both columns that say how a person's stratum came about, computed together."""
        return through(self.run, self.baseline, self.staff, self.stratum, self.direct)

    @property
    def how(self) -> Bytes:
        """Index in `THROUGH` of each of `staff`: how the difference arose for people in post in one run only."""
        return self._through[0]

    @property
    def whom(self) -> Ints:
        """Identity of the other person through which each of `staff` was affected; −1 if none is known."""
        return self._through[1]

    @cached_property
    def weights(self) -> Floats:
        """The knowledge of each of `staff` at the opening, as defined by `knowledge`."""
        rows = self.run.rows_of(self.staff)
        return np.asarray(weights(self.run, self.knowledge)[rows])

    @cached_property
    def strata(self) -> pd.DataFrame:
        """Each stratum: people, their share, and how people in post in one run only were affected.

        Indexed by stratum. Columns: people; share (of everyone); direct (people affected directly by a policy whose
        settings differ); a_post_taken_by_another, a_post_left_by_another, chosen_or_kept_in_anothers_place (people
        affected through other people); otherwise.
        """
        cells = np.zeros((len(STRATA), len(THROUGH)), "int64")
        np.add.at(cells, (self.stratum, self.how), 1)
        cells[[0, 3]] = 0  # people with the same outcome in both runs were not affected
        people = counts(self.stratum)
        table: dict[str, AnyArray | Sequence[str]] = {"stratum": STRATA, "people": people}
        table["share"] = people / max(len(self.stratum), 1)
        table |= {tables.column(name): cells[:, place] for place, name in enumerate(THROUGH)}
        return tables.frame(table, index="stratum")

    def strata_by(self, by: Cut) -> pd.DataFrame:
        """The strata by people's groups at the opening: see `strata.table_by`; indexed by group.

        `by` is "employer", "kind", "region", "function", "band", "sex", "age", "service" or "all".
        """
        return table_by(self.run, self.staff, self.stratum, by, self.direct, self.weights)

    @cached_property
    def routes(self) -> pd.DataFrame:
        """People by route in the run and in the baseline, with the stratum, most people first.

        Columns: route, baseline_route, stratum, people.
        """
        return route_table(self.run, self.baseline, self.staff, self.stratum)

    @cached_property
    def drain(self) -> pd.DataFrame:
        """Heads and knowledge in each stratum, and the net effect of the policy; indexed by stratum.

        Columns: people, share; knowledge, knowledge_share; selection (knowledge_share over share).
        """
        return drain(self.stratum, self.weights)

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """The strata, and the range that is possible given only the marginal counts of the two runs.

        Indexed by within (the grouping) and stratum. Columns: least, most, independent, found: see `bounds`.
        """
        return bounds(self.run, self.staff, self.stratum, WITHIN)

    @cached_property
    def waterfall(self) -> Waterfall:
        """The change in staff cost from the baseline to the run, by mechanism.

        Raises InputError if the runs used different laws, or a law that was not given to `compare`.
        """
        return waterfall(self.run, self.baseline, law=self.law)

    def deadweight(self, scheme: str, *, months: Sequence[int] = schemes.HORIZONS) -> pd.DataFrame:
        """People paid to leave by the scheme who would have left unpaid: see `deadweight`; indexed by months."""
        check_kind("scheme", scheme, str, "name a policy of the run")
        return schemes.deadweight(self.run, self.baseline, scheme, months=months)

    def additionality(self, policy: str) -> pd.DataFrame:
        """People given a guarantee, and how many stayed because of it: see `additionality`; indexed by outcome."""
        check_kind("policy", policy, str, "name a policy of the run")
        return schemes.additionality(self.run, self.baseline, policy)

    def posts_saved(self, scheme: str, *, months: Sequence[int] = schemes.HORIZONS) -> pd.DataFrame:
        """The scheme's cost for each post saved, net of deadweight: see `posts_saved`; indexed by months."""
        check_kind("scheme", scheme, str, "name a policy of the run")
        return schemes.posts_saved(self.run, self.baseline, scheme, months=months)

    @cached_property
    def divergence(self) -> Divergence:
        """Where and why the two runs diverge, and the proof that they were the same before."""
        return diverge(self.run, self.baseline)

    @property
    def first_difference(self) -> int | None:
        """The first day on which the logs differ, or None if they are the same."""
        return self.divergence.day

    def sentences(self) -> list[str]:
        """The comparison in at most three sentences."""
        what = what_differs(self.run, self.baseline, self.changes)
        ends = told_ends(self.run, self.baseline)
        if self.divergence.same:
            return [what, f"The two runs have the same events{ends}."]
        people = self.strata["people"]
        groups = ", ".join(f"{people[name]:,} {name}" for name in STRATA)
        until = f"The runs have the same events until {self.divergence.date}."
        return [what, until, f"Of the opening staff at the end{ends}: {groups}."]

    def deadweight_told(self) -> list[str]:
        """For each scheme that pays people to leave in the run only, one sentence: how many would have left unpaid."""
        return schemes.told_deadweight([(self.run, self.baseline)])

    def __repr__(self) -> str:
        return text(self.sentences(), self.gaps[self.gaps["gap"] != 0], NOTHING, self.deadweight_told())

    def _repr_html_(self) -> str:
        return html(self.sentences(), self.gaps[self.gaps["gap"] != 0], NOTHING, self.deadweight_told())
