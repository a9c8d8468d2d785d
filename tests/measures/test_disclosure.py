"""Disclosure control: tables of real staff withstand an attacker, and tables of synthetic staff are published in full."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from worlds import seeds, worlds

import nhstransit as nt
from nhstransit.measures.disclosure import Cross, Pattern, Question, publication, shown, two_way
from nhstransit.measures.equality import STAFF, Outcomes, crossed, equality, payments
from nhstransit.measures.real_staff import staff_are_real
from nhstransit.run.groups import ALL, Grouping
from nhstransit.synthesis import StaffSynthesis
from tests.examples import examples
from tests.shared import hamlet_run

LEAST = 5


@pytest.fixture(scope="module")
def run():
    """The hamlet."""
    return hamlet_run()


@pytest.fixture(scope="module")
def safe(run):
    """The hamlet's published tables, as if its staff were real."""
    crosses = [
        Cross(rows="sex", columns="age", outcomes=("left", "left paid")),
        Cross(rows="age", columns="hours", outcomes=("left", "transferred")),
    ]
    return publication(run, by=("sex", "age", "hours"), crosses=crosses, real=True)


class Attacker:
    """An attacker who knows every published number, and which combinations of outcomes occur in the run."""

    def __init__(self, publication, by):
        found = publication.found
        self.groups = next(groups for groups in publication.groups if groups.by == by)
        among = found.people
        kinds = np.unique(np.concatenate([among & found.masks, among & ~found.masks]), axis=1)
        self.kinds = kinds.shape[1]
        self.names = [STAFF, *found.names]
        self.sets = np.vstack([np.ones((1, self.kinds)), kinds])
        self.size = len(self.groups)
        self.known = {}

    def learn(self, table):
        """Add the numbers of a one-way table to what is known."""
        positions = {name: index for index, name in enumerate([*self.groups.names, ALL])}
        for line in table[table["characteristic"] == self.groups.by].itertuples():
            where = positions[line.group]
            for name, cell in ((line.of, line.people), (line.outcome, line.count)):
                if not np.isnan(cell):
                    self.known[self.names.index(name), where] = cell

    def sums(self, line, where):
        """The coefficients of a cell as a sum over kinds of people and groups."""
        inside = np.ones(self.size) if where == self.size else np.arange(self.size) == where
        return np.kron(inside, self.sets[line])

    def range(self, line, where):
        """The smallest and largest number of people that a cell can have."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows = np.array([self.sums(*cell) for cell in self.known])
        fixed = np.array(list(self.known.values()))
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * self.sums(line, where),
                constraints=LinearConstraint(rows, fixed, fixed),
                bounds=Bounds(0, 1_000),
                integrality=np.ones(self.kinds * self.size, int),
            )
            ends.append(round(sign * found.fun))
        return ends


@pytest.mark.thorough
@pytest.mark.parametrize("by", ["sex", "hours", "age"])
def test_no_small_count_can_be_derived(run, safe, by):
    """At least six values are possible for each count below five, and for each such count of the rest of a group."""
    if by == "age":
        safe = publication(run, by=by, only=("left", "left paid", "retained", "mars: refused"), real=True)
    attacker = Attacker(safe, by)
    attacker.learn(safe.equality)
    truth = attacker.groups.codes
    checked = 0
    for line in range(len(attacker.sets)):
        mask = masks_of(safe.found)[line]
        for where in range(attacker.size + 1):
            count = int((mask & ((truth == where) | (where == attacker.size))).sum())
            if count < LEAST:
                low, high = attacker.range(line, where)
                assert low <= count <= high
                assert high - low >= LEAST, (line, where)
                checked += 1
    assert checked


def masks_of(found):
    """Masks of all staff, of people with each outcome, and of people without it."""
    among = found.people
    whole = np.ones((1, len(found.rows)), bool)
    return np.concatenate([whole, among & found.masks, among & ~found.masks])


def test_hiding_small_counts_alone_is_not_enough(run, safe):
    """If only the counts below five are hidden, the same attacker can derive one of them."""
    attacker = Attacker(safe, "sex")
    table = equality(run, by="sex", only=safe.found.names)
    insufficient = table.assign(count=table["count"].where(table["count"] >= LEAST).astype(float))
    attacker.learn(insufficient[insufficient["people"] >= LEAST])
    line = attacker.names.index("retained")
    low, high = attacker.range(line, attacker.groups.names.index("male"))
    assert low == high == 3


def test_published_numbers_equal_the_full_table(run, safe):
    """No published count is below five."""
    full = equality(run, by=("sex", "age", "hours")).set_index(["characteristic", "outcome", "group"])
    for line in safe.equality.itertuples():
        for name in ("people", "count", "rate", "ratio", "difference_low"):
            shown = getattr(line, name)
            if not np.isnan(shown):
                assert shown == full.loc[(line.characteristic, line.outcome, line.group), name]
    counts = safe.equality[["people", "count"]].to_numpy()
    assert np.nanmin(counts) >= LEAST
    assert safe.equality["hidden"].any()


def test_rates_and_comparisons_of_a_hidden_count_are_hidden(safe):
    """If the count of the reference group is hidden, all comparisons are hidden."""
    table = safe.equality
    hidden = table[table["hidden"]]
    figures = [
        "rate",
        "low",
        "high",
        "ratio",
        "ratio_low",
        "ratio_high",
        "difference",
        "difference_low",
        "difference_high",
    ]
    assert hidden[figures].isna().all(axis=None)
    for _, lines in table.groupby(["characteristic", "outcome"]):
        if lines.loc[lines["group"] == lines["reference"], "hidden"].any():
            assert lines[figures[3:]].isna().all(axis=None)
    paid = safe.payments
    assert paid.loc[paid["hidden"], ["people", "pounds", "mean", "low", "high"]].isna().all(axis=None)
    assert (paid.loc[~paid["hidden"], "people"] >= LEAST).all()


def test_totals_are_published_in_all_tables_or_in_none(safe):
    """The margin of a two-way table is published exactly if the one-way table publishes it."""
    whole = safe.equality[safe.equality["group"] == ALL].groupby("outcome")["count"]
    assert (whole.nunique(dropna=False) == 1).all()
    hidden = whole.first().isna()
    lines = safe.equality[safe.equality["outcome"].map(hidden)]
    assert len(lines)
    assert lines["count"].isna().all()
    one = safe.equality.set_index(["characteristic", "outcome", "group"])["count"]
    compared = 0
    for table, (rows, columns) in zip(safe.crossed, (("sex", "age"), ("age", "hours")), strict=True):
        for line in table.to_dict("records"):
            for by, other in ((rows, columns), (columns, rows)):
                if line[other] == ALL:
                    there = one[by, line["outcome"], line[by]]
                    assert line["count"] == there or (np.isnan(line["count"]) and np.isnan(there))
                    compared += np.isnan(there)
    assert compared


def test_margins_of_two_way_tables_are_hidden_as_in_the_one_way_tables():
    """This holds for the margins of rows and of columns."""
    codes = np.arange(400)
    rows, columns = (
        Grouping(by=name, codes=codes // step % 2, names=("no", "yes")) for name, step in (("rows", 1), ("columns", 2))
    )
    found = Outcomes(
        rows=codes,
        names=("left",),
        of=(STAFF,),
        masks=(codes // 4 % 3 == 0)[None],
        pence=np.zeros((4, 400), "int64"),
    )
    whole = shown(found, 1)
    plain = shown(found, 3)
    hiding = Pattern(hidden=np.array([[False] * 3, [True, True, False]]), among=plain.among)
    question = Question(rows=rows, columns=columns, places=(0,))
    for sides, margin in (((hiding, plain), (slice(None), -1)), ((plain, hiding), (-1, slice(None)))):
        table = two_way(found, question, whole, *sides).hidden[1].reshape(3, 3)
        assert table[margin].tolist() == [True, True, False]
        assert table.sum() == 2
    assert not two_way(found, question, whole, plain, plain).hidden.any()


def test_no_small_count_can_be_derived_from_a_two_way_table(run, safe):
    """At least six values are possible for each inner count below five, given the table and its margins."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    table = safe.crossed[0]
    true = crossed(run, "left", rows="sex", columns="age")
    mine = table[table["outcome"] == "left"].reset_index(drop=True)
    ages = mine["age"].nunique()
    inner = [(s, a) for s in range(2) for a in range(ages - 1)]

    def cell(index, left):
        s, a = divmod(index, ages)
        held = [(s in (i, 2)) and (a in (j, ages - 1)) for i, j in inner]
        return np.concatenate([held, np.zeros(len(inner)) if left else held]).astype(float)

    rows = []
    fixed = []
    for index, line in enumerate(mine.itertuples()):
        for number, left in ((line.people, False), (line.count, True)):
            if not np.isnan(number):
                rows.append(cell(index, left))
                fixed.append(number)
    rule = LinearConstraint(np.array(rows), fixed, fixed)
    small = 0
    for index, line in enumerate(true.itertuples()):
        for number, left in ((line.people, False), (line.count, True)):
            if number < LEAST:
                ends = [
                    milp(sign * cell(index, left), constraints=rule, bounds=Bounds(0, 999), integrality=1).fun * sign
                    for sign in (1, -1)
                ]
                assert ends[1] - ends[0] >= LEAST
                small += 1
    assert small


def test_tables_of_synthetic_staff_are_published_in_full(run):
    """Nothing is hidden."""
    published = publication(run, by="age")
    assert not published.real
    full = equality(run, by="age", only=published.found.names)
    assert np.array_equal(published.equality["count"], full["count"].astype(float))
    assert not published.equality["hidden"].any()
    assert "nothing is hidden" in published.note
    paid = payments(run, by="age")
    assert published.payments["pounds"].sum() == pytest.approx(paid["pounds"].sum())


def test_a_users_own_staff_list_counts_as_real(run, tmp_path):
    """Bundled and synthesised staff are not real. A changed list counts as real, also after a run is loaded again."""
    assert not staff_are_real(run)
    hamlet = nt.load_scenario("hamlet")
    other = attrs.evolve(hamlet, staff=hamlet.workforce.having(wte_hundredths=np.full(300, 90)))
    real = nt.simulate(other, seed=1)
    assert staff_are_real(real)
    nt.save_run(real, tmp_path / "real")
    nt.save_run(run, tmp_path / "hamlet")
    assert staff_are_real(nt.load_run(tmp_path / "real"))
    assert not staff_are_real(nt.load_run(tmp_path / "hamlet"))
    assert publication(real, by="sex").real
    assert not publication(real, by="sex", real=False).real
    margins = StaffSynthesis(margins="england/margins-2010.toml", base="53100")
    assert not staff_are_real(attrs.evolve(run, scenario=attrs.evolve(hamlet, staff=margins)))


def test_files_mark_hidden_numbers(safe, tmp_path):
    """The files have [c] instead of each hidden number, and a note explains it."""
    written = safe.write(tmp_path / "out")
    assert [path.name for path in written] == [
        "equality.csv",
        "payments.csv",
        "sex-by-age.csv",
        "age-by-hours.csv",
        "note.txt",
    ]
    money = written[1].read_text("utf-8").splitlines()
    lines = written[0].read_text("utf-8").splitlines()
    assert lines[0].startswith("characteristic,outcome,of,group,people,count,rate")
    assert any(line.startswith("sex,retained,staff,male,61,[c],[c],[c],[c],female,[c],[c]") for line in lines)
    assert any(line.startswith("sex,severance,all,") and "." in line.split(",")[4] for line in money)
    assert "if it is below 5" in written[-1].read_text("utf-8")


@pytest.mark.thorough
@examples(5, 25)
@given(worlds(most=25), seeds())
def test_tables_of_any_small_scenario_can_be_published(world, seed):
    """No published count is below five, and all published counts are correct."""
    run = nt.simulate(world, seed=seed)
    table = publication(run, by=("sex", "hours"), real=True).equality
    counts = table[["people", "count"]].to_numpy(float)
    assert not (counts < LEAST).any()
    full = equality(run, by=("sex", "hours")).set_index(["characteristic", "outcome", "group"])["count"]
    for line in table[table["count"].notna()].itertuples():
        assert line.count == full[line.characteristic, line.outcome, line.group]


def test_a_run_without_people_has_an_empty_publication():
    assert not len(publication(empty_run(), by="sex", real=True).equality)


def test_invalid_crosses_and_folders_are_refused(run, tmp_path):
    """Crosses must use known, distinct characteristics and outcomes. The folder must not be a file."""
    for wrong, message in (
        (
            {"by": "sex", "crosses": [Cross(rows="sex", columns="age", outcomes=("left",))]},
            "'age' is not one of the characteristics in `by`; add it",
        ),
        ({"by": ("sex", "sex")}, "by: a characteristic is given twice; give each characteristic once"),
        ({"by": "sex", "crosses": [Cross(rows="sex", columns="sex", outcomes=("left",))]}, "with itself; give two"),
        ({"by": ("sex", "age"), "crosses": [Cross(rows="sex", columns="age", outcomes=())]}, "a cross has no outcomes"),
        ({"by": ("sex", "age"), "crosses": [Cross(rows="sex", columns="age", outcomes=("lost",))]}, "mean 'left'"),
        (
            {
                "by": ("sex", "age"),
                "crosses": [
                    Cross(rows="sex", columns="age", outcomes=("left",)),
                    Cross(rows="age", columns="sex", outcomes=("transferred",)),
                ],
            },
            "two crosses have the same pair",
        ),
    ):
        with pytest.raises(nt.NhstransitError, match=message):
            publication(run, **wrong)
    (tmp_path / "file").write_text("")
    with pytest.raises(nt.NhstransitError, match="cannot be written"):
        publication(run, by="sex").write(tmp_path / "file" / "under")
