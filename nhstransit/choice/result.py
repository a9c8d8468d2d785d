"""The result of a choice: options by objectives over futures, and the tables that say which to choose and how sure."""

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
RIVALS = 3  # options for which switching values are looked for


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Choice:
    """Options compared over the same futures. A future is one draw of the uncertain numbers with one seed.

    Attributes:
        options: the options; the first is the scenario as it stands.
        objectives: the objectives; the first ranks the options.
        figures: (objectives, options, draws, replications) in each objective's unit; NaN where a run failed, or was
            never made because the option had been eliminated.
        draws: the draws of the uncertain numbers, of equal weight.
        inert: for each option that changed no event in any run, why; "" where the model does not know.
        level: the level of confidence at which options are dropped and a winner is declared.
        rule: the rule of elimination; None where every option had all futures.
        eliminated: the options that the rule eliminated.
        failed: the number of runs that failed.
        study: the runs themselves; of an elimination, those of the options left in the end.
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
        """What each option changes of the scenario as it stands, in words, by its name; "" for that scenario itself."""
        return {one.name: changes_in_words(self.options[0].scenario, one.scenario) for one in self.options}

    @property
    def spent(self) -> pd.Series:
        """How many runs each option was given, indexed by option."""
        counts = np.isfinite(self.figures[0]).sum(axis=(1, 2))
        return tables.frame({"option": self.names, "runs": counts}, index="option")["runs"]

    @cached_property
    def distinct(self) -> Bools:
        """Which options changed some event, and the scenario as it stands, (options,): the others are the same as it."""
        return np.array([name not in self.inert for name in self.names])

    @cached_property
    def in_play(self) -> Bools:
        """Which distinct options were not eliminated, (options,)."""
        return np.asarray(self.distinct & np.array([name not in self.eliminated for name in self.names]))

    @cached_property
    def common(self) -> Floats:
        """Figures times their objective's sign in the futures that every option has, (objectives, options, futures)."""
        return np.asarray(self._signed[:, :, self._shared])

    @cached_property
    def units(self) -> Floats:
        """The same by independent unit, (objectives, options, units): each draw's mean, or each replication."""
        if len(self.draws) == 1:
            return self.common
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
        return np.asarray(self.figures.reshape(*self.figures.shape[:2], -1) * signs)

    @cached_property
    def _draw(self) -> np.ndarray:
        """The draw of each future, (draws × replications,)."""
        return np.repeat(np.arange(self.figures.shape[2]), self.figures.shape[3])

    @cached_property
    def _shared(self) -> np.ndarray:
        """The indices of the futures that every option has."""
        found = np.flatnonzero(np.isfinite(self._signed).all(axis=(0, 1)))
        if len(found) < FEWEST:
            wrong = f"are only {len(found)} with results of every option"
            wrong += f", as {self.failed:,} runs failed" if self.failed else ""
            raise InputError(
                "futures", wrong, f"run at least {FEWEST}: more draws or replications; see study.failures()"
            )
        return found

    def place(self, option: str) -> int:
        """The index of an option. Raises InputError for a name that is not there, with the nearest."""
        if option not in self.names:
            raise InputError(f"option {option!r}", "is not in this choice", nearest(str(option), self.names))
        return self.names.index(option)

    def objective(self, name: str | None = None) -> int:
        """The index of an objective; of the first for None. Raises InputError for an unknown name, with the nearest."""
        names = [one.name for one in self.objectives]
        if name is None:
            return 0
        if name not in names:
            raise InputError(f"objective {name!r}", "is not in this choice", nearest(str(name), names))
        return names.index(name)

    # Which to choose

    @cached_property
    def acceptable(self) -> Bools:
        """Which options stay within every limit on average, (options,)."""
        limits = np.array([one.limit for one in self.objectives])
        return np.asarray(robust.satisfied(self.units.mean(axis=2)[:, :, None], limits)[:, 0])

    @cached_property
    def favoured(self) -> str:
        """The option with the best mean of the first objective, among those within every limit on average.

        Where none is within every limit, it is the one that is so in most futures.
        """
        if self._within:
            names, found = self.contest
            return names[found.best]
        share = robust.satisfied(self.common, self._limits).mean(axis=1)
        candidates = (share == share[self.in_play].max()) & self.in_play
        return self.names[int(np.where(candidates, self.units[0].mean(axis=1), -np.inf).argmax())]

    @property
    def limited(self) -> bool:
        """Whether any objective has a limit."""
        return not bool(np.isnan(self._limits).all())

    @property
    def _limits(self) -> Floats:
        return np.array([one.limit for one in self.objectives])

    @cached_property
    def contest(self) -> tuple[tuple[str, ...], Selection]:
        """The options among which the first objective selects, and the selection.

        They are those in play and within every limit on average, or all in play where none is.
        """
        places = self._contested
        return tuple(self.names[place] for place in places.tolist()), self._selected(0, places)

    @cached_property
    def _contested(self) -> np.ndarray:
        """The indices of the options in play and within every limit on average; of all in play where none is."""
        candidates = self.acceptable & self.in_play
        return np.flatnonzero(candidates if candidates.any() else self.in_play)

    @property
    def _within(self) -> bool:
        """Whether an option in play stays within every limit on average."""
        return bool((self.acceptable & self.in_play).any())

    def _selected(self, objective: int, places: np.ndarray) -> Selection:
        """The selection among some options, over the units that these have."""
        return selected(self._units_of(objective, places), self.level)

    def _units_of(self, objective: int, places: np.ndarray) -> Floats:
        """Some options' figures by independent unit, in all the units that these have, (options, units)."""
        if not self.eliminated:
            return np.asarray(self.units[objective, places])
        figures = self._signed[objective, places]
        there = np.isfinite(figures).all(axis=0)
        draws = self._draw[there] if len(self.draws) > 1 else np.flatnonzero(there)
        return np.array([figures[:, there][:, draws == one].mean(axis=1) for one in np.unique(draws).tolist()]).T

    @property
    def winner(self) -> str | None:
        """The option declared best in the first objective within the limits; None where the futures do not decide it.

        With a rule of elimination, it is the one option left. Where no option is within the limits, it is None.
        """
        if not self._within:
            return None
        names, found = self.contest
        if self.rule is not None and int(self.in_play.sum()) == 1:
            return self.names[int(self.in_play.argmax())]
        return names[found.best] if found.declared else None

    # Tables

    def table(self) -> pd.DataFrame:
        """Each option by each objective: mean, its 95% interval by Student's t, unit, direction; and what is changed.

        Indexed by option and objective.
        """
        rows = []
        for option, one in enumerate(self.options):
            for place, objective in enumerate(self.objectives):
                found = interval(self.units[place, option] * objective.sign, 0.95, objective.name)
                row = (one.name, objective.name, found.mean, found.low, found.high, objective.unit, objective.way)
                rows.append((*row, self.changes[one.name]))
        names = ("option", "objective", "mean", "low", "high", "unit", "better", "changes")
        return _frame(names, rows, ["option", "objective"])

    def gaps(self) -> pd.DataFrame:
        """Each option less the scenario as it stands: mean, paired 95% interval, unit. Indexed by option, objective."""
        rows = []
        for option, name in enumerate(self.names[1:], 1):
            for place, objective in enumerate(self.objectives):
                gap = (self.units[place, option] - self.units[place, 0]) * objective.sign
                found = interval(gap, 0.95, objective.name)
                rows.append((name, objective.name, found.mean, found.low, found.high, objective.unit))
        return _frame(("option", "objective", "gap", "low", "high", "unit"), rows, ["option", "objective"])

    def pareto(self) -> pd.DataFrame:
        """Which options are dropped because another is at least as good in every objective, and better in one.

        Columns: kept; chance_in_set (of being dominated by none); dominated_by (the option most likely to dominate it),
        chance_dominated. An option is dropped only where `chance_dominated` is at least the level of the choice.
        Chances are shares of resampled futures. Options that changed no event are left out. Indexed by option.
        """
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
        """What each option falls short of the best option in each future: mean, 90% quantile and largest.

        In the unit of an objective, by default the first. Indexed by option, least largest regret (Savage) first.
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

        More runs make the interval narrower; they do not move the share towards 0 or 1. Replications of one draw are
        not independent, so that the interval counts draws where there are several. Options that changed no event are
        left out. Indexed by option.

        Args:
            objective: the name of an objective, by which all options compete; None: the first, by which those compete
                that are in play and within every limit on average, as in the choice itself.
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
        """The share of futures in which each option stays within the limit of each objective that has one, and of all.

        Indexed by option.

        Raises:
            InputError: where no objective has a limit.
        """
        limited = [place for place, one in enumerate(self.objectives) if not np.isnan(one.limit)]
        if not limited:
            raise InputError(
                "objectives", "have no limits", "give one, such as Objective(name='left', way='less', most=900)"
            )
        columns: dict[str, Any] = {"option": self.names}
        for place in limited:
            met = robust.satisfied(self.common[place : place + 1], self._limits[place : place + 1])
            columns[self.objectives[place].name] = met.mean(axis=1)
        columns["all"] = robust.satisfied(self.common, self._limits).mean(axis=1)
        return tables.frame(columns, index="option")

    def selections(self) -> pd.DataFrame:
        """For each objective, the option with the best mean, and how probably it is the best of all on average.

        Columns: best; chance (the probability of correct selection is at least this); declared; rival; futures; needed
        (futures at which it would be declared, if means and spreads stay as they are). Indexed by objective.
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
        """The probability of correct selection (at least) after 2, 3, … independent futures; indexed by futures.

        Among the options in play, as in `selections`; for None by the first objective, among those of them that are
        within every limit on average, as in the choice itself.
        """
        places = self._contested if objective is None else np.flatnonzero(self.in_play)
        chance = chance_by_futures(self._units_of(self.objective(objective), places))
        return tables.frame({"futures": range(2, len(chance) + 2), "chance": chance}, index="futures")

    # What would change our mind

    def information(self, objective: str | None = None) -> pd.DataFrame:
        """What it is worth to know each uncertain number before choosing, the most first; and all of them together.

        Columns: value, low, high (90% interval over resampled futures), share (of the value of knowing all), trace
        (whether the runs show any effect of the number on the differences between options). In the objective's unit,
        by default of the first, and among the options in play that stay within the limits. A draw counts once, however
        many replications it has. Indexed by number; the last row is all of them.

        Raises:
            InputError: where no uncertain number varies.
        """
        paths, values = self._varying_by_draw()
        figures = self.units[self.objective(objective), self._contested]
        rows = [(path, worth(figures, values[:, place][None])) for place, path in enumerate(paths)]
        rows.sort(key=lambda row: -row[1].value)
        together = worth(figures, values.T)
        every = together if together.value > rows[0][1].value else rows[0][1]  # all of them tell no less than one
        rows.append((ALL, every))
        body = [
            (path, one.value, one.low, one.high, one.value / every.value if every.value else 0.0, one.degree > 0)
            for path, one in rows
        ]
        return _frame(("number", "value", "low", "high", "share", "trace"), body, "number")

    def switching(self, objective: str | None = None) -> pd.DataFrame:
        """At which value of each uncertain number a rival overtakes the favoured option, on average over the rest.

        The rivals are the options with the next best means within the limits. Columns: at (the switching value nearest
        to the middle of the draws), low and high (the range of the draws). Rows only where there is one in the range.
        Indexed by number and rival.

        Raises:
            InputError: where no uncertain number varies.
        """
        paths, values = self._varying_by_draw()
        rows = []
        for rival, gap in self._leads(objective):
            for place, path in enumerate(paths):
                number = values[:, place]
                found = switching_values(gap, number)
                if found:
                    at = min(found, key=lambda one: abs(one - float(np.median(number))))
                    rows.append((path, self.names[rival], at, float(number.min()), float(number.max())))
        return _frame(("number", "rival", "at", "low", "high"), rows, ["number", "rival"])

    def overturning(self, objective: str | None = None) -> pd.DataFrame:
        """The uncertain numbers in the order in which they could overturn the choice, the most able first.

        First those that are worth knowing, by that worth; then by the lowest lead that the favoured option is expected
        to have within the number's range. Columns: value (worth of knowing it); rival, lead and where (the option over
        which the lead is lowest, that lead, and the value of the number there; a negative lead is the rival's); average
        (the lead over that rival over all draws); at (the switching value, NaN where there is none in the range); low
        and high (the range of the draws); trace (whether the runs show an effect of the number on that lead: without
        one it is that of a straight line). In the objective's unit. Empty where no other option competes. Indexed by
        number.

        Raises:
            InputError: where no uncertain number varies.
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
            low, rival, average = min(found, key=lambda one: (not one[0].trace, one[0].lead))
            at = switches["at"].get((path, self.names[rival]), float("nan"))
            ends = float(number.min()), float(number.max())
            rows.append((path, known[path], self.names[rival], low.lead, low.at, average, at, *ends, low.trace))
        rows.sort(key=lambda row: (-row[1], not row[-1], row[3]))
        names = ("number", "value", "rival", "lead", "where", "average", "at", "low", "high", "trace")
        return _frame(names, rows, "number")

    def _leads(self, objective: str | None) -> list[tuple[int, Floats]]:
        """The next best options within the limits, and by how much the favoured one leads each, (units,)."""
        figures = self.units[self.objective(objective)]
        ours = self.place(self.favoured)
        order = [place for place in robust.ranked(figures).tolist() if place != ours and place in self._contested]
        return [(rival, figures[ours] - figures[rival]) for rival in order[:RIVALS]]

    def fails(self, option: str | None = None, *, worse_by: float | None = None, density: float = 0.8) -> Box:
        """In which futures an option fails, described by limits on the uncertain numbers (PRIM, by EMA Workbench).

        Where draws have several replications, a draw counts once, by its means: replications are not independent.

        Args:
            option: the option; by default the favoured one.
            worse_by: what counts as failing: see `failing`.
            density: the share of the futures in the box that should be failures.

        Raises:
            InputError: for fewer than five draws in which it fails, or does not; where no number varies; and where EMA
                Workbench is not installed (the extra `discovery`).
        """
        paths, values = self._varying_by_draw()
        box = discover(values, self.failing(option, worse_by=worse_by), paths, density=density)
        counted = "future" if self.figures.shape[3] == 1 else "draw"
        return attrs.evolve(
            box, counted=counted, limits=tuple(attrs.evolve(one, dated=self.dated(one.name)) for one in box.limits)
        )

    def failing(self, option: str | None = None, *, worse_by: float | None = None) -> Bools:
        """In which draws an option fails, (draws,); where there is one draw, in which of its replications.

        Args:
            option: the option; by default the favoured one.
            worse_by: it fails where another option is better by more than this, in the first objective's unit. None: it
                fails where it is outside a limit; or where another is better, if no objective has a limit.
        """
        place = self.place(self.favoured if option is None else option)
        if worse_by is None and self.limited:
            return np.asarray(~robust.satisfied(self.units, self._limits)[place])
        room = max(worse_by or 0.0, 1e-12 * float(np.abs(self.units[0]).max(initial=1.0)))
        return np.asarray(robust.regret(self.units[0])[place] > room)

    def experiments(self, option: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The shared futures of one option as EMA Workbench takes them: uncertain numbers, and figures; a row each.

        Args:
            option: the option; by default the favoured one.
        """
        paths, values = self.numbers
        place = self.place(self.favoured if option is None else option)
        figures = {one.name: self.common[at, place] * one.sign for at, one in enumerate(self.objectives)}
        return tables.frame({path: values[:, at] for at, path in enumerate(paths)}), tables.frame(figures)

    def dated(self, path: str) -> bool:
        """Whether an uncertain number is a day; tables have it as a count of days (`datetime.date.toordinal`)."""
        return isinstance(self.draws.rows[0][self.draws.paths.index(path)], dt.date)

    def _varying(self) -> tuple[tuple[str, ...], Floats]:
        paths, values = self.numbers
        if not paths:
            wrong = "have no number that varies"
            raise InputError(
                "uncertainties", wrong, "give draws, ranges or 'fit', to see what it is worth to know a number"
            )
        return paths, values

    def _varying_by_draw(self) -> tuple[tuple[str, ...], Floats]:
        """The uncertain numbers that vary, in each draw of the shared futures once, (draws, paths)."""
        paths, values = self._varying()
        return paths, values[np.unique(self._draw[self._shared], return_index=True)[1]]

    def sentences(self) -> tuple[str, ...]:
        """Which to choose, how sure that is, and what would change our mind: see `choice.words`."""
        from nhstransit.choice.words import sentences

        return sentences(self)

    def sha256(self) -> str:
        """The hash of options, objectives and figures, hexadecimal: equal from any executor, and after a resumption."""
        from nhstransit.studies.content import digest, scenario_content

        said = [scenario_content(option.scenario) for option in self.options]
        return digest(*self.names, *said, repr(self.objectives), np.ascontiguousarray(self.figures).tobytes().hex())

    def __repr__(self) -> str:
        return "\n".join(self.sentences())

    def _repr_html_(self) -> str:
        means = self.table()["mean"].unstack("objective")
        return tables.paragraphs(self.sentences()) + tables.html(means, "Means by option", form="{:,.4g}".format)


def _frame(names: tuple[str, ...], rows: list[Any], index: Any) -> pd.DataFrame:
    return tables.frame({name: [row[place] for row in rows] for place, name in enumerate(names)}, index=index)
