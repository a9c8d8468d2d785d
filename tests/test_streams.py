"""Random numbers as a function of seed, decision, occasion and key: valid arguments, stable results, and memory."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit import streams
from nhstransit.errors import InputError
from nhstransit.streams import BLOCK, Luck, combined, name_key
from tests.examples import THOROUGH

LAST = 2**63 - 1
KEYS = np.array([0, 1, 2, 1_000_003, 2**32, 2**63, 2**64 - 1], "uint64")

GOLDEN_BITS = {
    (0, "mars answer", 0, "staff"): (
        "d1141a9e9fd9f627 358b557854f66528 df2f1c787e443ea4 3331f80093923a83 "
        "649ce595fb3e52a3 caa54dc8b46beea8 ccc624bd22bcee82"
    ),
    (2010, "mars answer", 1, "staff"): (
        "3354f8d0e5613c8e 26a493cd34511b1b c195c7b6189b9c92 a8fe2ad9b9435f24 "
        "f4ca94af62b441a3 c307bece0bee5020 4bafbd1e81b87cbe"
    ),
    (LAST, "natural resignation", 12, "staff"): (
        "ef9bded8ab12273c 6edcc77973f13352 73009d59817b1e9b 73e9aee5296e3d37 "
        "552820fa57adf66d 776a98ead94c1603 71588ed887ebae53"
    ),
    (2010, "filling interview", 3, "post"): (
        "0f53ff317f25ba41 6db4f269b18298bf 0d95ad43f1284af7 6f23779f28363785 "
        "23bdbfd31e1391ce 270dafc60131a800 4de3d175a263889a"
    ),
    (2010, "appetite", 0, "organisation"): (
        "871404f097ed7aee 3b3a07d658aa27d2 6e126d21ef8be6ef 2c014932c0905076 "
        "71387c521a3c279a a0a5260f3a5587fa 1012260e5ebf4a99"
    ),
}


@pytest.mark.parametrize("question", GOLDEN_BITS, ids=str)
def test_random_bits_have_not_changed(question: tuple[int, str, int, str]) -> None:
    """They are equal to those stored here, so that old runs can be repeated."""
    seed, decision, occasion, among = question
    bits = Luck(seed).bits(decision, occasion, KEYS, among=among)
    assert " ".join(f"{word:016x}" for word in bits.tolist()) == GOLDEN_BITS[question]


def test_keys_of_names_and_pairs_have_not_changed() -> None:
    """They are equal to those stored here."""
    assert name_key("5QT") == 0xE5E566894F93B7FD
    assert name_key("") == 0xB4B2797457A0A6E4
    pairs = combined(np.array([1, 2, 2**63], "uint64"), [2, 1, 0])
    assert pairs.tolist() == [0xA559650848DC2883, 0x921B5C2E35C60D0, 0x1BF8E8C673C45ACE]


def mixed(bits: int) -> int:
    """Stafford's mix 13, in Python's integers."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits = (bits ^ bits >> shift) * factor % 2**64
    return bits ^ bits >> 31


@given(st.integers(0, LAST), st.text(max_size=9), st.integers(0, 99), st.lists(st.integers(0, 2**64 - 1), max_size=5))
def test_random_bits_follow_the_documented_algorithm(seed: int, decision: str, occasion: int, keys: list[int]) -> None:
    """They are two rounds of mix 13 with the two halves of a BLAKE2b digest, calculated here without NumPy."""
    question = f"{seed}/{len(decision)}/{decision}/{occasion}/staff"
    digest = hashlib.blake2b(question.encode(), digest_size=16).digest()
    salt, pepper = (int.from_bytes(half, "little") for half in (digest[:8], digest[8:]))
    wanted = [mixed((mixed(key * 0x9E3779B97F4A7C15 % 2**64 ^ salt) + pepper) % 2**64) for key in keys]
    assert Luck(seed).bits(decision, occasion, np.array(keys, "uint64")).tolist() == wanted


@pytest.mark.parametrize("seed", [-1, 2**63, 2**64, True, 1.0, "1", None, np.float64(3)])
def test_a_seed_that_is_no_whole_number_of_63_bits_is_refused(seed: object) -> None:
    """The message has the valid range."""
    with pytest.raises(InputError, match=r"^seed: is .*; give a whole number from 0 to 9223372036854775807$"):
        Luck(seed)  # type: ignore[arg-type]


def test_the_first_and_the_last_seed_are_valid_and_differ_from_others() -> None:
    seeds = [0, 1, 2**31, 2**32, LAST - 1, LAST]
    words = {int(Luck(seed).bits("x", 0, [7])[0]) for seed in seeds}
    assert len(words) == len(seeds)
    assert Luck(0).bits("x", 0, [7]) == Luck(0).bits("x", 0, [7])


def test_a_numpy_integer_is_accepted_as_a_seed() -> None:
    """It is stored as a plain integer."""
    assert Luck(np.int64(5)) == Luck(5)  # type: ignore[arg-type]
    assert type(Luck(np.int64(5)).seed) is int  # type: ignore[arg-type]


@pytest.mark.parametrize("keys", [[1.0], np.array([2.5]), [2**63, -1], ["5QT"], [2**64], [True]], ids=str)
def test_keys_that_are_no_whole_numbers_are_refused(keys: object) -> None:
    """Floats cannot distinguish some large keys. Text and booleans are refused too."""
    calls: list[Callable[[], object]] = [
        lambda: Luck(1).bits("x", 0, keys),
        lambda: combined(keys, 1),
        lambda: combined(1, keys),
    ]
    for call in calls:
        with pytest.raises(InputError, match="give whole numbers of at most 64 bits"):
            call()


def test_without_keys_the_columns_are_empty() -> None:
    luck = Luck(1)
    for draw in (luck.bits, luck.uniform, luck.exponential, luck.gumbel, luck.normal):
        assert draw("x", 0, []).shape == (0,)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_random_numbers_do_not_depend_on_other_keys_and_their_order(keys: list[int], shuffle: object) -> None:
    luck = Luck(3)
    drawn = dict(zip(keys, luck.uniform("x", 1, np.array(keys, "uint64")).tolist(), strict=True))
    shuffled = list(keys)
    shuffle.shuffle(shuffled)  # type: ignore[attr-defined]
    assert luck.uniform("x", 1, np.array(shuffled, "uint64")).tolist() == [drawn[key] for key in shuffled]
    assert luck.uniform("x", 1, np.uint64(keys[0])).tolist() == [drawn[keys[0]]]


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_random_numbers_do_not_depend_on_the_number_of_keys(count: int) -> None:
    """Long columns are calculated in blocks, which must not change a number."""
    keys = np.arange(count)
    some = np.unique(np.array([0, count // 2, count - 1, min(BLOCK, count - 1)]))
    assert np.array_equal(Luck(1).bits("x", 0, keys)[some], Luck(1).bits("x", 0, some))
    assert np.array_equal(Luck(1).uniform("x", 0, keys)[some], Luck(1).uniform("x", 0, some))


def test_the_shape_and_the_type_of_the_keys_do_not_matter() -> None:
    """A table, a strided view, a narrow column, a list and a negative key have the results of the plain column."""
    luck = Luck(9)
    keys = np.arange(60)
    plain = luck.bits("x", 0, keys)
    assert np.array_equal(luck.bits("x", 0, keys.reshape(6, 10)), plain)
    assert np.array_equal(luck.bits("x", 0, np.repeat(keys, 2)[::2]), plain)
    assert np.array_equal(luck.bits("x", 0, keys.astype("int8")), plain)
    assert np.array_equal(luck.bits("x", 0, keys.tolist()), plain)
    assert np.array_equal(luck.bits("x", 0, [-1]), luck.bits("x", 0, np.array([2**64 - 1], "uint64")))


def test_the_callers_keys_are_not_changed() -> None:
    """This also holds if the column needs no conversion."""
    keys = np.arange(1_000, dtype="uint64")
    keys.flags.writeable = False
    for draw in (Luck(1).bits, Luck(1).uniform):
        draw("x", 0, keys)
    assert np.array_equal(combined(keys, keys)[:1], combined(0, 0))
    assert np.array_equal(keys, np.arange(1_000))


@given(*[st.tuples(st.text("/0123456789ab", max_size=4), st.integers(-2, 200), st.text("/12s", max_size=3))] * 2)
def test_two_different_questions_have_different_random_numbers(
    one: tuple[str, int, str], other: tuple[str, int, str]
) -> None:
    """They differ by decision, occasion or namespace, even if these contain slashes and digits."""
    asked = [Luck(1).bits(decision, occasion, [0], among=among) for decision, occasion, among in (one, other)]
    assert (one == other) == (asked[0] == asked[1])


@pytest.mark.thorough
def test_different_keys_have_different_random_bits() -> None:
    """For one question the function is one-to-one, here for a million keys."""
    assert len(np.unique(Luck(1).bits("x", 0, np.arange(1_000_000)))) == 1_000_000


def test_a_uniform_number_is_never_zero_or_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even for the smallest and largest word, the number is strictly between, and other draws are finite."""
    ends = np.array([0, 2**12 - 1, 2**64 - 2**12, 2**64 - 1], "uint64")
    monkeypatch.setattr(Luck, "bits", lambda *_, **__: ends.copy())
    luck = Luck(1)
    drawn = luck.uniform("x", 0, [])
    assert drawn.tolist() == [2.0**-53, 2.0**-53, 1 - 2.0**-53, 1 - 2.0**-53]
    for draw in (luck.exponential, luck.gumbel, luck.normal):
        assert np.isfinite(draw("x", 0, [])).all()
    assert (luck.exponential("x", 0, []) > 0).all()


def test_a_uniform_number_is_the_middle_of_its_step() -> None:
    """It is exactly (k + ½) / 2⁵² for the top 52 bits k."""
    words = Luck(2).bits("x", 0, np.arange(5_000))
    drawn = Luck(2).uniform("x", 0, np.arange(5_000))
    assert drawn.tolist() == [((word >> 12) + 0.5) / 2**52 for word in words.tolist()]


def test_large_keys_need_no_more_memory_than_small_ones() -> None:
    """Both need at most twice the memory of the keys."""
    spread = np.linspace(0, 2**63, 100_000).astype("uint64")
    peaks = []
    for keys in (np.arange(100_000, dtype="uint64"), spread):
        tracemalloc.start()
        Luck(1).uniform("x", 0, keys)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= 2 * spread.nbytes
    assert peaks[1] <= 1.1 * peaks[0]


def test_another_process_and_hash_seed_have_the_same_random_numbers() -> None:
    """They do not depend on Python's hashing or on anything else that differs between two processes."""
    code = (
        "import sys; from nhstransit.streams import Luck, name_key; "
        "sys.stdout.write(Luck(2**63 - 1).uniform('rets', 3, [0, 1, 2**40], among='post').tobytes().hex()"
        " + f' {name_key(chr(8211))}')"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in (("0", "4242") if THOROUGH else ("4242",))
    ]
    here = Luck(LAST).uniform("rets", 3, [0, 1, 2**40], among="post").tobytes().hex()
    assert set(outputs) == {f"{here} {name_key('–')}"}


@pytest.mark.thorough
def test_combined_keys_are_unique_and_depend_on_the_order() -> None:
    """`combined(a, b)` differs from `combined(b, a)`, from its parts, and from every other pair of a large table."""
    first, second = np.meshgrid(np.arange(1_000), np.arange(1_000))
    pairs = combined(first.ravel(), second.ravel())
    assert len(np.unique(pairs)) == 1_000_000
    assert not np.isin(pairs, np.arange(1, 1_000)).any()


def test_one_key_can_be_combined_with_many() -> None:
    """Such as the key of an employer's name with a column of numbers."""
    many = combined(name_key("5QT"), np.arange(3))
    assert many.tolist() == [int(combined(name_key("5QT"), one)[0]) for one in range(3)]


def test_luck_is_an_immutable_value() -> None:
    """It contains only its seed, so it is equal to another one with the same seed."""
    assert Luck(4) == Luck(4) != Luck(5)
    with pytest.raises(AttributeError):
        Luck(4).seed = 5  # type: ignore[misc]
    assert not [name for name in vars(streams) if name.startswith("rng")]


@pytest.mark.parametrize("size", [0, 1, 3, BLOCK + 5])
def test_several_decisions_drawn_together_are_equal_to_each_drawn_alone(size: int) -> None:
    luck = Luck(7)
    keys = np.arange(size) * 3 + 1
    decisions = ("answer", "clock retirement", "x")
    together = luck.several(decisions, 2, keys, among="post")
    assert together.shape == (3, size)
    for row, decision in zip(together, decisions, strict=True):
        assert np.array_equal(row, luck.uniform(decision, 2, keys, among="post"))
