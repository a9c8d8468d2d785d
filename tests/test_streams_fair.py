"""Random numbers are uniform in every stream, and independent between streams that differ slightly.

Every test makes many statistical tests, with a chance of 1 in 1,000 of a false alarm in total (Bonferroni). The seeds are
fixed, so the result is the same in every session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy import stats

from nhstransit.arrays import Floats, Keys
from nhstransit.streams import Luck, combined, name_key
from tests.examples import every, some

FALSE_ALARM = 1e-3
PEOPLE = 20_000
LAST = 2**63 - 1
Question = tuple[int, str, int, str]

KEYS: dict[str, Keys] = {
    "one after another": np.arange(PEOPLE, dtype="uint64"),
    "from a million on": np.arange(PEOPLE, dtype="uint64") + np.uint64(1_000_000),
    "every 4,096th": np.arange(PEOPLE, dtype="uint64") << np.uint64(12),
    "in the high half": np.arange(PEOPLE, dtype="uint64") << np.uint64(40),
    "down from the top": ~np.arange(PEOPLE, dtype="uint64"),
    "squares": np.arange(PEOPLE, dtype="uint64") ** np.uint64(2),
    "few bits set": np.unique([1 << a | 1 << b | 1 << c for a in range(64) for b in range(a) for c in range(b)]).astype(
        "uint64"
    )[:PEOPLE],
    "posts of employers": combined(name_key("5QT"), np.arange(PEOPLE)),
    "multiples of the golden ratio's inverse": np.arange(PEOPLE, dtype="uint64") * np.uint64(0xF1DE83E19937733D),
}


def questions() -> Iterator[Question]:
    """A few hundred questions, such as those of a run, and extreme ones."""
    for seed in (0, 1, 2, 2010, 2**31, 2**62, LAST):
        for decision in ("mars answer", "mars panel", "natural retirement", ""):
            for occasion in (0, 1, 2, 40):
                for among in ("staff", "post"):
                    yield seed, decision, occasion, among


def uniforms(question: Question, keys: Keys) -> Floats:
    seed, decision, occasion, among = question
    return Luck(seed).uniform(decision, occasion, keys, among=among)


def p_value_of_table(*columns: Floats, bins: int) -> float:
    """The p-value of a chi-square test that the columns are uniform and independent."""
    cell = np.zeros(len(columns[0]), "int64")
    for column in columns:
        cell = cell * bins + (column * bins).astype("int64")
    return float(stats.chisquare(np.bincount(cell, minlength=bins ** len(columns))).pvalue)


def p_value_of_correlation(one: Floats, other: Floats) -> float:
    """The p-value of the correlation of two columns."""
    r = float(np.corrcoef(one, other)[0, 1])
    return float(2 * stats.norm.sf(abs(r) * np.sqrt(len(one))))


def assert_fair(chances: list[float]) -> None:
    """Assert that no p-value is too small for their number, and that together they are uniform."""
    assert min(chances) > FALSE_ALARM / len(chances)
    assert stats.kstest(chances, "uniform").pvalue > FALSE_ALARM


def test_every_stream_is_uniform() -> None:
    """A few hundred streams are tested with counts in 50 bins."""
    keys = KEYS["one after another"]
    assert_fair([p_value_of_table(uniforms(question, keys), bins=50) for question in questions()])


@pytest.mark.parametrize("pattern", every(3, KEYS))
def test_streams_are_uniform_for_every_pattern_of_keys(pattern: str) -> None:
    """The patterns include dense, sparse and very large keys. The test is that of Kolmogorov and Smirnov."""
    some = list(questions())[::7]
    assert_fair([float(stats.kstest(uniforms(one, KEYS[pattern]), "uniform").pvalue) for one in some])


@pytest.mark.parametrize("pattern", KEYS)
def test_every_byte_of_the_bits_is_uniform(pattern: str) -> None:
    """This includes the low bits, which uniform numbers do not use."""
    words = Luck(2010).bits("mars answer", 1, KEYS[pattern])
    chances = [
        float(stats.chisquare(np.bincount((words >> np.uint64(shift)).astype("uint8"), minlength=256)).pvalue)
        for shift in range(0, 64, 8)
    ]
    assert min(chances) > FALSE_ALARM / len(chances)


def neighbours() -> Iterator[tuple[str, Question, Question]]:
    """Pairs of questions that differ slightly: by one bit of the seed, one letter, the occasion or the namespace."""
    plain: Question = (2010, "mars answer", 1, "staff")
    for bit in range(63):
        yield f"seed bit {bit}", plain, (2010 ^ 1 << bit, *plain[1:])
    for step in range(1, 41):
        yield f"seed {step} on", plain, (2010 + step, *plain[1:])
        yield f"occasion {step} on", plain, (2010, "mars answer", 1 + step, "staff")
    for decision in ("mars answes", "mars answer ", "Mars answer", "rets answer", "mars panel"):
        yield decision, plain, (2010, decision, 1, "staff")
    for among in ("post", "organisation"):
        yield among, plain, (2010, "mars answer", 1, among)


def test_neighbouring_questions_are_independent() -> None:
    """Questions that differ slightly in seed, decision, occasion or namespace have independent random numbers."""
    keys = KEYS["one after another"]
    correlations = []
    tables = []
    for _, one, other in neighbours():
        pair = uniforms(one, keys), uniforms(other, keys)
        correlations.append(p_value_of_correlation(*pair))
        tables.append(p_value_of_table(*pair, bins=12))
    assert_fair(correlations)
    assert_fair(tables)


@pytest.mark.parametrize("lag", [1, 2, 3, 64, 4_096])
def test_neighbouring_keys_are_independent(lag: int) -> None:
    """This holds for keys at several distances, in every pattern of keys."""
    drawn = [uniforms((2010, "mars answer", 1, "staff"), keys) for keys in KEYS.values()]
    assert_fair([p_value_of_table(column[:-lag], column[lag:], bins=10) for column in drawn])
    assert_fair([p_value_of_correlation(column[:-lag], column[lag:]) for column in drawn])


def test_three_people_in_a_row_are_independent() -> None:
    """Triples of neighbouring keys are uniform in the unit cube, in about thirty streams."""
    chances = []
    for question in list(questions())[::7]:
        row = uniforms(question, np.arange(3 * PEOPLE, dtype="uint64"))
        chances.append(p_value_of_table(row[::3], row[1::3], row[2::3], bins=8))
    assert_fair(chances)


AVALANCHE = ("one after another", "in the high half", "few bits set", "down from the top")


def one_of_each_pair(keys: Keys, bit: int) -> Keys:
    """The keys with the same value of this bit, so that no pair of keys is tested twice."""
    agrees = (keys ^ keys[0]) >> np.uint64(bit) & np.uint64(1) == 0
    return np.asarray(keys[agrees])


def test_keys_that_differ_in_one_bit_are_independent() -> None:
    question = (2010, "mars answer", 1, "staff")
    correlations = []
    tables = []
    for bit in range(64):
        keys = one_of_each_pair(KEYS["one after another"], bit)
        pair = uniforms(question, keys), uniforms(question, keys ^ np.uint64(1 << bit))
        correlations.append(p_value_of_correlation(*pair))
        tables.append(p_value_of_table(*pair, bins=12))
    assert_fair(correlations)
    assert_fair(tables)


@pytest.mark.parametrize(
    "pattern",
    some(AVALANCHE, ["in the high half"]),
)
def test_a_flipped_bit_flips_half_of_the_bits(pattern: str) -> None:
    """Flipping any of 64 bits of a key flips each of 64 bits of the result for half of the keys (avalanche)."""
    far = []
    for bit in range(64):
        keys = one_of_each_pair(KEYS[pattern], bit)
        changed = Luck(1).bits("x", 0, keys) ^ Luck(1).bits("x", 0, keys ^ np.uint64(1 << bit))
        flips = np.unpackbits(changed.view("uint8").reshape(-1, 8), axis=1).mean(axis=0)
        far.append(np.abs(flips - 0.5).max() * 2 * np.sqrt(len(keys)))
    assert max(far) < stats.norm.isf(FALSE_ALARM / 64 / 64 / 2)


DRAWS: dict[str, tuple[Callable[..., Floats], str]] = {
    "exponential": (Luck.exponential, "expon"),
    "gumbel": (Luck.gumbel, "gumbel_r"),
    "normal": (Luck.normal, "norm"),
}


@pytest.mark.thorough
@pytest.mark.parametrize("draw", DRAWS)
def test_other_draws_have_the_distribution_of_their_name(draw: str) -> None:
    """This tests exponential, Gumbel and normal draws in every fourth stream."""
    method, law = DRAWS[draw]
    keys = KEYS["one after another"]
    some = list(questions())[::4]
    assert_fair([float(stats.kstest(method(Luck(s), d, o, keys, among=a), law).pvalue) for s, d, o, a in some])


def test_the_highest_score_plus_a_gumbel_draw_is_a_logit_choice() -> None:
    """Each score is highest with the probability of the softmax function."""
    scores = np.array([0.0, 0.5, -1.0])
    keys = np.arange(100_000)
    luck = Luck(7)
    drawn = [score + luck.gumbel(f"disposition {k}", 0, keys) for k, score in enumerate(scores)]
    wanted = np.exp(scores) / np.exp(scores).sum() * len(keys)
    chosen = np.bincount(np.argmax(drawn, axis=0), minlength=3)
    assert stats.chisquare(chosen, wanted).pvalue > FALSE_ALARM


@pytest.mark.thorough
def test_a_hundred_million_draws_are_uniform_and_independent() -> None:
    """A hundred streams of a million draws are tested in 1,000 bins, and each stream together with the next one."""
    keys = np.arange(1_000_000, dtype="uint64")
    before = None
    singles = []
    pairs = []
    for occasion in range(100):
        row = Luck(2010).uniform("mars answer", occasion, keys)
        singles.append(p_value_of_table(row, bins=1_000))
        if before is not None:
            pairs.append(p_value_of_table(before, row, bins=100))
        before = row
    assert_fair(singles)
    assert_fair(pairs)
