"""Check that what a policy returned is well-formed: existing positions, columns of one length, known codes.

The checks run before anything is carried out. So the author of a faulty policy gets one sentence with the policy and the
mistake, and not an exception from inside the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Rows
from nhstransit.engine.world import World
from nhstransit.errors import PolicyError
from nhstransit.grammar import Effect, Hire, Newcomers, Opened, OpenPosts, Turn
from nhstransit.workforce.columns import BANDS, Disposition, RiskClass

_KNOWN = get_args(Effect)


def _is_array(declared: Any) -> bool:
    # `Ints` and its like are parametrised types, whose origin is the array class.
    origin = get_origin(declared)
    if hasattr(origin, "__value__"):  # from NumPy 2.5 on, `NDArray` is a named alias of this
        origin = get_origin(origin.__value__)
    return origin is np.ndarray


def _is_column(declared: Any) -> bool:
    """Whether a field of this type is an array, or may be one."""
    return _is_array(declared) or any(_is_array(part) for part in get_args(declared))


def _columns_of(kind: type) -> tuple[str, ...]:
    """The names of an effect's fields that are columns, or may be."""
    fields = attrs.fields(attrs.resolve_types(kind))  # annotations are texts until they are resolved
    return tuple(field.name for field in fields if _is_column(field.type))


_COLUMNS: dict[type, tuple[str, ...]] = {kind: _columns_of(kind) for kind in _KNOWN}
_NO_POST = "a post that does not exist"
_NO_BODY = "an employer that does not exist"
_NO_PERSON = "somebody who does not exist"
_MOST_POINTS = 127


def refuse(wrong: object, name: str, what: str, right: str) -> None:
    """Raise PolicyError with one sentence about a fault in what a policy returned.

    Args:
        wrong: raise only if this is true.
        name: the policy's name.
        what: what is wrong.
        right: what would be right.

    Raises:
        PolicyError: if `wrong` is true.
    """
    if wrong:
        raise PolicyError(f"policies.{name}", what, right)


def twice(places: AnyArray) -> bool:
    """Whether any of these positions is named more than once. Sorting is much faster here than a set."""
    ordered = np.sort(places)
    return bool((ordered[1:] == ordered[:-1]).any())


def check_effect(effect: Any, name: str, world: World) -> None:
    """Raise PolicyError unless the effect is one of the grammar's, with existing rows and posts and equal lengths.

    Args:
        effect: what the policy returned.
        name: the policy's name.
        world: the state of the run, with the people and posts that can be named.

    Raises:
        PolicyError: for an effect that is not well-formed.
    """
    refuse(
        type(effect) not in _KNOWN,
        name,
        f"returned a {type(effect).__name__} as an effect",
        "return effects of nhstransit.grammar",
    )
    columns = dict(_columns(effect))
    if "rows" in columns:
        check_rows(columns["rows"], name, world, f"{type(effect).__name__.lower()}s")
    # All columns must be as long as the first, which is `rows`, `posts` or `employer`. Without this check NumPy would
    # repeat a single value for everyone.
    first, lead = next(iter(columns.items()))
    length = np.size(lead)
    for column, given in columns.items():
        shape = np.shape(given)
        what = f"returned `{column}` of shape {shape} for {length} `{first}`"
        refuse(shape != (length,), name, what, "return an array with one entry for each")
    posts = len(world.posts["holder"])
    people = len(world.columns["post"])
    if "posts" in columns:
        _check_positions(columns["posts"], posts, name, _NO_POST, "give row numbers of posts")
    # Posts to open are checked below, with the codes of their functions and bands.
    if "employer" in columns and not isinstance(effect, OpenPosts):
        right = "give row numbers of employers"
        _check_positions(columns["employer"], len(world.bodies), name, _NO_BODY, right)
    # Where -1 is allowed, both the positions and the limit are moved up by one.
    if "instead_of" in columns:
        right = "give row numbers of posts, or -1"
        _check_positions(columns["instead_of"] + 1, posts + 1, name, _NO_POST, right)
    if "who" in columns:
        right = "give row numbers of people, or -1"
        _check_positions(columns["who"] + 1, people + 1, name, _NO_PERSON, right, does="engages")
    # Amounts are never negative: the kind of the payment determines who pays.
    for column in ("severance", "in_lieu", "strain", "pence"):
        if column in columns:
            refuse((columns[column] < 0).any(), name, "pays a negative sum", "give pence of 0 or more")
    match effect:
        case Hire():
            _check_newcomers(effect.newcomers, len(effect.posts), name)
        case OpenPosts():
            _check_opened(effect, name, world)
        case Turn():
            _check_turned(effect, name)


def with_positions(effect: Any, opened: Mapping[OpenPosts, Rows], name: str) -> Any:
    """Replace posts named by the effect that opens them with their positions.

    Args:
        effect: what a policy returned, well-formed or not.
        opened: the positions of the posts that each earlier effect of the same answer opened.
        name: the policy's name.

    Raises:
        PolicyError: if that effect does not come earlier in the same answer.
    """
    # `OpenPosts.posts` is a reference to the effect itself, which is not to be replaced. Types that are not effects are
    # left for `check_effect`, whose message names them.
    posts = getattr(effect, "posts", None)
    if type(effect) not in _KNOWN or not isinstance(posts, Opened) or isinstance(effect, OpenPosts):
        return effect
    what = f"{type(effect).__name__.lower()}s to posts that are not yet open"
    refuse(posts.by not in opened, name, what, "put OpenPosts for them before it in the same answer")
    return attrs.evolve(effect, posts=opened[posts.by][posts.which].astype("int32"))


def check_rows(rows: Any, name: str, world: World, does: str) -> None:
    """Raise PolicyError unless `rows` are positions of people, (n,) whole numbers.

    Args:
        rows: what a policy returned as positions.
        name: the policy's name.
        world: the state of the run.
        does: the verb for the error, such as "proposes to".
    """
    right = "give row numbers of people, in an array of whole numbers"
    _check_positions(rows, len(world.columns["post"]), name, _NO_PERSON, right, does=does)


def _columns(effect: Any) -> Iterator[tuple[str, Any]]:
    for name in _COLUMNS[type(effect)]:
        given = getattr(effect, name)
        if given is not None:
            yield name, given


def _check_positions(places: Any, size: int, name: str, one: str, right: str, does: str = "names") -> None:
    # An empty array is right whatever its type: `np.array([])` is of floats. It has no minimum, so it is not compared.
    flat = isinstance(places, np.ndarray) and places.ndim == 1
    empty = flat and not places.size
    whole = flat and places.dtype.kind in "iu"
    there = empty or (whole and places.min() >= 0 and places.max() < size)
    refuse(not there, name, f"{does} {one}", right)


def _check_newcomers(newcomers: Newcomers, posts: int, name: str) -> None:
    for field in attrs.fields(Newcomers):
        shape = np.shape(getattr(newcomers, field.name))
        what = f"returned newcomers' `{field.name}` of shape {shape} for {posts} posts"
        refuse(shape != (posts,), name, what, "return one entry per post, in an array")
    time = newcomers.wte_hundredths
    refuse(
        ((time < 1) | (time > 100)).any(),
        name,
        "hires for less than 1% or more than 100% of full time",
        "give 1 to 100",
    )
    point = newcomers.point
    refuse(
        ((point < 0) | (point > _MOST_POINTS)).any(),
        name,
        "hires at a pay point that does not exist",
        "count points from 0",
    )


def _check_opened(effect: OpenPosts, name: str, world: World) -> None:
    # A code is a position in the list of words of its column.
    codes = {"employer": world.bodies.names, "function": world.functions, "band": BANDS}
    for column, words in codes.items():
        what = f"a post of an unknown {column}"
        _check_positions(getattr(effect, column), len(words), name, what, "give codes of the scenario", does="opens")


def _check_turned(effect: Turn, name: str) -> None:
    if effect.risk_class is not None:
        known = ", ".join(f"{each.value} {each.name.lower()}" for each in RiskClass)
        refuse(
            effect.risk_class not in list(RiskClass),
            name,
            f"sets an unknown risk class, {effect.risk_class!r}",
            f"use one of {known}",
        )
    if effect.disposition is not None:
        known = ", ".join(f"{each.value} {each.name.lower()}" for each in Disposition)
        refuse(
            not np.isin(effect.disposition, list(Disposition)).all(),
            name,
            "sets a disposition that does not exist",
            f"use one of {known}",
        )
    # The limits are tested as "inside" and not as "outside", because every comparison with NaN is false.
    if effect.target is not None:
        inside = (effect.target >= 0) & (effect.target <= 1)
        refuse(not inside.all(), name, "sets a perceived risk outside 0 to 1", "give a share for each person")
    for span in (effect.ramp_months, effect.half_life_months):
        refuse(
            span is not None and not 0 < span < 1e6,
            name,
            f"lets news build up or fade over {span} months",
            "give a number above 0",
        )
    refuse(not 0 <= effect.weight <= 1, name, f"sets a weight of {effect.weight} for news", "give a share from 0 to 1")
