"""The interface to the law: every legal amount and date that the engine, the policies and the measures need."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Bools, Bytes, Floats, Ints, Longs
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import InputError, ParameterError, nearest
from nhstransit.law import notice, pay, pensions, severance
from nhstransit.law import pay as pay_kernels
from nhstransit.law import severance as exits
from nhstransit.law.changes import with_changes
from nhstransit.law.oncosts import VIEWS, CostLines, cost_lines
from nhstransit.law.parameters import Parameters, bundled
from nhstransit.law.retention import RetentionTerms
from nhstransit.law.service import latest_entry, months_until, service_days, service_months
from nhstransit.law.severance import MarsTerms, pence
from nhstransit.pence import checked
from nhstransit.toml import Changes
from nhstransit.workforce.columns import BANDS, VSM, ZONES


@attrs.frozen
class Law:
    """Dated parameters, and the sums and dates that follow from them for columns of people.

    Days (`on`, `born`, `service_from`, `leaving`) are epoch days, scalars or of shape (n,). Pay is whole-time pence per
    year. `wte` is above 0 and at most 1. `leaving` is the last day of service and counts as a day of service. Every
    method raises ParameterError if the parameters have no value for a day, and InputError for a column that is not
    valid.
    """

    parameters: Parameters

    @staticmethod
    @cache
    def bundled() -> Law:
        """The law with the parameters of the library."""
        return Law(bundled())

    @staticmethod
    def of(changes: Mapping[str, float], *, as_of: dt.date | None = None, carried_to: dt.date | None = None) -> Law:
        """The library's law with some numbers changed, such as `{"mars_2010.most_months": 9}`.

        A scenario's own law is `Law.of(scenario.law)`.

        Args:
            changes: numbers by path; see `nhstransit.law.changes` for the paths.
            as_of: leave out entries that became public after that day.
            carried_to: carry entries that end earlier forward to that day (see `Parameters.carried_to`).

        Raises:
            ParameterError: for a path that does not exist, or a number that is not allowed there.
        """
        # The unchanged law is one object, so that caches of it are shared by all scenarios.
        if changes or as_of or carried_to:
            return _law_of(Changes(changes), as_of, carried_to)
        return Law.bundled()

    # Pay: whole-time sums per year

    def points(self, on: int) -> Ints:
        """Number of pay points of each band on an epoch day, shape (13,); 0 for a band with none."""
        return np.asarray(pay.scale_on(self.parameters, on).last + 1)

    def spine_points(self, on: int) -> dict[str, tuple[int, int]]:
        """Lowest and highest spine point of each band on an epoch day; empty if payrolls then use none."""
        # Before and after the years in which payrolls had spine points, the parameter has no entry.
        try:
            grid = self.parameters.grid("afc_spine_points").on(on)
        except ParameterError:
            return {}
        rows = {band: grid.row(band) for band in BANDS if band in grid.value}
        return {band: (round(row[0]), round(row[1])) for band, row in rows.items()}

    def annual_pay(self, band: ArrayLike, point: ArrayLike, on: int, *, usual: ArrayLike | None = None) -> Longs:
        """Whole-time basic pay in pence per year, shape (n,).

        If a step lasts several years, as in 2025-26, each year in the band is a point. After its end, the last table is
        raised by `later_award` on each 1 April. For very senior managers, points 0 to 4 are for executive directors and
        5 to 9 for chief executives, by size of PCT.

        Args:
            band: (n,) positions in `BANDS`.
            point: (n,) points from 0; a point above the band's last counts as the last.
            on: epoch day of the pay tables.
            usual: (13,) pence by band, used if a band has no table on that day.

        Raises:
            ParameterError: for a band without a table if `usual` is None or zero.
        """
        return pay.annual(self.parameters, band, point, on, usual)

    def next_point(self, band: ArrayLike, point: ArrayLike, on: int) -> Bytes:
        """The point one year later, shape (n,): one point higher, up to the band's last. Spot rates do not change.

        Args:
            band: (n,) positions in `BANDS`.
            point: (n,) points from 0.
            on: epoch day of the pay tables.
        """
        scale = pay.scale_on(self.parameters, on)
        return pay_kernels.next_point(scale.last, scale.steps, band, point)

    def own_pay_award(self, on: int) -> float:
        """The award on an epoch day in April, as a fraction, for pay that is outside the tables and not below them.

        Pay outside the tables is that of very senior managers and of medical and local grades. If it is below the
        table, it rises with the table.
        """
        return self.parameters.number("own_pay_award").on(on).value

    def own_pay_growth(self, first: int, last: int) -> float:
        """The growth factor of pay outside the tables between two epoch days: each 1 April adds an award."""
        growth = 1.0
        # Awards are on 1 April of each year between the days. A year without an entry has no award.
        for year in range(date_of(first).year, date_of(last).year + 1):
            april = epoch_day(dt.date(year, 4, 1))
            if first <= april <= last and self.parameters.number("own_pay_award").held(april):
                growth *= 1.0 + self.own_pay_award(april)
        return growth

    def later_awards(self, first: int, last: int) -> tuple[tuple[int, float], ...]:
        """The epoch days from `first` to `last` on which an assumed award raises the last pay table, and each award."""
        series = self.parameters.grid("afc_points")
        found = []
        for year in range(date_of(first).year, date_of(last).year + 1):
            april = epoch_day(dt.date(year, 4, 1))
            entry = series.held(april)
            if not (first <= april <= last and entry):
                continue
            # Only a table that is carried beyond its end is raised by an assumed award.
            until = entry[0].until
            if until and epoch_day(until) < april:
                found.append((april, pay.later_award(self.parameters, april)))
        return tuple(found)

    def high_cost_supplement(
        self, annual_pence: ArrayLike, zone: ArrayLike, on: int, band: ArrayLike | None = None
    ) -> Longs:
        """Whole-time high-cost-area supplement on basic pay, in pence per year, shape (n,).

        The supplement is pensionable. It is part of a month's and a week's pay, but not of basic pay.

        Args:
            annual_pence: (n,) whole-time basic pay per year.
            zone: (n,) positions in `ZONES`.
            on: epoch day of the rates.
            band: (n,) positions in `BANDS`; if given, very senior managers get no supplement.

        Raises:
            ParameterError: for a day without limits, unless nobody is in a zone.
        """
        zones = np.asarray(zone)
        if zones.size and not (zones.min() >= 0 and zones.max() < len(ZONES)):
            raise InputError("zone", "contains something other than zones", f"give indices of {ZONES}, from 0")
        if band is not None:
            zones = np.where(np.asarray(band) == VSM, 0, zones)
        # Without anyone in a zone no limits are looked up, so that a year without limits is refused only if it
        # matters.
        if not zones.any():
            return np.zeros(np.broadcast_shapes(np.shape(annual_pence), zones.shape), "int64")
        share, least, most = pay.zone_limits(self.parameters, on)
        annual, zones = np.broadcast_arrays(annual_pence, zones)
        rows = zones > 0  # most people work outside the zones
        there = zones[rows]
        out = np.zeros(zones.shape, "int64")
        out[rows] = pay_kernels.supplement_pence(annual[rows], share[there], least[there], most[there])
        return out

    def protected_pay(
        self, new_pence: ArrayLike, old_pence: ArrayLike, moved_on: ArrayLike, on: int, *, months: float
    ) -> Longs:
        """Pay in pence per year on a lower band, shape (n,). The old pay is frozen for `months` after the move.

        Args:
            new_pence: (n,) whole-time pay of the new post.
            old_pence: (n,) whole-time pay before the move.
            moved_on: (n,) epoch day of the move.
            on: epoch day for which pay is wanted.
            months: months of protection.
        """
        since = months_until("moved_on", moved_on, on)
        return pay_kernels.protected_pence(new_pence, old_pence, since, months=months)

    def employer_cost(self, annual_pence: ArrayLike, wte: ArrayLike, on: int, *, view: str = "employer") -> Longs:
        """Pay with National Insurance, pension contribution and levy, in pence per year, shape (n,).

        Everyone is assumed to be in the pension scheme.

        Args:
            annual_pence: (n,) whole-time pay per year.
            wte: (n,) share of whole time.
            on: epoch day of the rates.
            view: "employer", or "system", which adds the part that is paid centrally.
        """
        if view not in VIEWS:
            raise InputError("view", f"is {view!r}", nearest(view, VIEWS))
        lines = self.cost_lines(annual_pence, wte, on)
        return lines.system if view == "system" else lines.employer

    def cost_lines(self, annual_pence: ArrayLike, wte: ArrayLike, on: int) -> CostLines:
        """The cost line by line, so that money that returns to the Exchequer can be separated.

        Args:
            annual_pence: (n,) whole-time pay per year.
            wte: (n,) share of whole time.
            on: epoch day of the rates.
        """
        return cost_lines(self.parameters, annual_pence, wte, on)

    # Exits

    def mars_months(
        self, service_from: ArrayLike, leaving: ArrayLike, *, terms: str | MarsTerms = "mars_2010"
    ) -> Floats:
        """Months of pay under a mutually agreed resignation scheme, shape (n,); zero below its qualifying service.

        Args:
            service_from: (n,) first days of reckonable service.
            leaving: (n,) last days of service.
            terms: name of a scheme, or its terms.
        """
        tariff = exits.named_terms(self.parameters, terms, leaving)
        return tariff.months(service_months(service_from, leaving))

    def mars(
        self,
        annual_pence: ArrayLike,
        wte: ArrayLike,
        service_from: ArrayLike,
        leaving: ArrayLike,
        *,
        terms: str | MarsTerms = "mars_2010",
    ) -> Longs:
        """The payment under a mutually agreed resignation scheme, in pence, shape (n,).

        It is limited by the cap on exit payments on the day of leaving, if one was in force.

        Args:
            annual_pence: (n,) whole-time pay per year.
            wte: (n,) share of whole time.
            service_from: (n,) first days of reckonable service.
            leaving: (n,) last days of service.
            terms: name of a scheme, or its terms.
        """
        tariff = exits.named_terms(self.parameters, terms, leaving)
        service = service_months(service_from, leaving), service_days(service_from, leaving)
        sums = tariff.payment(annual_pence, wte, *service)
        return np.minimum(sums, exits.exit_limit(self.parameters, leaving))

    def terms(self, name: str, on: int) -> MarsTerms:
        """The tariff of the resignation scheme `name` on an epoch day. A local scheme may vary it."""
        return exits.named_terms(self.parameters, name, on)

    def redundancy_months(
        self,
        service_from: ArrayLike,
        leaving: ArrayLike,
        *,
        born: ArrayLike | None = None,
        terms_on: ArrayLike | None = None,
        most_months: float | None = None,
    ) -> Floats:
        """Months of pay under section 16, shape (n,), on the terms of the day `terms_on`, or of `leaving` if it is
        None.

        Args:
            service_from: (n,) first days of reckonable service.
            leaving: (n,) last days of service.
            born: (n,) days of birth; needed if the terms taper before an age.
            terms_on: (n,) epoch days whose contractual terms apply.
            most_months: a local limit on the months, below that of the terms; None for no limit.

        Raises:
            InputError: for service that has not begun, or if the terms taper before an age and `born` is missing.
        """
        terms_day = leaving if terms_on is None else terms_on
        return exits.contractual_months(self.parameters, service_from, leaving, terms_day, born, most_months)

    def redundancy(
        self,
        annual_pence: ArrayLike,
        wte: ArrayLike,
        born: ArrayLike,
        service_from: ArrayLike,
        leaving: ArrayLike,
        band: ArrayLike | None = None,
        *,
        terms_on: ArrayLike | None = None,
        most_months: float | None = None,
    ) -> Longs:
        """Redundancy pay in pence, shape (n,): section 16, or the statutory sum if that is higher.

        Args:
            annual_pence: (n,) whole-time pay per year, with any high-cost-area supplement.
            wte: (n,) share of whole time.
            born: (n,) days of birth.
            service_from: (n,) first days of reckonable service.
            leaving: (n,) last days of service.
            band: (n,) positions in `BANDS`; very senior managers keep the uncapped terms after April 2015.
            terms_on: (n,) the days whose contractual terms apply: the day when consultation began, or when terms were
                agreed. None means the day of leaving.
            most_months: a local limit on the months of pay by section 16, below that of the terms; None for no limit.

        A cap on exit payments depends on the day of leaving.

        Raises:
            ParameterError: if the parameters have no value for a day.
            InputError: for a column that is not valid.
        """
        return exits.best_redundancy(
            self.parameters, annual_pence, wte, born, service_from, leaving, band, terms_on, most_months
        )

    def statutory_redundancy(
        self, annual_pence: ArrayLike, wte: ArrayLike, born: ArrayLike, service_from: ArrayLike, leaving: ArrayLike
    ) -> Longs:
        """The statutory sum alone, in pence, shape (n,).

        Args:
            annual_pence: (n,) whole-time pay per year.
            wte: (n,) share of whole time.
            born: (n,) days of birth.
            service_from: (n,) first days of reckonable service.
            leaving: (n,) last days of service.
        """
        service = service_months(service_from, leaving)
        return exits.statutory(self.parameters, annual_pence, wte, born, service, leaving)

    def redundancy_due(
        self, redundancy_pence: ArrayLike, leaving: ArrayLike, next_start: ArrayLike, refused: ArrayLike = False
    ) -> Longs:
        """Redundancy pay after its conditions, in pence, shape (n,).

        It is void if NHS work starts within the window, and forfeited if a suitable offer was refused unreasonably.

        Args:
            redundancy_pence: (n,) sums before conditions.
            leaving: (n,) last days of service.
            next_start: (n,) first days of the next NHS work, or `NO_NEXT_POST`.
            refused: whether a suitable offer was refused unreasonably, one value or (n,).
        """
        window = round(latest_entry(self.parameters.number("alternative_window_days"), leaving).value)
        days = np.asarray(next_start, "int64") - np.asarray(leaving, "int64")
        return severance.due_pence(redundancy_pence, days, refused, window_days=window)

    def alternative_window_days(self, on: int) -> int:
        """Days after the last day within which NHS work voids a redundancy payment."""
        return round(self.parameters.number("alternative_window_days").on(on).value)

    def reckonable_break_months(self, on: int) -> int:
        """Calendar months between two employments beyond which earlier service no longer counts, on an epoch day."""
        return round(self.parameters.number("reckonable_break_months").on(on).value)

    def consultation_days(self, people: int, opened_on: int) -> int:
        """Days of collective consultation for a number of redundancies proposed on a day; 0 below the threshold."""
        entry = self.parameters.table("consultation").on(opened_on)
        if people >= entry.number("large_from"):
            return round(entry.number("large_days"))
        if people >= entry.number("small_from"):
            return round(entry.number("small_days"))
        return 0

    def consultation_span(self, size: str, opened_on: int) -> int:
        """Days of collective consultation on a "small" or a "large" number of redundancies that opens on a day."""
        if size not in ("small", "large"):
            raise InputError("size", f"is {size!r}", nearest(size, ("small", "large")))
        return round(self.parameters.table("consultation").on(opened_on).number(f"{size}_days"))

    def retention(self, on: int) -> RetentionTerms:
        """Retention terms for business-critical staff in force on an epoch day: premium, months, largest share of
        staff.
        """
        return RetentionTerms.on(self.parameters, on)

    def start_up_pounds(self, on: int) -> float:
        """Pounds per resident that new commissioning groups receive at the start, on an epoch day."""
        return self.parameters.number("ccg_start_up_a_head").on(on).value

    def notice_weeks(self, band: ArrayLike, service_from: ArrayLike, on: int) -> Ints:
        """Weeks of notice given on an epoch day, shape (n,): contractual by band, or statutory if that is longer.

        Statutory weeks depend on the years completed before that day.

        Args:
            band: (n,) positions in `BANDS`.
            service_from: (n,) first days of service.
            on: epoch day of the notice.
        """
        contract = self.parameters.table("contract_notice").on(on)
        # Contractual weeks by band, in the order of BANDS, so that a band's code is its index.
        weeks = np.array([round(contract.number(name)) for name in BANDS], "int32")
        law = self.parameters.table("statutory_notice").on(on)
        bands = checked("band", band, 0, len(BANDS) - 1, "give indices of workforce.BANDS, from 0")
        return notice.notice_weeks(
            weeks[bands],
            months_until("service_from", service_from, on) // 12,
            weeks_a_year=round(law.number("weeks_a_year")),
            least_weeks=round(law.number("least_weeks")),
            most_weeks=round(law.number("most_weeks")),
        )

    def lieu(self, annual_pence: ArrayLike, wte: ArrayLike, weeks: ArrayLike) -> Longs:
        """Pay for weeks of notice not worked, with any high-cost-area supplement, in pence, shape (n,).

        Args:
            annual_pence: (n,) whole-time pay per year.
            wte: (n,) share of whole time.
            weeks: (n,) weeks of notice not worked.
        """
        return notice.lieu_pence(annual_pence, wte, weeks)

    # Pension

    def pension_section(self, joined: ArrayLike, on: int) -> Bytes:
        """Section of the pension scheme for people who joined on given days, as positions in `SECTIONS`, shape (n,).

        Args:
            joined: (n,) epoch days of joining.
            on: epoch day whose law applies.
        """
        return pensions.section_of(self.parameters, joined, on)

    def pension_starts(self, on: int) -> tuple[int, ...]:
        """The first epoch day of joining for each section after the first, in the law of an epoch day."""
        return pensions.starts_of(self.parameters, on)

    def pension_reached(
        self, born: ArrayLike, section: ArrayLike, on: ArrayLike, *, long_protected: ArrayLike | None = None
    ) -> Bools:
        """Whether each person is a member at or past the minimum pension age, shape (n,).

        Args:
            born: (n,) days of birth.
            section: (n,) positions in `SECTIONS`.
            on: epoch days on which the age is tested.
            long_protected: (n,) whether each person has the lower age of the 1995 Section. None: everyone in that
                section has it.
        """
        return pensions.reached(self.parameters, born, section, on, long_protected)

    def pension_release(
        self,
        annual_pence: ArrayLike,
        wte: ArrayLike,
        born: ArrayLike,
        service_from: ArrayLike,
        leaving: ArrayLike,
        section: ArrayLike,
        *,
        real_rate: float | None = None,
    ) -> Longs:
        """Capital cost of an unreduced pension from `leaving`, in pence, shape (n,), whichever party pays it.

        It uses the annuity formula of `nhstransit.law.pensions`.

        Args:
            annual_pence: (n,) whole-time pay per year.
            wte: (n,) share of whole time.
            born: (n,) days of birth.
            service_from: (n,) first days of reckonable service.
            leaving: (n,) last days of service.
            section: (n,) positions in `SECTIONS`.
            real_rate: real discount rate; None for the parameter, whose range gives the range of the cost.
        """
        return pensions.release(
            self.parameters, annual_pence, wte, born, service_from, leaving, section, real_rate=real_rate
        )

    def pension_strain(
        self,
        annual_pence: ArrayLike,
        wte: ArrayLike,
        born: ArrayLike,
        service_from: ArrayLike,
        leaving: ArrayLike,
        section: ArrayLike,
        *,
        redundancy_pence: ArrayLike,
        real_rate: float | None = None,
        terms_on: ArrayLike | None = None,
    ) -> Longs:
        """The employer's pension cost beyond the redundancy sum, which the person gives up first, in pence, shape (n,).

        It is zero below the minimum pension age, and under the terms of April 2015, which limited the cost to the
        redundancy sum. A cap on exit payments limits the total of both.

        Args:
            annual_pence: (n,) whole-time pay per year.
            wte: (n,) share of whole time.
            born: (n,) days of birth.
            service_from: (n,) first days of reckonable service.
            leaving: (n,) last days of service.
            section: (n,) positions in `SECTIONS`.
            redundancy_pence: (n,) redundancy sums.
            real_rate: real discount rate; None for the parameter.
            terms_on: (n,) days whose terms apply, as in `redundancy`. None means the day of leaving.
        """
        cost = self.pension_release(annual_pence, wte, born, service_from, leaving, section, real_rate=real_rate)
        terms_day = leaving if terms_on is None else terms_on
        return pensions.strain(self.parameters, cost, redundancy_pence, leaving, terms_day)

    # Returns

    def clawback_months(self, terms: str, on: int, vsm: bool = False) -> int:
        """Complete months after leaving within which a person who returns must repay, by terms and day.

        Args:
            terms: name of the terms.
            on: epoch day.
            vsm: whether the person was a very senior manager.
        """
        entry = exits.clawback_entry(self.parameters, terms, on)
        return round(entry.number("vsm" if vsm else "all_staff"))

    def scheme_clawback_months(self, terms: str, on: int) -> float:
        """Months after leaving within which a person who returns must repay, as stated in an offer of these terms.

        `terms` is the name of a resignation scheme, or "section16" for a voluntary redundancy. `on` is the day of
        leaving.
        """
        return exits.scheme_clawback(self.parameters, terms, on)

    def clawback(
        self,
        net_paid_pence: ArrayLike,
        paid_months: ArrayLike,
        leaving: ArrayLike,
        back: ArrayLike,
        *,
        terms: str = "mars_2010",
        vsm: ArrayLike = False,
    ) -> Longs:
        """The amount repaid, in pence, shape (n,): the unexpired share of the net sum, by complete months away.

        Under `mars_2010` it is a share of the months of pay received; under the 2025 terms, of the months in the
        window.

        Args:
            net_paid_pence: (n,) sums paid, net of tax.
            paid_months: (n,) months of pay in the sums.
            leaving: (n,) last days of service.
            back: (n,) first days of the return.
            terms: name of the terms.
            vsm: whether each was a very senior manager, one value or (n,).
        """
        entry = exits.clawback_entry(self.parameters, terms, leaving)
        window = np.where(vsm, entry.number("vsm"), entry.number("all_staff"))
        # The months over which the repayment falls to zero: the window, or the months of pay received.
        span = window if entry.number("over_window") else paid_months
        away = exits.months_away(leaving, back)
        return severance.clawback_pence(net_paid_pence, span, away, window_months=window)

    def net_of_tax(self, gross_pence: ArrayLike, on: int, *, tax_rate: float) -> Longs:
        """A severance sum less income tax at a marginal rate above the tax-free amount, in pence, shape (n,).

        Args:
            gross_pence: (n,) sums before tax.
            on: epoch day of the tax-free amount.
            tax_rate: marginal rate of income tax, 0 to 1.
        """
        free = pence(self.parameters.number("severance_tax_free").on(on).value)
        return severance.net_pence(gross_pence, free_pence=free, tax_rate=tax_rate)


@lru_cache(maxsize=64)
def _law_of(changes: Changes, as_of: dt.date | None, carried_to: dt.date | None) -> Law:
    # First what was public, then carried forward, and last changed, so that a change also applies to carried values.
    public = bundled() if as_of is None else bundled().as_of(as_of)
    reaching = public if carried_to is None else public.carried_to(carried_to)
    return Law(with_changes(reaching, changes))


@lru_cache(maxsize=64)
def law_digest(law: Law) -> str:
    """The SHA-256 hash of the dated parameters, in hexadecimal. They are frozen, so it is computed once."""
    return hashlib.sha256(repr(law.parameters).encode()).hexdigest()
