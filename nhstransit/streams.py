"""Random draws: a pure function of seed, decision, occasion and key, and the only source of randomness.

The decision names what is decided and by which policy. The occasion is a round or spell number, never a day. The key is
a person, a post or an organisation. So moving a date or adding a policy changes no other draw, and two scenarios can
use the same draws. No state is kept: the same call returns the same numbers, in any order and in any process.

Several replications can be simulated together (`engine.together`). Each key then includes the number of its
replication, and `Lucks` draws with the seed of that replication. So every draw is the same as in a run of that
replication alone.

The bits come from a keyed 64-bit mixer: two rounds of David Stafford's thirteenth variant of the MurmurHash3 finaliser
(the one in SplitMix64), under two 64-bit halves of a BLAKE2b digest of everything but the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import attrs
import numpy as np

from nhstransit.arithmetic import log, normal_quantile
from nhstransit.arrays import AnyArray, Floats, Ints, Keys
from nhstransit.errors import InputError

BLOCK = 16_384  # rows mixed at a time, so that the temporaries stay in the processor's cache
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_ONE = np.uint64(0x3FF0000000000000)  # the bits of 1.0
_HALF_A_STEP_BELOW_ONE = 1.0 - 2.0**-53
REPLICATED = np.dtype([("key", "uint64"), ("replication", "int64")])  # a key with its replication


def _seed(seed: int) -> int:
    """A seed as a plain int. Refused unless it is an integer from 0 to 2⁶³−1."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**63:
        raise InputError("seed", f"is {seed!r}", "give a whole number from 0 to 9223372036854775807")
    return int(seed)


def _seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    """Seeds as plain ints. Refused unless each is a valid seed."""
    return tuple(_seed(seed) for seed in seeds)


@attrs.frozen
class Luck:
    """The root of all random draws in a run: one seed, 0 to 2⁶³−1."""

    seed: int = attrs.field(converter=_seed)

    def bits(self, decision: str, occasion: int, keys: Any, *, among: str = "staff") -> Keys:
        """Sixty-four random bits for each key.

        Args:
            decision: name of the decision, which includes the policy's name, such as "mars answer".
            occasion: number of the round or spell; never a day.
            keys: (n,) integers, as large and as sparse as needed.
            among: namespace of the keys: "staff", "post" or "organisation".
        """
        salt, pepper = _halves(self.seed, decision, occasion, among)
        # A multiplication by an odd number spreads neighbouring keys apart and makes no two of them equal.
        out = np.multiply(_whole(keys).ravel(), _GOLDEN)
        for piece in _blocks(out):
            _stir(piece, salt, pepper)
        return out

    def uniform(self, decision: str, occasion: int, keys: Any, *, among: str = "staff") -> Floats:
        """A uniform number strictly between 0 and 1 for each key, shape (n,).

        It is the middle of one of 2⁵² equal steps, which a float64 holds exactly. So neither 0 nor 1 can occur.

        Args:
            decision, occasion, keys, among: as in `bits`.
        """
        out = self.bits(decision, occasion, keys, among=among)
        for piece in _blocks(out):
            _made_uniform(piece)
        return out.view("float64")

    def several(self, decisions: Sequence[str], occasion: int, keys: Any, *, among: str = "staff") -> Floats:
        """The uniform numbers of several decisions about the same keys, shape (decisions, n).

        Row by row they equal those of `uniform`, but they are drawn in one pass. With few keys, this is as fast as one
        decision.

        Args:
            decisions: names of the decisions, each of which includes the policy's name.
            occasion: number of the round or spell; never a day.
            keys: (n,) integers, as large and as sparse as needed.
            among: namespace of the keys: "staff", "post" or "organisation".
        """
        # The halves of each decision as a column, (decisions, 1), which broadcasts over the keys.
        halves = [_halves(self.seed, decision, occasion, among) for decision in decisions]
        salt, pepper = (np.array(half)[:, None] for half in zip(*halves, strict=True))
        keyed = np.multiply(_whole(keys).ravel(), _GOLDEN)
        out = np.repeat(keyed[None], len(halves), axis=0)
        # All rows of a block together are as many numbers as a block of one decision.
        width = BLOCK // len(halves) + 1
        for start in range(0, out.shape[1], width):
            piece = out[:, start : start + width]
            _stir(piece, salt, pepper)
            _made_uniform(piece)
        return out.view("float64")

    def exponential(self, decision: str, occasion: int, keys: Any, *, among: str = "staff") -> Floats:
        """A unit exponential for each key, shape (n,): the threshold of a departure clock.

        Args:
            decision, occasion, keys, among: as in `bits`.
        """
        return -log(self.uniform(decision, occasion, keys, among=among))

    def gumbel(self, decision: str, occasion: int, keys: Any, *, among: str = "staff") -> Floats:
        """A standard Gumbel for each key, shape (n,). Choosing the highest sum of score and Gumbel is a logit choice.

        Args:
            decision, occasion, keys, among: as in `bits`.
        """
        return -log(self.exponential(decision, occasion, keys, among=among))

    def normal(self, decision: str, occasion: int, keys: Any, *, among: str = "staff") -> Floats:
        """A standard normal for each key, shape (n,).

        Args:
            decision, occasion, keys, among: as in `bits`.
        """
        return normal_quantile(self.uniform(decision, occasion, keys, among=among))


@attrs.frozen(eq=False)
class Lucks(Luck):
    """The draws of several replications that are simulated together; `seeds` has a seed for each.

    Keys are of the type `REPLICATED`. The draw for a key equals that of `Luck` with the seed of the key's replication.
    It does not depend on the other keys or on their order. `seed` is the first of the seeds; nothing is drawn with it.
    """

    seeds: tuple[int, ...] = attrs.field(converter=_seeds)
    seed: int = attrs.field(init=False, default=attrs.Factory(lambda self: self.seeds[0], takes_self=True))
    _known: dict[tuple[str, int, str], tuple[Keys, Keys]] = attrs.field(init=False, factory=dict)

    def bits(self, decision: str, occasion: int, keys: Any, *, among: str = "staff") -> Keys:
        """Sixty-four random bits for each key, from the seed of its replication.

        Args:
            decision, occasion, keys, among: as in `Luck.bits`.
        """
        salts, peppers = self._halves(decision, occasion, among)
        replication = keys["replication"].ravel()
        out = np.multiply(_whole(keys).ravel(), _GOLDEN)
        # Each key has the halves of its own replication, (rows,) each.
        for start in range(0, len(out), BLOCK):
            rows = slice(start, start + BLOCK)
            those = replication[rows]
            _stir(out[rows], salts[those], peppers[those])
        return out

    def several(self, decisions: Sequence[str], occasion: int, keys: Any, *, among: str = "staff") -> Floats:
        """The uniform numbers of several decisions about the same keys, shape (decisions, n).

        Args:
            decisions, occasion, keys, among: as in `Luck.several`.
        """
        return np.stack([self.uniform(decision, occasion, keys, among=among) for decision in decisions])

    def _halves(self, decision: str, occasion: int, among: str) -> tuple[Keys, Keys]:
        """The two halves of each replication, (replications,) each. They are cached, as a policy needs the same each
        month.
        """
        draw = (decision, occasion, among)
        if draw not in self._known:
            halves = [_halves(seed, *draw) for seed in self.seeds]
            salts, peppers = (np.array(half, "uint64") for half in zip(*halves, strict=True))
            self._known[draw] = (salts, peppers)
        return self._known[draw]


def replicated(keys: Keys, replication: Ints) -> AnyArray:
    """Keys (n,) with the replication of each, for `Lucks`."""
    out = np.empty(len(keys), REPLICATED)
    out["key"] = keys
    out["replication"] = replication
    return out


def plain_keys(keys: AnyArray) -> Keys:
    """Keys without their replication, (n,), for sorting and for storing in a run. Plain keys are returned unchanged."""
    return keys["key"] if keys.dtype == REPLICATED else keys


def branch_seed(root: int, *branch: int) -> int:
    """The seed, 0 to 2⁶³−1, of the branch `branch` below the seed `root`, from NumPy's SeedSequence.

    >>> branch_seed(2010, 0, 1) == branch_seed(2010, 0, 1) != branch_seed(2010, 1, 0)
    True
    """
    sequence = np.random.SeedSequence(_seed(root), spawn_key=branch)
    # The last bit is dropped, because a seed is stored as a signed number.
    return int(sequence.generate_state(1, np.uint64)[0]) >> 1


@lru_cache(maxsize=65_536)  # keys of employers and of functions are needed again and again
def name_key(name: str) -> int:
    """A 64-bit key from a name, the same in every process: organisations and their posts."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def combined(first: Any, second: Any) -> Keys:
    """One key from two, elementwise, such as an employer and an ordinal or a post and a spell. Order matters."""
    # The first key is mixed before the second is added, so that exchanging them gives another key.
    key = np.multiply(np.atleast_1d(_whole(first)), _GOLDEN)
    _mix(key)
    key = np.add(key, _whole(second))
    _mix(key)
    if getattr(first, "dtype", None) == REPLICATED:  # the new key belongs to the same replication
        return replicated(key, first["replication"])
    return key


@lru_cache(maxsize=4_096, typed=True)  # a policy needs the same each month: nine in ten calls repeat an earlier one
def _halves(seed: int, decision: str, occasion: int, among: str) -> tuple[np.uint64, np.uint64]:
    """Two keys of 64 bits from everything but the person. Lengths are included, so that no two decisions give the same
    text.
    """
    text = f"{seed}/{len(decision)}/{decision}/{occasion}/{among}"
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    first = int.from_bytes(digest[:8], "little")
    second = int.from_bytes(digest[8:], "little")
    return np.uint64(first), np.uint64(second)


def _whole(keys: Any) -> Keys:
    """Keys of any shape as uint64. They must be integers, because floats lose the digits that distinguish keys."""
    array = plain_keys(np.asarray(keys))
    if array.size and array.dtype.kind not in "iu":
        raise InputError("keys", f"are of type {array.dtype}", "give whole numbers of at most 64 bits, in one array")
    return array.astype(np.uint64, copy=False)


def _blocks(array: Keys) -> Iterator[Keys]:
    """Views of `array`, block after block, small enough to stay in the processor's cache."""
    return (array[start : start + BLOCK] for start in range(0, len(array), BLOCK))


def _stir(keys: Keys, salt: Any, pepper: Any) -> None:
    """Turn multiplied keys into random bits, in place. The two halves are one number each, or one for each row."""
    keys ^= salt
    _mix(keys)
    keys += pepper
    _mix(keys)


def _made_uniform(bits: Keys) -> None:
    """Turn random bits into the bits of uniform numbers, in place."""
    # The highest 52 bits become the fraction of a float.
    bits >>= np.uint64(12)
    bits |= _ONE  # the bits now represent a number from 1 to just under 2
    bits.view("float64")[...] -= _HALF_A_STEP_BELOW_ONE


def _mix(bits: Keys) -> None:
    """Stafford's mix 13, in place."""
    bits ^= bits >> np.uint64(30)
    bits *= _FIRST
    bits ^= bits >> np.uint64(27)
    bits *= _SECOND
    bits ^= bits >> np.uint64(31)


@attrs.frozen
class Chances:
    """The draws of one round of one policy. They depend on the policy's key (by default its name) and the round's
    number, never on a day.
    """

    luck: Luck
    policy: str
    round: int = 0

    def uniform(self, what: str, keys: Any, *, among: str = "staff") -> Floats:
        """A uniform number for each key, for this decision of this policy in this round, shape (n,).

        Args:
            what: word for the decision; a different word gives independent draws.
            keys: (n,) integers, such as `people.key[rows]`.
            among: namespace of the keys: "staff", "post" or "organisation".
        """
        return self.luck.uniform(f"{self.policy} {what}", self.round, keys, among=among)

    def several(self, whats: Sequence[str], keys: Any, *, among: str = "staff") -> Floats:
        """The uniform numbers of several decisions of this policy in this round, shape (decisions, n), in one pass.

        Args:
            whats: a word for each decision, as for `uniform`.
            keys: (n,) integers, such as `people.key[rows]`.
            among: namespace of the keys: "staff", "post" or "organisation".
        """
        return self.luck.several([f"{self.policy} {what}" for what in whats], self.round, keys, among=among)

    def normal(self, what: str, keys: Any, *, among: str = "staff") -> Floats:
        """A standard normal for each key, for this decision of this policy in this round, shape (n,).

        Args:
            what: word for the decision; a different word gives independent draws.
            keys: (n,) integers, such as `people.key[rows]`.
            among: namespace of the keys: "staff", "post" or "organisation".
        """
        return self.luck.normal(f"{self.policy} {what}", self.round, keys, among=among)
