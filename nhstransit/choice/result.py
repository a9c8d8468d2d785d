"""The result of a choice: the figures of each option in each future, and tables that show which option to choose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats
from nhstransit.choice import robust
from nhstransit.choice.discovery import Box, discover
from nhstransit.choice.information import switching_values, weakest, worth
from nhstransit.choice.objectives import Objective
from nhstransit.choice.options import Option
from nhstransit.choice.selection import Elimination, Selection, chance_by_futures, selected
from nhstransit.choice.uncertainties import numbers_of
from nhstransit.comparison.changes import changes_in_words
from nhstransit.errors import InputError, nearest
from nhstransit.studies import Draws, Study
from nhstransit.studies.statistics import FEWEST, interval, wilson

if TYPE_CHECKING:
    import pandas as pd

ALL = "all of them"
RIVALS = 3  # the number of next best options that the favoured option is compared with


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Choice:
    """Options compared over the same futures. A future is one draw of the uncertain numbers with one seed.

    Attributes:
        options: the options; the first is the unchanged scenario.
        objectives: the objectives; the first ranks the options.
        figures: (objectives, options, draws, replications) in each objective's unit; NaN if a run failed, or was not
            made because the option had been eliminated.
        draws: the draws of the uncertain numbers, of equal weight.
        inert: for each option that changed no event in any run, the reason; "" if no reason is found.
        level: the level of confidence at which options are dropped and a winner is declared.
        rule: the elimination procedure; None if every option was simulated in all futures.
        eliminated: the options that were eliminated.
        failed: the number of runs that failed.
        study: the study of the runs; after elimination, the study of the options that were left at the end.
    """

    options: tuple[Option, ...]
    objectives: tuple[Objective, ...]
    figures: Floats
    draws: Draws
    inert: Mapping[str, str]
    level: float = 0.95
    rule: Elimination | None = None
    eliminated: tuple[str, ...] = ()
    failed: int = 0
    study: Study

    @property
    def names(self) -> tuple[str, ...]:
        """The options' names, in order."""
        return tuple(option.name for option in self.options)

    @cached_property
    def changes(self) -> dict[str, str]:
        """What each option changes in the unchanged scenario, in words, by option; "" for that scenario itself."""
        return {one.name: changes_in_words(self.options[0].scenario, one.scenario) for one in self.options}

    @property
    def spent(self) -> pd.Series:
        """The number of runs made of each option, indexed by option."""
        counts = np.isfinite(self.figures[0]).sum(axis=(1, 2))
        return tables.frame({"option": self.names, "runs": counts}, index="option")["runs"]

    @cached_property
    def distinct(self) -> Bools:
        """True for the unchanged scenario and for options that changed an event in some run, (options,)."""
        return np.array([name not in self.inert for name in self.names])

    @cached_property
    def in_play(self) -> Bools:
        """True for distinct options that were not eliminated, (options,)."""
        left = np.array([name not in self.eliminated for name in self.names])
        return np.asarray(self.distinct & left)

    @cached_property
    def common(self) -> Floats:
        """Figures times their objective's sign, in the futures that all options share, (objectives, options, futures)."""
        return np.asarray(self._signed[:, :, self._shared])

    @cached_property
    def units(self) -> Floats:
        """The figures of `common` by independent unit, (objectives, options, units).

        A unit is the mean of a draw, or one replication if there is only one draw.
        """
        if len(self.draws) == 1:
            return self.common
        # The mean of each draw's replications, because replications of one draw are not independent.
        draws = self._draw[self._shared]
        kept = np.unique(draws)
        means = [self.common[:, :, draws == draw].mean(axis=2) for draw in kept.tolist()]
        return np.stack(means, axis=2)

    @cached_property
    def numbers(self) -> tuple[tuple[str, ...], Floats]:
        """The uncertain numbers that vary: their paths, and their values in the shared futures, (futures, paths)."""
        paths, values = numbers_of(self.draws)
        return paths, values[self._draw[self._shared]]

    @cached_property
    def _signed(self) -> Floats:
        """Figures times the sign, (objectives, options, draws × replications)."""
        signs = np.array([one.sign for one in self.objectives])[:, None, None]
        flat = self.figures.reshape(*self.figures.shape[:2], -1)
        return np.asarray(flat * signs)

    @cached_property
    def _draw(self) -> np.ndarray:
        """The draw of each future, (draws × replications,)."""
        return np.repeat(np.arange(self.figures.shape[2]), self.figures.shape[3])

    @cached_property
    def _shared(self) -> np.ndarray:
        """The indices of the futures in which every option has figures."""
        # Options are compared in the same futures only, so a future that one option lacks is left out for all.
        found = np.flatnonzero(np.isfinite(self._signed).all(axis=(0, 1)))
        if len(found) < FEWEST:
            wrong = f"only {len(found)} have results for every option"
            wrong += f", because {self.failed:,} runs failed" if self.failed else ""
            right = f"run more draws or replications, so that at least {FEWEST} have; see study.failures()"
            raise InputError("futures", wrong, right)
        return found

    def place(self, option: str) -> int:
        """The index of an option. Raises InputError for an unknown name."""
        if option not in self.names:
            raise InputError(f"option {option!r}", "is not in this choice", nearest(str(option), self.names))
        return self.names.index(option)

    def objective(self, name: str | None = None) -> int:
        """The index of an objective; 0, the first, for None. Raises InputError for an unknown name."""
        names = [one.name for one in self.objectives]
        if name is None:
            return 0
        if name not in names:
            raise InputError(f"objective {name!r}", "is not in this choice", nearest(str(name), names))
        return names.index(name)

    # Which to choose

    @cached_property
    def acceptable(self) -> Bools:
        """True for options that are within every limit on average, (options,)."""
        limits = np.array([one.limit for one in self.objectives])
        return np.asarray(robust.satisfied(self.units.mean(axis=2)[:, :, None], limits)[:, 0])

    @cached_property
    def favoured(self) -> str:
        """The option with the best mean of the first objective, among options that are within every limit on average.

        If none is, it is the option that is within every limit in the largest share of futures.
        """
        if self._within:
            names, found = self.contest
            return names[found.best]
        # Ties in the share are broken by the first objective.
        share = robust.satisfied(self.common, self._limits).mean(axis=1)
        candidates = (share == share[self.in_play].max()) & self.in_play
        means = self.units[0].mean(axis=1)
        return self.names[int(np.where(candidates, means, -np.inf).argmax())]

    @property
    def limited(self) -> bool:
        """Whether any objective has a limit."""
        return not bool(np.isnan(self._limits).all())

    @property
    def _limits(self) -> Floats:
        return np.array([one.limit for one in self.objectives])

    @cached_property
    def contest(self) -> tuple[tuple[str, ...], Selection]:
        """The options that compete on the first objective, and the selection of the best of them.

        The options in play that are within every limit on average compete; if there are none, all options in play do.
        """
        places = self._contested
        return tuple(self.names[place] for place in places.tolist()), self._selected(0, places)

    @cached_property
    def _contested(self) -> np.ndarray:
        """The indices of the options of `contest`."""
        candidates = self.acceptable & self.in_play
        return np.flatnonzero(candidates if candidates.any() else self.in_play)

    @property
    def _within(self) -> bool:
        """Whether any option in play is within every limit on average."""
        return bool((self.acceptable & self.in_play).any())

    def _selected(self, objective: int, places: np.ndarray) -> Selection:
        """The selection of the best of some options, over the units in which all of them have figures."""
        return selected(self._units_of(objective, places), self.level)

    def _units_of(self, objective: int, places: np.ndarray) -> Floats:
        """Figures of some options by independent unit, in all units in which these have figures, (options, units)."""
        if not self.eliminated:
            return np.asarray(self.units[objective, places])
        # Options that are left have futures in which the eliminated options were not simulated.
        figures = self._signed[objective, places]
        there = np.isfinite(figures).all(axis=0)
        present = figures[:, there]
        # With a single draw every future is a unit of its own.
        draws = self._draw[there] if len(self.draws) > 1 else np.flatnonzero(there)
        means = [present[:, draws == one].mean(axis=1) for one in np.unique(draws).tolist()]
        return np.array(means).T

    @property
    def winner(self) -> str | None:
        """The option declared best in the first objective; None if the futures do not decide, or none meets the limits.

        With elimination, it is the one option left.
        """
        if not self._within:
            return None
        names, found = self.contest
        if self.rule is not None and int(self.in_play.sum()) == 1:
            return self.names[int(self.in_play.argmax())]
        return names[found.best] if found.declared else None

    # Tables

    def table(self) -> pd.DataFrame:
        """One row per option and objective: mean, 95% interval, unit, direction, and what the option changes.

        The interval uses Student's t. Indexed by option and objective.
        """
        rows = []
        for option, one in enumerate(self.options):
            for place, objective in enumerate(self.objectives):
                # The sign is applied again, which restores the figure as it was measured.
                found = interval(self.units[place, option] * objective.sign, 0.95, objective.name)
                row = (one.name, objective.name, found.mean, found.low, found.high, objective.unit, objective.way)
                rows.append((*row, self.changes[one.name]))
        names = ("option", "objective", "mean", "low", "high", "unit", "better", "changes")
        return _frame(names, rows, ["option", "objective"])

    def gaps(self) -> pd.DataFrame:
        """Each option less the unchanged scenario: mean gap, paired 95% interval, unit. Indexed by option, objective."""
        rows = []
        for option, name in enumerate(self.names[1:], 1):
            for place, objective in enumerate(self.objectives):
                gap = (self.units[place, option] - self.units[place, 0]) * objective.sign
                found = interval(gap, 0.95, objective.name)
                rows.append((name, objective.name, found.mean, found.low, found.high, objective.unit))
        return _frame(("option", "objective", "gap", "low", "high", "unit"), rows, ["option", "objective"])

    def pareto(self) -> pd.DataFrame:
        """Which options are dropped because another is at least as good in every objective, and better in one.

        Columns: kept; chance_in_set (the chance that no option dominates it); dominated_by (the option most likely to
        dominate it) and chance_dominated (the chance that it does). An option is dropped if `chance_dominated` is at
        least the level of the choice. Chances are shares of resampled futures. Options that changed no event are left
        out. Indexed by option.
        """
        # The options that may dominate are the rows of `beats`, so the largest of a column is its likeliest rival.
        beats, inside = robust.dominance(self.units[:, self.distinct])
        by = beats.argmax(axis=0)
        chance = beats.max(axis=0)
        names = [name for name in self.names if name not in self.inert]
        columns = {
            "option": names,
            "kept": chance < self.level,
            "chance_in_set": inside,
            "dominated_by": [names[place] if one else "" for place, one in zip(by.tolist(), chance, strict=True)],
            "chance_dominated": chance,
        }
        return tables.frame(columns, index="option")

    def regret(self, objective: str | None = None) -> pd.DataFrame:
        """How far each option is below the best option of each future: mean, 90% quantile and maximum over futures.

        In the unit of an objective, by default the first. Indexed by option; the smallest maximum (Savage) is first.
        """
        short = robust.regret(self.common[self.objective(objective)])
        columns = {
            "option": self.names,
            "mean": short.mean(axis=1),
            "ninetieth": np.quantile(short, 0.9, axis=1),
            "largest": short.max(axis=1),
        }
        return tables.frame(columns, index="option").sort_values("largest", kind="stable")

    def futures_won(self, objective: str | None = None) -> pd.DataFrame:
        """The share of futures in which each option is best, with Wilson's 95% interval; ties are shared.

        More runs make the interval narrower, but do not move the share towards 0 or 1. Replications of one draw are not
        independent, so with several draws the interval is based on the number of draws. Options that changed no event
        are left out. Indexed by option.

        Args:
            objective: the name of an objective, on which all options are compared. None for the first objective, on
                which only the options of `contest` are compared.
        """
        places = self._contested if objective is None else np.flatnonzero(self.distinct)
        share = robust.won(self.common[self.objective(objective)][places])
        ends = [wilson(float(one), self.units.shape[2], 0.95) for one in share]
        columns = {
            "option": [self.names[place] for place in places.tolist()],
            "share": share,
            "low": [low for low, _ in ends],
            "high": [high for _, high in ends],
        }
        return tables.frame(columns, index="option")

    def satisficing(self) -> pd.DataFrame:
        """The share of futures in which each option is within the limit of each objective, and within all limits.

        Indexed by option; one column per objective with a limit, and "all".

        Raises:
            InputError: if no objective has a limit.
        """
        limited = [place for place, one in enumerate(self.objectives) if not np.isnan(one.limit)]
        if not limited:
            raise InputError(
                "objectives", "have no limits", "set a limit, such as Objective(name='left', way='less', most=900)"
            )
        columns: dict[str, Any] = {"option": self.names}
        for place in limited:
            # One objective at a time, still with an axis of objectives, as `satisfied` expects.
            one = slice(place, place + 1)
            met = robust.satisfied(self.common[one], self._limits[one])
            columns[self.objectives[place].name] = met.mean(axis=1)
        columns["all"] = robust.satisfied(self.common, self._limits).mean(axis=1)
        return tables.frame(columns, index="option")

    def selections(self) -> pd.DataFrame:
        """For each objective, the option with the best mean, and how probable it is that no other option is better.

        Columns: best; chance (the probability of correct selection is at least this); declared; rival; futures; needed
        (how many futures would be enough to declare it, if means and spreads do not change). Indexed by objective.
        """
        rows = []
        places = np.flatnonzero(self.in_play)
        left = [self.names[place] for place in places.tolist()]
        for place, objective in enumerate(self.objectives):
            one = self._selected(place, places)
            row = (objective.name, left[one.best], one.chance, one.declared, left[one.rival], one.units, one.needed)
            rows.append(row)
        names = ("objective", "best", "chance", "declared", "rival", "futures", "needed")
        return _frame(names, rows, "objective")

    def chance_by_futures(self, objective: str | None = None) -> pd.DataFrame:
        """A lower bound of the probability of correct selection after 2, 3, … independent futures; indexed by futures.

        Args:
            objective: the name of an objective, on which all options in play are compared, as in `selections`. None for
                the first objective, on which only the options of `contest` are compared.
        """
        places = self._contested if objective is None else np.flatnonzero(self.in_play)
        chance = chance_by_futures(self._units_of(self.objective(objective), places))
        return tables.frame({"futures": range(2, len(chance) + 2), "chance": chance}, index="futures")

    # What would change the choice

    def information(self, objective: str | None = None) -> pd.DataFrame:
        """What it is worth to know each uncertain number before choosing, in descending order, and all of them together.

        Columns: value; low and high (its 90% interval over resampled futures); share (of the value of knowing all);
        trace (whether the runs show any effect of the number on the differences between options). Values are in the
        unit of an objective, by default the first. The options of `contest` are compared. A draw counts once, however
        many replications it has. Indexed by number; the last row is for all numbers together.

        Raises:
            InputError: if no uncertain number varies.
        """
        paths, values = self._varying_by_draw()
        figures = self.units[self.objective(objective), self._contested]
        rows = [(path, worth(figures, values[:, place][None])) for place, path in enumerate(paths)]
        rows.sort(key=lambda row: -row[1].value)
        together = worth(figures, values.T)
        # knowing all numbers is worth at least as much as knowing one
        every = max(rows[0][1], together, key=lambda one: one.value)
        rows.append((ALL, every))
        body = []
        for path, one in rows:
            share = one.value / every.value if every.value else 0.0
            body.append((path, one.value, one.low, one.high, share, one.degree > 0))
        return _frame(("number", "value", "low", "high", "share", "trace"), body, "number")

    def switching(self, objective: str | None = None) -> pd.DataFrame:
        """At which value of each uncertain number a rival overtakes the favoured option, averaged over the other numbers.

        The rivals are the options of `contest` with the next best means. Columns: at (the switching value nearest to the
        median of the draws), low and high (the range of the draws). A number and rival without a switching value in the
        range have no row. Indexed by number and rival.

        Raises:
            InputError: if no uncertain number varies.
        """
        paths, values = self._varying_by_draw()
        rows = []
        for rival, gap in self._leads(objective):
            for place, path in enumerate(paths):
                number = values[:, place]
                found = switching_values(gap, number)
                if found:
                    middle = float(np.median(number))
                    at = min(found, key=lambda one: abs(one - middle))
                    rows.append((path, self.names[rival], at, float(number.min()), float(number.max())))
        return _frame(("number", "rival", "at", "low", "high"), rows, ["number", "rival"])

    def overturning(self, objective: str | None = None) -> pd.DataFrame:
        """The uncertain numbers, the most likely to overturn the choice first.

        Numbers are sorted by the worth of knowing them, and then by the lowest expected lead of the favoured option
        within their range. Columns, in the objective's unit:

        - value: the worth of knowing the number;
        - rival, lead, where: the option over which the lead is lowest, that lead (negative if the rival leads), and the
          value of the number at that lead;
        - average: the mean lead over that rival over all draws;
        - at: the switching value; NaN if there is none in the range;
        - low, high: the range of the draws;
        - trace: whether the runs show an effect of the number on the lead; if not, `lead` comes from a straight line.

        Empty if no other option competes. Indexed by number.

        Raises:
            InputError: if no uncertain number varies.
        """
        paths, values = self._varying_by_draw()
        known = self.information(objective)["value"]
        switches = self.switching(objective)
        rows = []
        for place, path in enumerate(paths):
            number = values[:, place]
            found = [(weakest(gap, number), rival, float(gap.mean())) for rival, gap in self._leads(objective)]
            if not found:
                continue
            # A lead with a visible trend is preferred to one from a straight line, then the lowest lead.
            low, rival, average = min(found, key=lambda one: (not one[0].trace, one[0].lead))
            at = switches["at"].get((path, self.names[rival]), float("nan"))
            ends = float(number.min()), float(number.max())
            rows.append((path, known[path], self.names[rival], low.lead, low.at, average, at, *ends, low.trace))
        # The highest worth first, then numbers with a trend, then the lowest lead.
        rows.sort(key=lambda row: (-row[1], not row[-1], row[3]))
        names = ("number", "value", "rival", "lead", "where", "average", "at", "low", "high", "trace")
        return _frame(names, rows, "number")

    def _leads(self, objective: str | None) -> list[tuple[int, Floats]]:
        """The next best options of `contest`, and the lead of the favoured option over each, (units,)."""
        figures = self.units[self.objective(objective)]
        ours = self.place(self.favoured)
        order = [place for place in robust.ranked(figures).tolist() if place != ours and place in self._contested]
        return [(rival, figures[ours] - figures[rival]) for rival in order[:RIVALS]]

    def fails(self, option: str | None = None, *, worse_by: float | None = None, density: float = 0.8) -> Box:
        """In which futures an option fails, described by limits on the uncertain numbers (PRIM, by EMA Workbench).

        Replications of one draw are not independent, so each draw counts once, with the means of its replications.

        Args:
            option: the option; by default the favoured one.
            worse_by: the definition of failing: see `failing`.
            density: the share of the futures in the box that should be failures.

        Raises:
            InputError: if the option fails in fewer than five draws, or in all but fewer than five; if no number
                varies; and if EMA Workbench is not installed (the extra `discovery`).
        """
        paths, values = self._varying_by_draw()
        box = discover(values, self.failing(option, worse_by=worse_by), paths, density=density)
        counted = "future" if self.figures.shape[3] == 1 else "draw"
        limits = tuple(attrs.evolve(one, dated=self.dated(one.name)) for one in box.limits)
        return attrs.evolve(box, counted=counted, limits=limits)

    def failing(self, option: str | None = None, *, worse_by: float | None = None) -> Bools:
        """In which draws an option fails, (draws,); if there is only one draw, in which of its replications.

        Args:
            option: the option; by default the favoured one.
            worse_by: the option fails if another is better by more than this, in the first objective's unit. With None
                it fails if it is outside a limit; or, if no objective has a limit, if another option is better.
        """
        place = self.place(self.favoured if option is None else option)
        if worse_by is None and self.limited:
            return np.asarray(~robust.satisfied(self.units, self._limits)[place])
        # Differences that rounding errors alone could cause do not count as failures.
        largest = float(np.abs(self.units[0]).max(initial=1.0))
        room = max(worse_by or 0.0, 1e-12 * largest)
        return np.asarray(robust.regret(self.units[0])[place] > room)

    def experiments(self, option: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Two tables for EMA Workbench with one row per shared future: the uncertain numbers, and an option's figures.

        Args:
            option: the option; by default the favoured one.
        """
        paths, values = self.numbers
        place = self.place(self.favoured if option is None else option)
        figures = {one.name: self.common[at, place] * one.sign for at, one in enumerate(self.objectives)}
        return tables.frame({path: values[:, at] for at, path in enumerate(paths)}), tables.frame(figures)

    def dated(self, path: str) -> bool:
        """Whether an uncertain number is a date; tables give it as a day count (`datetime.date.toordinal`)."""
        return isinstance(self.draws.rows[0][self.draws.paths.index(path)], dt.date)

    def _varying(self) -> tuple[tuple[str, ...], Floats]:
        paths, values = self.numbers
        if not paths:
            wrong = "include no number that varies"
            right = "give draws, ranges or 'fit', to see what knowing a number is worth"
            raise InputError("uncertainties", wrong, right)
        return paths, values

    def _varying_by_draw(self) -> tuple[tuple[str, ...], Floats]:
        """The uncertain numbers that vary, and their values in each draw of the shared futures, (draws, paths)."""
        paths, values = self._varying()
        # All futures of one draw have the same numbers, so its first future is enough.
        _, first = np.unique(self._draw[self._shared], return_index=True)
        return paths, values[first]

    def sentences(self) -> tuple[str, ...]:
        """Which option to choose, how sure that is, and what would change the choice."""
        from nhstransit.choice.words import sentences

        return sentences(self)

    def sha256(self) -> str:
        """The SHA-256 of options, objectives and figures, hexadecimal; no executor or resumption changes it."""
        from nhstransit.studies.content import digest, scenario_content

        contents = [scenario_content(option.scenario) for option in self.options]
        figures = np.ascontiguousarray(self.figures).tobytes().hex()
        return digest(*self.names, *contents, repr(self.objectives), figures)

    def __repr__(self) -> str:
        return "\n".join(self.sentences())

    def _repr_html_(self) -> str:
        means = self.table()["mean"].unstack("objective")
        return tables.paragraphs(self.sentences()) + tables.html(means, "Means by option", form="{:,.4g}".format)


def _frame(names: tuple[str, ...], rows: list[Any], index: Any) -> pd.DataFrame:
    return tables.frame({name: [row[place] for row in rows] for place, name in enumerate(names)}, index=index)
