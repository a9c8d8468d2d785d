"""Stores merged into one: the shards of a sweep that machines made apart, or parts of it that people made.

Of every row that two stores may hold differently without contradicting each other, the merged store has one that does
not depend on the order of merging: the first place, the most replications, the shortest time. So stores may be merged
in any order, at once or one by one, and more than once.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import attrs

from nhstransit.errors import StoreError, SweepError, check_kind
from nhstransit.files import OWNER, written
from nhstransit.phrases import listed, number_of
from nhstransit.studies.store import (
    COLUMNS,
    MEND,
    TABLES,
    Store,
    check,
    opened,
    reading,
    sound,
    telling,
)

Row = tuple[Any, ...]
MISMATCH = "keep them apart: stores can be merged if they come from the same study file and version"
PARTS = {  # what distinguishes one sweep from another, and what it is called
    "seed": "a different seed",
    "measure": "a different measure",
    "series": "a different series",
    "code": "different code of nhstransit, NumPy, SciPy or SimPy, or a different kind of processor",
    "data": "different bundled data",
}


@attrs.frozen(kw_only=True)
class Merged:
    """What was merged: `runs` that the new store holds, and `duplicates`, which more than one store held.

    `failed` runs have no result in any store; `missing` runs were asked for and are in none.
    """

    path: Path
    stores: int
    runs: int
    failed: int
    missing: int
    duplicates: int

    def __str__(self) -> str:
        twice = (
            f"{self.duplicates:,} were in more than one store, and agree"
            if self.duplicates
            else "no run was in two stores"
        )
        left = f"{self.failed:,} failed, {self.missing:,} still to run"
        return f"{self.path}: {number_of(self.runs, 'run')} from {number_of(self.stores, 'store')}; {twice}; {left}"


def merge_stores(stores: Iterable[str | Path], *, into: str | Path) -> Merged:
    """Merge stores of one sweep, such as its shards, into one store.

    Its study has the same `sha256()` as if one sweep had made all its runs, in whichever order stores are given. A
    failed run gives way to a result of the same run.

    Args:
        stores: the SQLite files; a file that is still being written counts with what is committed.
        into: the file of the merged store. A store that is there already is one of those merged, and is replaced by
            the merged store once that is whole. Nobody may read it who may not read each of them.

    Returns:
        What the merged store holds, and how many runs were in more than one store.

    Raises:
        SweepError: where no store is given, or one is given twice.
        StoreError: where stores have no sweep in common, one name means two scenarios or one number two
            draws, two stores have other figures for the same run, or one is damaged. Then nothing is written.

    Example: two halves, and the whole.

        first = nt.sweep(hamlet, replications=4, seed=1, store="1.db", shard=(1, 2))
        second = nt.sweep(hamlet, replications=4, seed=1, store="2.db", shard=(2, 2))
        print(nt.studies.merge_stores(["1.db", "2.db"], into="study.db"))
    """
    check_kind("into", into, (str, Path), "name a file")
    place = Path(into)
    files = _files(stores, place)
    _check_free(place)
    try:
        with ExitStack() as kept:
            sources = [kept.enter_context(_read(path)) for path in files]
            _check_common(sources)
            new = kept.enter_context(written(place, mode=_permissions(files)))
            duplicates = _put_all(new, sources)
            for source in sources:  # on Windows nothing can take the name of a file that is open
                source.connection.close()
            merged = _merged(new, place, len(files), duplicates)
            _check_free(place)
    except OSError as error:
        raise StoreError(
            str(place), f"cannot be written ({error.strerror})", "name a file that you may write to"
        ) from None
    return merged


def _check_free(place: Path) -> None:
    """Raise StoreError where another program is using the store that is to be replaced.

    Its log would be left beside the new file and would not fit it. A log that a killed sweep left is written into the
    file first.
    """
    if place.exists():
        opened(place, writing=True).close()
    if place.with_name(f"{place.name}-wal").exists():
        raise StoreError(str(place), "is in use by another program", "wait until that is done, or name another file")


def _merged(new: Path, place: Path, stores: int, duplicates: int) -> Merged:
    """Read the new store once more, row by row, and count."""
    found = check(new)
    return Merged(
        path=place,
        stores=stores,
        runs=found.runs,
        failed=found.failed,
        missing=max(0, found.missing - found.failed),
        duplicates=duplicates,
    )


def _permissions(files: list[Path]) -> int:
    """What may be done to every one of these files, and by their owner: a store of real staff stays its owner's."""
    mode = 0o777
    for path in files:
        mode &= path.stat().st_mode
    return mode | OWNER


def _files(stores: Iterable[str | Path], into: Path) -> list[Path]:
    """The stores to be merged, with the one that is already there."""
    named = [stores] if isinstance(stores, (str, Path)) else list(stores)
    for one in named:
        check_kind("stores", one, (str, Path), "name the files of stores")
    files = [Path(one) for one in named]
    if not files:
        raise SweepError("stores", "no stores are given", "name the stores that are to be merged")
    known: dict[Path, Path] = {}
    for path in files:
        if path.resolve() in known:
            raise SweepError(f"store {path}", "is given twice", "name each store once")
        known[path.resolve()] = path
    if into.exists() and into.resolve() not in known:
        files.append(into)
    return files


@contextmanager
def _read(path: Path) -> Iterator[Store]:
    """A store as it is at one moment, although another program may be writing to it."""
    store = opened(path)
    try:
        sound(store)
        with telling(path):
            store.connection.execute("BEGIN")
        yield store
    finally:
        store.connection.close()


def _check_common(sources: list[Store]) -> None:
    """Raise StoreError unless there is a sweep that every store holds."""
    held = [
        {row[0]: dict(zip(COLUMNS["sweeps"], row, strict=False)) for row in store.rows("sweeps")} for store in sources
    ]
    for store, sweeps in zip(sources, held, strict=True):
        if not sweeps:
            raise StoreError(str(store.path), "holds no sweep yet", "leave it out")
    if set.intersection(*map(set, held)):
        return
    first = held[0]
    for store, sweeps in zip(sources[1:], held[1:], strict=True):
        if not first.keys() & sweeps.keys():
            one = _last(first)
            other = _last(sweeps)
            odd = [words for name, words in PARTS.items() if one[name] != other[name]]
            wrong = f"was made with {listed(odd or ['a different text of its measure'])} from {sources[0].path}"
            raise StoreError(str(store.path), wrong, MISMATCH)
    raise StoreError(str(sources[0].path), "has no sweep that all the other stores have", MISMATCH)


def _last(sweeps: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return max(sweeps.values(), key=lambda row: (int(row["place"]), int(row["id"])))


def _put_all(new: Path, sources: list[Store]) -> int:
    """Write all rows of the sources into a new store, and return how many runs were in more than one of them."""
    target = opened(new, writing=True, private=True)
    twice: set[bytes] = set()
    try:
        with telling(new), target.writing():
            for source in sources:
                names = {row[0] for row in source.rows("layouts")}
                for table in TABLES:
                    for row in source.rows(table):
                        if table == "runs":
                            _check_names(source, row, names)
                        if _put(target, table, row, source) and table == "runs":
                            twice.add(row[0])
    finally:
        target.close()
    return len(twice)


def _check_names(source: Store, run: Row, names: set[bytes]) -> None:
    """Raise StoreError for a run whose figures have lost their names."""
    if run[6] not in names or (run[7] and run[7] not in names):
        raise StoreError(str(source.path), "has lost the names of figures", MEND)


def _put(target: Store, table: str, row: Row, source: Store) -> bool:
    """Write a row, or unite it with the one of the same key. Returns whether there was one."""
    keys = COLUMNS[table][: _WIDTH.get(table, 1)]
    where = " AND ".join(f"{name} = ?" for name in keys)
    found = target.connection.execute(reading(table, f"WHERE {where}"), row[: len(keys)]).fetchone()
    if found is not None:
        there = found[:-1]
        row = _UNITED[table](there, row, source)
        if row == there:
            return True
        target.remove(table, where, row[: len(keys)])
    target.insert(table, row)
    return found is not None


def _sweeps(one: Row, other: Row, source: Store) -> Row:
    """The earlier place; the versions of one of the two, which agree in all that a run depends on."""
    place = COLUMNS["sweeps"].index("place")
    versions = COLUMNS["sweeps"].index("versions")
    return _with(one, {place: min(one[place], other[place]), versions: min(one[versions], other[versions])})


def _worlds(one: Row, other: Row, source: Store) -> Row:
    """One content has one world; its tables may differ in title and description."""
    return max(one, other, key=lambda row: (bool(row[2]), row[2]))


def _scenarios(one: Row, other: Row, source: Store) -> Row:
    """The earlier place and the most replications. Raises StoreError where the name belongs to another world."""
    sweep, name, place, world, replications = one
    if world != other[3]:
        raise StoreError(
            str(source.path), f"holds a different scenario under the name {name!r} from the other stores", MISMATCH
        )
    return sweep, name, min(place, other[2]), world, max(replications, other[4])


def _draws(one: Row, other: Row, source: Store) -> Row:
    """Raises StoreError where the number belongs to another draw."""
    if one[2] != other[2]:
        raise StoreError(
            str(source.path), f"holds a different draw under the number {one[1]} from the other stores", MISMATCH
        )
    return min(one, other)


def _layouts(one: Row, other: Row, source: Store) -> Row:
    """A list of names has its own hash as its key."""
    return one


def _runs(one: Row, other: Row, source: Store) -> Row:
    """A result before a failure; of two results the quicker one. Raises StoreError where their figures differ."""
    names = COLUMNS["runs"]
    figures = names.index("figures")
    failure = names.index("failure")
    seconds = names.index("seconds")
    if not one[failure] and not other[failure] and one[:seconds] != other[:seconds]:
        wrong = f"has different figures from another store for draw {one[3]}, replication {one[4]} (seed {one[5]})"
        right = "one of them is wrong: make that run again in a new store, and keep the store that agrees"
        raise StoreError(str(source.path), wrong, right)
    return min(one, other, key=lambda row: (bool(row[failure]), not row[figures], row[failure], row[seconds]))


def _series(one: Row, other: Row, source: Store) -> Row:
    """Raises StoreError where the numbers differ; they may be compressed in different ways."""
    try:
        same = one[1] == other[1] and (one[2] == other[2] or zlib.decompress(one[2]) == zlib.decompress(other[2]))
    except zlib.error:
        same = False
    if not same:
        right = "one of them is wrong: make that run again in a new store, and keep the store that agrees"
        raise StoreError(
            str(source.path), f"has a different series from another store for run {one[0].hex()[:16]}", right
        )
    return min(one, other)


def _with(row: Row, changed: dict[int, Any]) -> Row:
    return tuple(changed.get(at, cell) for at, cell in enumerate(row))


_WIDTH = {"scenarios": 2, "draws": 2}  # how many columns are the key, where it is not one
_UNITED: dict[str, Callable[[Row, Row, Store], Row]] = {
    "sweeps": _sweeps,
    "worlds": _worlds,
    "scenarios": _scenarios,
    "draws": _draws,
    "layouts": _layouts,
    "runs": _runs,
    "series": _series,
}
