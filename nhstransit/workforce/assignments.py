"""Turns rows of assignments into people: reads cells, corrects or excludes rows by rule, and joins two jobs of one
person.

Mistakes are collected and reported together. Every row that a rule changes or leaves out is counted, with its line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Floats, Longs
from nhstransit.dates import complete_years, date_of
from nhstransit.errors import Mistakes, StaffError, shown
from nhstransit.toml import Named
from nhstransit.workforce import cells
from nhstransit.workforce import mapping as words
from nhstransit.workforce.columns import BANDS, CONTRACTS, NEVER, SECTIONS, SEXES, Workforce
from nhstransit.workforce.extract import Column, Sheet
from nhstransit.workforce.mapping import BY_SERVICE, KEEP, LEAVE_OUT, Grade, StaffMapping
from nhstransit.workforce.points import PayTable, Placed, place
from nhstransit.workforce.quality import ExtractError, Finding, Quality, mistake

_FIXED = CONTRACTS.index("fixed-term")
_YOUNGEST = 16
_OLDEST = 100
_LOWEST_PAY = 10_000.0  # pounds per year, whole time; a lower sum is monthly or hourly; staff lists have the same limit
_HIGHEST_PAY = 2_000_000.0
_MOST_FUNCTIONS = 100


@attrs.frozen(eq=False, kw_only=True)
class Extracted:
    """The result of reading an extract.

    Attributes:
        people: the staff list.
        quality: what was done with each row.
        mapping: the meaning of each heading and word, as given and as recognised.
        numbers: (people,) payroll identity of each person, in the order of the staff list.
        started: (people,) epoch day on which each person started with the employer, in the order of the staff list; the
            first day of service if the extract does not give it.
        titles: the texts above the headings.
    """

    people: Workforce
    quality: Quality
    mapping: StaffMapping
    numbers: tuple[str, ...]
    started: Longs
    titles: tuple[str, ...] = ()


def people_of(
    sheet: Sheet,
    mapping: StaffMapping,
    table: PayTable,
    *,
    numbered: Callable[[Sequence[str]], AnyArray],
    order: str = "",
) -> Extracted:
    """The people of an extract.

    Args:
        sheet: its rows.
        mapping: the meanings of headings and words that the user gives; others are recognised.
        table: pay by band and point, spine points, and the first days of the pension's later sections, on `table.on`.
        numbered: function from the distinct payroll identities to the integers that identify people here.
        order: order of day and month in all columns of dates, if the user gives it.

    Raises:
        ExtractError: with all mistakes, and with the mapping as far as it was recognised.
    """
    return _Reading(sheet, mapping, table, order).people(numbered)


class _Reading:
    """The state while one extract is read: masks of rows, and the findings and mistakes so far."""

    def __init__(self, sheet: Sheet, mapping: StaffMapping, table: PayTable, order: str) -> None:
        self.sheet = sheet
        self.given = mapping
        self.table = table
        self.order = order
        self.roles = words.recognised(sheet.columns, mapping.columns)
        self.stay = np.ones(len(sheet), bool)
        self.mistakes = Mistakes()
        self.mended: list[Finding] = []
        self.left_out: list[Finding] = []
        self.further: list[Finding] = []
        self.notes: list[str] = []
        # The meaning of each word that was recognised, by part of the mapping file and word.
        parts = ("employers", "functions", "grades", "contracts", "statuses", "sexes", "clinicians", "sections")
        self.found: dict[str, dict[str, Any]] = {name: {} for name in parts}
        self.dates: dict[str, str] = {}

    # Steps

    def people(self, numbered: Callable[[Sequence[str]], AnyArray]) -> Extracted:
        self._check_headings()
        # Rows of people who are not in post are left out first, so that their cells cause no mistakes.
        self._leave_out_by_word("contract", "contracts", words.contract_of)
        self._leave_out_by_word("status", "statuses", words.status_of)
        wte = self._wte()
        grade, grade_pay = self._grades()
        born = self._born()
        started, service = self._service(born)
        contract, ends = self._contracts()
        self._check_ages(born, service)
        sex = self._sexes()
        clinician = self._clinicians()
        section = self._sections(service)
        employer, employers = self._names("employer", words.plain_name)
        function, functions = self._names("function", words.function_name)
        placed = self._paid(grade, grade_pay, wte, started, clinician)
        number, key = self._identities(employer)
        # All mistakes of the cells at once, before rows are combined into people.
        self._raise()
        facts = {
            "employer": employer,
            "function": function,
            "band": placed.band,
            "point": placed.point,
            "pay_pence": placed.pay_pence,
            "born": born,
            "service_from": service,
            "sex": sex,
            "clinician": clinician,
            "contract": contract,
            "contract_ends": ends,
            "section": section,
            "critical": self._flags("critical"),
            "skill": self._scores("skill"),
            "outside": self._scores("outside"),
            "attitude": self._scores("attitude"),
        }
        self._raise()
        # From rows to people: one main row each, with the hours, pay and service of all rows of the person.
        main, wte_of, pay_of, service_of = self._joined(key, wte, placed, facts)
        self._raise()
        if not len(main):
            wrong = f"has no usable row among {len(self.sheet):,}: {self.left_out[0].rule if self.left_out else 'none'}"
            raise StaffError(self.sheet.source, wrong, "check the reasons, or change the rule in the mapping file")
        texts = tuple(number[main].tolist())
        columns = {name: column[main] for name, column in facts.items()}
        columns |= {"pay_pence": pay_of, "service_from": service_of, "wte_hundredths": _hundredths(wte_of)}
        # Rows that were left out may have been the only ones of an employer or function.
        columns["employer"], employers = _used(columns["employer"], employers)
        columns["function"], functions = _used(columns["function"], functions)
        if len(functions) > _MOST_FUNCTIONS:
            heading = self.roles["function"]
            wrong = f"has {len(functions):,} different texts, but the number of functions is at most {_MOST_FUNCTIONS}"
            right = (
                'name a coarser column in the mapping file ([columns] function = "…"), or group them under [functions]'
            )
            self._mistake(0, heading, wrong, right)
            self._raise()
        # Several employers may each have an employee number 1.
        staff = numbered(texts if len(employers) == 1 else _within(texts, columns["employer"], employers))
        # A workforce sorts its rows by identity, so the columns beside it are put in the same order.
        ordered = np.argsort(staff, kind="stable")
        people = Workforce(staff=staff, **columns, employers=employers, functions=functions, source=self.sheet.source)
        return Extracted(
            people=people,
            quality=self._quality(len(people)),
            mapping=self._mapping(employers),
            numbers=tuple(texts[position] for position in ordered.tolist()),
            started=started[main][ordered],
            titles=self.sheet.titles,
        )

    def _check_headings(self) -> None:
        lacking = words.missing(self.roles)
        rest = [heading for heading in self.sheet.columns if heading not in self.roles.values()]
        unknown = f" (not recognised: {', '.join(rest)})" if rest else ""
        for either, example in lacking:
            wrong = f"is missing: no heading gives {' or '.join(either.split('|'))}"
            right = f'add it, or name its column in the mapping file: [columns] {either.split("|")[0]} = "…"'
            # The headings that were not recognised are listed once, after the last missing column.
            last = (either, example) == lacking[-1]
            self._mistake(0, example, wrong, right + unknown * last)
        if "employer" not in self.roles and not self.given.employer:
            right = 'use --employer "Oakdale PCT", or add a column such as Organisation'
            self._mistake(0, "Employer", "is missing: no heading gives the employer", right)
        self._raise()

    def _leave_out_by_word(self, role: str, part: str, meaning: Callable[[str], tuple[str, str] | None]) -> None:
        """Leave out the rows whose contract or status means that the person is not in post.

        Args:
            role: role of the column.
            part: part of the mapping that contains its words.
            meaning: function from a word to its meaning and the reason for exclusion; None for an unknown word.
        """
        column = self._column(role)
        if column is None:
            return
        given: Named[str] = getattr(self.given, part)
        reasons: dict[str, str] = {}
        # Each distinct word is looked up once. An empty cell means a permanent contract, or a person in post.
        for position, word in enumerate(column.words):
            known = meaning(word) if word else ("permanent" if part == "contracts" else KEEP, "")
            # The user's mapping has precedence over the rules.
            if word in given and (known is None or known[0] != given[word]):
                known = (given[word], "left out by the mapping file")
            if known is None:
                allowed = "permanent, fixed-term or leave out" if part == "contracts" else "keep or leave out"
                self._unknown_word(column, position, part, allowed)
                continue
            if word:
                self.found[part][word] = known[0]
            if known[0] == LEAVE_OUT:
                reasons[word] = known[1]
        # One finding for each word, with its own reason.
        for word, reason in reasons.items():
            self._leave(column.codes == column.words.index(word), role, f"{shown(word)}: {reason}")

    def _wte(self) -> Floats:
        """Whole-time equivalent of each row, above 0 and at most 1 for rows that are not left out, (rows,)."""
        role = next(name for name in ("wte", "hours", "sessions") if name in self.roles)
        column = self.sheet.columns[self.roles[role]]
        # The number in the cell that stands for a whole-time post.
        whole = {"wte": 1.0, "hours": self.given.whole_time_hours, "sessions": self.given.whole_time_sessions}[role]
        read = cells.share_of if role == "wte" else cells.hours_of
        heading = self.roles[role]
        # NaN for a cell that is empty or is not a number; the two are different mistakes.
        shares = column.read(lambda word: _nan(None if cells.is_blank(word) else read(word)), "float64") / whole
        blank = column.read(cells.is_blank, "bool")
        self._wrong(column, np.isnan(shares) & ~blank, f"give a number such as {'0.6' if role == 'wte' else '22.5'}")
        self._wrong(column, blank, "give the contracted share of a whole-time post, 0 for none")
        self._leave(
            shares < 0.005,
            role,
            "no contracted hours: left out, because a person without hours has no post and no redundancy pay",
        )
        # A share far above 1 is a mistake, such as hours in a column of shares. A smaller excess is reduced to 1.
        held = f'if the column contains hours, write [columns] hours = "{heading}" in the mapping file'
        self._wrong(column, shares > 1.5, f"a whole-time post is {whole:g}; {held}")
        above = (shares > 1.0) & (shares <= 1.5)
        self._mend(above & (shares > 1.004), role, "more than a whole-time post: counted as 1")
        return np.where(above, 1.0, shares)

    def _grades(self) -> tuple[AnyArray, Floats]:
        """Band, "VSM", "medical" or "local" of each row, and its grade's pay in pounds (0 for none), (rows,) each."""
        column = self.sheet.columns[self.roles["grade"]]
        kinds: list[str] = []
        pay: list[float] = []
        left: list[bool] = []
        for position, word in enumerate(column.words):
            grade = self.given.grades.get(word)
            kind = cells.grade_of(word)
            # A grade in the mapping file has precedence. Without a band it is a local grade, unless it is recognised as
            # local or medical already.
            if grade and (grade.band or kind not in (cells.LOCAL, cells.MEDICAL)):
                kind = grade.band or cells.LOCAL
            if kind is None:
                allowed = f"one of {', '.join(BANDS)}, or a local grade with its pay_pounds"
                self._unknown_word(column, position, "grades", allowed)
                kind = ""
            else:
                band = kind if kind in BANDS else ""
                self.found["grades"][word] = grade or Grade(band=band)
            kinds.append(kind)
            pay.append(grade.pay_pounds if grade else 0.0)
            left.append(bool(grade and grade.leave_out))
        # From distinct words to rows.
        codes = column.codes
        self._leave(np.array(left)[codes], "grade", "left out by the mapping file")
        return np.array(kinds, object)[codes], np.array(pay, "float64")[codes]

    def _born(self) -> Longs:
        """Epoch day of birth, (rows,)."""
        on = date_of(self.table.on)
        if "born" in self.roles:
            born = self._days("born", earliest=_years_before(on, _OLDEST), latest=_years_before(on, 14))
        else:
            born = np.full(len(self.sheet), cells.BLANK, "int64")
        # Some extracts give only an age, or an age band for privacy. It fills the dates of birth that are missing.
        if "age" in self.roles:
            column = self.sheet.columns[self.roles["age"]]
            age = column.read(lambda word: _nan(cells.age_of(word)), "float64")
            blank = column.read(cells.is_blank, "bool")
            needed = (born == cells.BLANK) & self.stay
            self._wrong(column, needed & np.isnan(age) & ~blank, "give an age such as 41, or an age band such as 41-45")
            use = needed & ~np.isnan(age)
            days = np.rint(np.nan_to_num(age) * 365.25).astype("int64")
            estimate = self.table.on - days
            born = np.where(use, estimate, born)
            self._mend(use, "age", "no date of birth: estimated from the middle of the age given")
        self._leave(born == cells.BLANK, "born", "no date of birth, on which pension and the chance of leaving depend")
        return born

    def _service(self, born: Longs) -> tuple[Longs, Longs]:
        """First day with the employer, and first day of NHS service that counts, (rows,) each."""
        on = date_of(self.table.on)
        nothing = np.full(len(self.sheet), cells.BLANK, "int64")
        # The limits fix the century of two-digit years.
        span = {"earliest": _years_before(on, 70), "latest": _years_before(on, -2)}
        started = self._days("started", **span) if "started" in self.roles else nothing
        service = self._days("service_from", **span) if "service_from" in self.roles else nothing
        is_here = started > cells.BLANK
        self._leave(is_here & (started > self.table.on), "started", f"starts after {on}, the first day")
        given = service > cells.BLANK
        self._leave(given & ~is_here & (service > self.table.on), "service_from", f"is after {on}, the first day")
        self._leave(~given & ~is_here, "service_from", "no date from which service counts")
        if "service_from" in self.roles:
            rule = "no NHS service date: counted from the start with this employer, which may understate redundancy pay"
            self._mend(~given & is_here, "service_from", rule)
        else:
            self.notes.append(
                "No column gives NHS service: it is counted from the start with this employer, which may understate "
                "redundancy pay."
            )
        # NHS service that counts is the earlier of the two dates, because it includes earlier employers.
        counted = np.where(given, service, started)
        later = given & is_here & (service > started)
        self._mend(later, "service_from", "is after the start with this employer: counted from that start")
        counted = np.where(later, started, counted)
        # Nobody is employed before the age of 16. If one of the dates is impossible, the other one is used.
        early = self.stay & (counted > cells.BLANK) & (complete_years(_known(born), _known(counted)) < _YOUNGEST)
        started_later = complete_years(_known(born), _known(started)) >= _YOUNGEST
        other = early & is_here & started_later
        self._mend(other, "service_from", "is before the 16th birthday: counted from the start with this employer")
        counted = np.where(other, started, counted)
        served_later = complete_years(_known(born), _known(service)) >= _YOUNGEST
        third = early & ~other & given & served_later
        self._mend(third, "started", "is before the 16th birthday: service counted from the NHS date")
        counted = np.where(third, service, counted)
        return np.where(is_here, started, counted), counted

    def _check_ages(self, born: Longs, service: Longs) -> None:
        """Leave out people who are too young to be in post, and refuse impossible dates of birth."""
        known = self.stay & (born > cells.BLANK)
        # Rows without a date of birth get an age that passes all checks; they are left out elsewhere.
        age = np.where(known, complete_years(_known(born), self.table.on), 40)
        column = self.sheet.columns[self.roles.get("born") or self.roles["age"]]
        self._wrong(
            column,
            known & ((age < 14) | (age > _OLDEST)),
            f"give the date of birth of a person aged {_YOUNGEST} to {_OLDEST}",
        )
        self._leave(known & (age < _YOUNGEST), "born", f"under {_YOUNGEST} on {date_of(self.table.on)}")
        # The mask again, because the line above may have left out some rows.
        known = self.stay & (born > cells.BLANK) & (service > cells.BLANK)
        early = known & (complete_years(_known(born), _known(service)) < _YOUNGEST)
        self._leave(early, "born", "birth and start contradict each other: work before the 16th birthday")

    def _contracts(self) -> tuple[AnyArray, AnyArray]:
        """Kind of contract and its last day, (rows,) each."""
        on = date_of(self.table.on)
        column = self._column("contract")
        ends = np.full(len(self.sheet), cells.BLANK, "int64")
        if "contract_ends" in self.roles:
            # The limits fix the century of two-digit years. A last day may be long past or far ahead.
            ends = self._days("contract_ends", earliest=_years_before(on, 30), latest=_years_before(on, -40))
        has_end = ends > cells.BLANK
        if column is None:
            fixed = has_end.copy()
            self.notes.append(
                "No column gives the kind of contract: people with a last day are fixed-term, all others permanent."
            )
        else:
            meaning = {word: self.found["contracts"].get(word, "permanent") for word in column.words}
            fixed = column.read(lambda word: meaning[word] == "fixed-term", "bool")
            blank = column.read(lambda word: not word, "bool")
            self._mend(
                blank, "contract", "no kind of contract: counted as permanent, or as fixed-term if a last day is given"
            )
            fixed |= blank & has_end
        if "contract_ends" in self.roles:
            right = "leave the cell empty, or make the contract fixed-term"
            ended = self.sheet.columns[self.roles["contract_ends"]]
            self._wrong(ended, has_end & ~fixed, right, wrong="is the last day of a permanent contract")
        self._leave(has_end & fixed & (ends < self.table.on), "contract_ends", f"a contract that ended before {on}")
        rule = "a fixed term without a last day: assumed to run beyond the scenario's end"
        self._mend(fixed & ~has_end, "contract_ends", rule)
        return np.where(fixed, _FIXED, 0), np.where(fixed & has_end, ends, NEVER)

    def _sexes(self) -> AnyArray:
        column = self._column("sex")
        if column is None:
            self.notes.append("No column gives sex: it is unknown for everyone, also in tables by sex.")
            return np.full(len(self.sheet), SEXES.index("unknown"))
        codes = self._meanings(column, "sexes", words.sex_of, SEXES)
        self._mend(codes == SEXES.index("unknown"), "sex", "neither female nor male is given: counted as unknown")
        return codes

    def _clinicians(self) -> Bools:
        column = self._column("clinician")
        if column is not None:
            return self._yes(column)
        column = self._column("staff_group")
        if column is None:
            self.notes.append("No column gives the staff group: nobody is counted as a clinician.")
            return np.zeros(len(self.sheet), bool)
        for word in column.words:
            meaning = self.given.clinicians.get(word) or ("yes" if words.clinician_of(word) else "no")
            self.found["clinicians"][word] = meaning
        return column.read(lambda word: self.found["clinicians"][word] == "yes", "bool")

    def _sections(self, service: Longs) -> AnyArray:
        """Section of the pension scheme, (rows,)."""
        # The section is the one that was open when service began: the number of later sections begun by then.
        by_service = np.searchsorted(self.table.section_starts, service, side="right")
        column = self._column("section")
        if column is None:
            self.notes.append(
                "No column gives the pension: everyone is assumed to be a member, in the section that was open on the "
                "day from which service counts."
            )
            return by_service
        choices = (*SECTIONS, BY_SERVICE)
        codes = self._meanings(column, "sections", words.section_of, choices)
        joined = codes == choices.index(BY_SERVICE)
        self._mend(
            joined,
            "section",
            "a member without a section: assumed to be in the section open on the day from which service counts",
        )
        blank = column.read(lambda word: not word, "bool")
        self._mend(blank, "section", "an empty cell: not a member")
        return np.where(joined, by_service, codes)

    def _names(self, role: str, naming: Callable[[str], str]) -> tuple[AnyArray, tuple[str, ...]]:
        """Position of each row's name, and the names in alphabetical order."""
        part = f"{role}s"
        given: Named[str] = getattr(self.given, part)
        column = self._column(role)
        # Without a column everyone has the same name.
        if column is None:
            name = self.given.employer if role == "employer" else "all"
            if role == "function":
                self.notes.append("No column gives the function: everyone is in one function, called all.")
            return np.zeros(len(self.sheet), "int64"), (name,)
        if role == "employer":
            self._wrong(column, column.read(cells.is_blank, "bool"), "name the employer")
        else:
            unnamed = column.read(lambda word: cells.is_blank(word) or not words.said(word), "bool")
            self._mend(unnamed, role, f"no function: the function is called {words.NOT_STATED}")
        for word in column.words:
            blank = role == "function" and cells.is_blank(word)
            self.found[part][word] = given.get(word) or (words.NOT_STATED if blank else naming(word))
        names = tuple(sorted(set(self.found[part].values())))
        return column.read(lambda word: names.index(self.found[part][word]), "int64"), names

    def _paid(self, grade: AnyArray, grade_pay: Floats, wte: Floats, started: Longs, clinician: Bools) -> Placed:
        """Band, point and own pay of each row.

        Args:
            grade: (rows,) band, "VSM", "medical" or "local".
            grade_pay: (rows,) pay of the grade in pounds, 0 if none is given.
            wte: (rows,) whole-time equivalent.
            started: (rows,) epoch day of the start with the employer.
            clinician: (rows,) whether the person is a clinician.
        """
        # A row's own pay has precedence over the pay of its grade.
        pay = self._pay(grade, wte)
        pay = np.where(pay > 0, pay, grade_pay)
        # Years in the grade decide the point if no column gives it; without that date, years with the employer.
        since = started
        if "in_grade" in self.roles:
            on = date_of(self.table.on)
            day = self._days("in_grade", earliest=_years_before(on, 70), latest=_years_before(on, -2))
            since = np.where((day > cells.BLANK) & (day <= self.table.on), day, started)
        years = np.maximum(complete_years(_known(since), self.table.on), 0)
        column = self._column("point")
        heading = self.roles.get("point", "")
        placed = place(
            self.table,
            grade,
            pay,
            years,
            column,
            heading,
            style=self.given.points,
            chief=self._chiefs(),
        )
        # Mistakes, rows without pay, and corrections, in the order in which the report lists them.
        for mask, word, wrong, right in placed.faults:
            faulty = self.sheet.columns[heading or self.roles["grade"]]
            self._wrong(faulty, mask, right, wrong=wrong or f"is {shown(word)}")
        for mask, reason in placed.without:
            self._leave(mask, "grade", reason)
        for mask, role, rule in placed.rules:
            self._mend(mask, role, rule)
        if "pay" in self.roles:
            low = self.stay & placed.too_low
            actual = 'if the column contains actual part-time pay, add pay = "actual" to the mapping file'
            right = f"give whole-time pay a year; {actual}"
            self._wrong(self.sheet.columns[self.roles["pay"]], low, right, wrong="is below the lowest pay of the band")
        return placed

    def _pay(self, grade: AnyArray, wte: Floats) -> Floats:
        """Whole-time pay in pounds per year, 0 if none is given, (rows,)."""
        column = self._column("pay")
        if column is None:
            return np.zeros(len(self.sheet))
        blank = column.read(cells.is_blank, "bool")
        given = column.read(lambda word: _nan(0.0 if cells.is_blank(word) else cells.pounds_of(word)), "float64")
        self._wrong(column, np.isnan(given) & ~blank, "give pounds a year such as 35184")
        pay = np.nan_to_num(given)
        # Monthly or hourly pay is far below a year's. The lower limit is for actual pay, so it falls with the hours.
        lowest = _LOWEST_PAY * np.minimum(wte, 1.0)
        wrong = (pay > 0) & ((pay < lowest) | (pay > _HIGHEST_PAY))
        self._wrong(column, wrong, "give pay for a whole year in pounds, not for a month or an hour")
        if self._pay_is_actual(column.heading, grade, pay, wte):
            return np.where(pay > 0, pay / np.where(wte > 0, wte, 1.0), 0.0)
        return pay

    def _pay_is_actual(self, heading: str, grade: AnyArray, pay: Floats, wte: Floats) -> bool:
        """Whether pay is actual pay at each person's hours: given by the user, or found from part-time staff of all
        bands.
        """
        if self.given.pay:
            return self.given.pay == "actual"
        # The heading may say it.
        plain = words.normal(heading)
        if any(word in plain for word in ("actual", "pro rata")):
            return True
        if any(word in plain for word in ("fte", "wte", "full time", "whole time", "pay pounds")):
            return False
        # Otherwise part-time staff show it: whether their pay is within their band as it is, or divided by their hours.
        # The upper limit is wider, because pay may include a supplement.
        part = self.stay & (wte < 0.995) & (wte > 0) & (pay > 0)
        low, high = self.table.limits(grade)
        banded = part & (high > 0)

        def share_within(pounds: Floats) -> float:
            if not banded.any():
                return 0.0
            within = (pounds >= low * 0.97) & (pounds <= high * 1.25)
            return float(within[banded].mean())

        whole = share_within(pay)
        with np.errstate(divide="ignore", invalid="ignore"):
            actual = share_within(pay / wte)
        # Clear only if nearly all fit one reading and many do not fit the other.
        if max(whole, actual) >= 0.9 and min(whole, actual) < 0.6:
            name = "actual pay at each person's hours" if actual > whole else "whole-time pay"
            self.notes.append(f"Pay in {heading!r} is read as {name}, which fits the bands of part-time staff.")
            return actual > whole
        if part.any():
            wrong = "may be whole-time pay or actual part-time pay, and the rows of part-time staff do not show which"
            self._mistake(0, heading, wrong, 'write pay = "whole-time" or pay = "actual" in the mapping file')
        return False

    def _chiefs(self) -> Bools:
        """Whether each row's job title is chief executive, (rows,)."""
        column = self._column("title")
        if column is None:
            return np.zeros(len(self.sheet), bool)
        titles = ("chief executive", "chief executive officer", "ceo")
        return column.read(lambda word: words.normal(word) in titles, "bool")

    def _identities(self, employer: AnyArray) -> tuple[AnyArray, Longs]:
        """Each row's payroll identity, and the position of its person among all people, (rows,) each."""
        column = self.sheet.columns[self.roles["staff"]]
        self._wrong(column, column.read(cells.is_blank, "bool"), "give each person an identity")
        # One code for each pair of identity and employer, because employers number their own staff.
        key = column.codes * (int(employer.max(initial=0)) + 1) + employer
        _, key = np.unique(key, return_inverse=True)
        self._refuse_twice(key)
        return column.text, key

    def _refuse_twice(self, key: Longs) -> None:
        """Count a repeated row once. Refuse an assignment that is given twice with different cells."""
        column = self._column("assignment")
        # One code for each distinct row: columns are added one by one, and the codes are made small again each time.
        width = np.zeros(len(self.sheet), "int64")
        for each in self.sheet.columns.values():
            _, width = np.unique(width * (len(each.words) + 1) + each.codes, return_inverse=True)
        # Rows that are left out get different negative codes, so that they repeat nothing.
        apart = -1 - np.arange(len(width))
        same = self.stay & _repeated(np.where(self.stay, width, apart))
        self._further(same, "", "the same row again")
        self.stay &= ~same
        if column is None:
            return
        # Rows without an assignment number cannot be compared, so they get negative codes too.
        pair = key * len(column.words) + column.codes
        numbered = self.stay & column.read(lambda word: not cells.is_blank(word), "bool")
        pair = np.where(numbered, pair, -1 - np.arange(len(pair)))
        self._wrong(column, _repeated(pair), "give each assignment once", wrong="is given twice with different cells")

    def _joined(
        self, key: Longs, wte: Floats, placed: Placed, facts: dict[str, AnyArray]
    ) -> tuple[AnyArray, Floats, Longs, Longs]:
        """For each person: the main row, the hours over all rows, pay in pence and earliest service, (people,) each.

        The main row is the one with the most hours. If the rates of two jobs differ, pay is their mean, weighted by
        hours.

        Args:
            key: (rows,) position of each row's person among all people.
            wte: (rows,) whole-time equivalent.
            placed: the rows' positions in the pay table.
            facts: further (rows,) columns by name.
        """
        # Rows by person, most hours first, then in the order of the file. The first row of each person is the main row.
        rows = np.flatnonzero(self.stay)
        order = rows[np.lexsort((rows, -wte[rows], key[rows]))]
        first = np.zeros(0, bool)
        if len(order):
            first = np.concatenate([[True], key[order][1:] != key[order][:-1]])
        # The index of each row's person, in the order of `main`.
        group = np.cumsum(first) - 1
        main = order[first]
        for role, name in (("born", "born"), ("sex", "sex")):
            different = facts[name][order] != facts[name][main][group]
            if role in self.roles and different.any():
                mask = np.zeros(len(self.sheet), bool)
                mask[order[different]] = True
                column = self.sheet.columns[self.roles[role]]
                self._wrong(
                    column,
                    mask,
                    "give the person the same in every row",
                    wrong="differs from another row of the same person",
                )
        count = np.bincount(group, minlength=len(main))
        # From positions in `order` back to rows of the sheet.
        further = np.zeros(len(self.sheet), bool)
        further[order[~first]] = True
        self._further(
            further, "staff", "a further assignment: its hours are added to the person's assignment with the most hours"
        )
        total = np.bincount(group, weights=wte[order], minlength=len(main))
        self._mend(
            _mask(self.sheet, main[total > 1.004]),
            "wte",
            "more than a whole-time post in all assignments: counted as 1",
        )
        rate = np.where(placed.pay_pence > 0, placed.pay_pence, placed.table_pence)
        weighted = np.bincount(group, weights=rate[order] * wte[order], minlength=len(main))
        mean = np.rint(weighted / np.maximum(total, 1e-9))
        # Whether any of a person's rows has another rate than the main row.
        differs = np.zeros(len(main), bool)
        differs[group[rate[order] != rate[main][group]]] = True
        pay = np.where(differs & (count > 1), mean, placed.pay_pence[main]).astype("int64")
        rule = "two jobs at different rates: the pay is the mean of both, weighted by hours"
        self._mend(_mask(self.sheet, main[differs & (count > 1)]), "grade", rule)
        # The earliest date of any row, because service with one employer is service of the person.
        service = np.full(len(main), np.iinfo("int64").max)
        np.minimum.at(service, group, facts["service_from"][order])
        return main, np.minimum(total, 1.0), pay, service

    # Helpers

    def _column(self, role: str) -> Column | None:
        heading = self.roles.get(role)
        return None if heading is None else self.sheet.columns[heading]

    def _days(self, role: str, **limits: Any) -> Longs:
        """Epoch days of a column, BLANK if a cell gives none, (rows,). Dummy dates count as none, with a note."""
        column = self.sheet.columns[self.roles[role]]
        order = self.given.dates.get(column.heading, self.order)
        # Each distinct text is read once; faults are then reported for every row that has the text.
        read = cells.read_days(column.words, order=order, heading=column.heading, **limits)
        if read.order:
            self.dates[column.heading] = read.order
        if read.faults:
            for position, word in enumerate(column.words):
                if word in read.faults:
                    wrong, right = read.faults[word]
                    self._wrong(column, column.codes == position, right, wrong=wrong)
        if read.dummies:
            dummy = column.read(lambda word: word in read.dummies, "bool")
            self._mend(dummy, role, "a date that stands for 'not known', such as 01-JAN-1900: counted as empty")
        return column.read(lambda word: read.days.get(word, cells.BLANK), "int64")

    def _meanings(
        self, column: Column, part: str, meaning: Callable[[str], str | None], choices: Sequence[str]
    ) -> AnyArray:
        """The meaning of each row's word, as a position in `choices`, (rows,).

        Args:
            column: the column.
            part: part of the mapping that contains its words.
            meaning: function from a word to its meaning; None for an unknown word.
            choices: the possible meanings.
        """
        given: Named[str] = getattr(self.given, part)
        found: dict[str, int] = {}
        for position, word in enumerate(column.words):
            # A word that consists only of signs cannot be read by rule.
            what = given.get(word) or (meaning(word) if words.said(word) else None)
            if what is None:
                self._unknown_word(column, position, part, ", ".join(choices))
                # Any meaning will do, because the mistake stops the import.
                what = choices[-1]
            elif word:
                self.found[part][word] = what
            found[word] = choices.index(what)
        return column.read(found.__getitem__, "int64")

    def _yes(self, column: Column) -> Bools:
        found = {word: words.yes_of(word) for word in column.words}
        self._wrong(column, column.read(lambda word: found[word] is None, "bool"), "write yes or no")
        return column.read(lambda word: bool(found[word]), "bool")

    def _flags(self, role: str) -> Bools:
        column = self._column(role)
        return np.zeros(len(self.sheet), bool) if column is None else self._yes(column)

    def _scores(self, role: str) -> Floats:
        column = self._column(role)
        if column is None:
            return np.zeros(len(self.sheet))
        scores = column.read(lambda word: 0.0 if cells.is_blank(word) else _score(word), "float64")
        self._wrong(column, ~(np.abs(scores) <= 10), "give a standardised score between -10 and 10")
        return np.where(np.abs(scores) <= 10, scores, 0.0)

    def _unknown_word(self, column: Column, position: int, part: str, allowed: str) -> None:
        """A mistake for an unknown word, on the first line with it that is not left out, with the number of such lines."""
        rows = np.flatnonzero((column.codes == position) & self.stay)
        if len(rows):
            word = column.words[position]
            many = f" ({len(rows):,} lines)" if len(rows) > 1 else ""
            right = f"explain it under [{part}] in the mapping file: {allowed}"
            line = int(self.sheet.lines[rows[0]])
            self._mistake(line, column.heading, f"is {shown(word)}{many}, which is not known", right)

    def _wrong(self, column: Column, mask: Bools, right: str, *, wrong: str = "") -> None:
        """A mistake for each row of a mask that is not left out."""
        rows = np.flatnonzero(mask & self.stay)
        for row in rows.tolist():  # a loop over mistakes only, which stop the import
            word = column.words[column.codes[row]]
            fault = wrong or (f"is {shown(word)}" if word else "is empty")
            self._mistake(int(self.sheet.lines[row]), column.heading, fault, right)

    def _mistake(self, line: int, heading: str, wrong: str, right: str) -> None:
        """Add one mistake, sorted by line and then by column of the file. Line 0 stands for a whole column."""
        headings = list(self.sheet.columns)
        place = headings.index(heading) if heading in headings else len(headings)
        source = self.sheet.source
        unit = self.sheet.unit
        # Only the first mistakes are listed, so the sentences of the others are not made.
        self.mistakes.add(lambda: mistake(unit, line, heading, wrong, right).in_file(source), line, place)

    def _leave(self, mask: Bools, role: str, reason: str) -> None:
        rows = np.flatnonzero(mask & self.stay)
        if len(rows):
            self.stay[rows] = False
            self.left_out.append(Finding(self._heading(role), reason, self.sheet.lines[rows]))

    def _mend(self, mask: Bools, role: str, rule: str) -> None:
        rows = np.flatnonzero(mask & self.stay)
        if len(rows):
            self.mended.append(Finding(self._heading(role), rule, self.sheet.lines[rows]))

    def _further(self, mask: Bools, role: str, rule: str) -> None:
        rows = np.flatnonzero(mask)
        if len(rows):
            self.further.append(Finding(self._heading(role), rule, self.sheet.lines[rows]))

    def _heading(self, role: str) -> str:
        if role in ("wte",):
            role = next(name for name in ("wte", "hours", "sessions") if name in self.roles)
        return self.roles.get(role, "")

    def _raise(self) -> None:
        if self.mistakes:
            error = self.mistakes.error()
            if isinstance(error, ExtractError):
                error.mapping = self._mapping(())
            raise error

    def _quality(self, people: int) -> Quality:
        """The report. Corrections are listed only for rows that are not left out."""
        # A row may be corrected first and left out later.
        lines = self.sheet.lines[self.stay]
        mended = [attrs.evolve(one, lines=one.lines[np.isin(one.lines, lines)]) for one in self.mended]
        used = set(self.roles.values())
        orders = [f"{heading}: {_ORDER_WORDS[order]}" for heading, order in self.dates.items()]
        notes = list(self.sheet.notes)
        if orders:
            notes.append(f"Order of day, month and year: {'; '.join(orders)}.")
        return Quality(
            source=self.sheet.source,
            rows=len(self.sheet),
            people=people,
            notes=(*notes, *self.notes),
            mended=tuple(one for one in mended if len(one.lines)),
            further=tuple(self.further),
            left_out=tuple(self.left_out),
            set_aside=self.sheet.set_aside,
            unused=tuple(heading for heading in self.sheet.columns if heading not in used),
            unit=self.sheet.unit,
        )

    def _mapping(self, employers: Sequence[str]) -> StaffMapping:
        """The user's mapping, completed by the meanings that were recognised."""
        # What the user gave has precedence over what was recognised.
        kinds = {name: words.kind_of(name) for name in employers} | dict(self.given.kinds)
        found: dict[str, Any] = {
            part: Named({**known, **getattr(self.given, part)}) for part, known in self.found.items()
        }
        return attrs.evolve(
            self.given,
            on=date_of(self.table.on),
            columns=Named({**self.roles, **self.given.columns}),
            dates=Named({**self.dates, **self.given.dates}),
            kinds=Named({name: kind for name, kind in kinds.items() if kind}),
            **found,
        )


_ORDER_WORDS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}


def _nan(number: float | None) -> float:
    return float("nan") if number is None else number


def _score(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")


def _known(days: Longs) -> Longs:
    """Days, with 0 if none is given, so that calendar functions can be applied."""
    return np.where(days > cells.BLANK, days, 0)


def _years_before(day: Any, years: int) -> Any:
    """The same day a number of years earlier; 1 March for 29 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, month=3, day=1)


def _hundredths(wte: Floats) -> AnyArray:
    return np.clip(np.rint(wte * 100), 1, 100).astype("int64")


def _repeated(codes: Longs) -> Bools:
    """Which entries repeat an earlier one, (n,)."""
    _, first = np.unique(codes, return_index=True)
    # All rows except the first of each code.
    repeated = np.ones(len(codes), bool)
    repeated[first] = False
    return repeated


def _mask(sheet: Sheet, rows: AnyArray) -> Bools:
    mask = np.zeros(len(sheet), bool)
    mask[rows] = True
    return mask


def _used(codes: AnyArray, names: Sequence[str]) -> tuple[AnyArray, tuple[str, ...]]:
    """Codes and names, without the names that no person has."""
    present, codes = np.unique(codes, return_inverse=True)
    return codes, tuple(names[position] for position in present.tolist())


def _within(texts: Sequence[str], employer: AnyArray, employers: Sequence[str]) -> tuple[str, ...]:
    """Identities made unique among several employers that each number their own staff."""
    if len(set(texts)) == len(texts):
        return tuple(texts)
    return tuple(f"{employers[code]} {text}" for text, code in zip(texts, employer.tolist(), strict=True))
