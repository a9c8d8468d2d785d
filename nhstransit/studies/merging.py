"""Merging stores into one: the shards of a sweep from several machines, or parts of it from several people.

Two stores may have different but consistent rows, for example with different numbers of replications. The merged row
does not depend on the order of merging: it has the lowest position, the most replications and the shortest time. Stores
may therefore be merged in any order, together or one by one, and more than once.
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
MISMATCH = "merge only stores made from the same study file with the same version of nhstransit"
PARTS = {  # differences between two sweeps, in words, by the column that shows them
    "seed": "a different seed",
    "measure": "a different measure",
    "series": "a different series",
    "code": "different code of nhstransit, NumPy, SciPy or SimPy, or a different kind of processor",
    "data": "different bundled data",
}


@attrs.frozen(kw_only=True)
class Merged:
    """The result of a merge: the number of stores, and of runs in the merged store.

    `duplicates` is the number of runs that were in more than one store. `failed` runs have no result in any store.
    `missing` runs were requested and are in no store.
    """

    path: Path
    stores: int
    runs: int
    failed: int
    missing: int
    duplicates: int

    def __str__(self) -> str:
        twice = "no run was in two stores"
        if self.duplicates:
            twice = f"{self.duplicates:,} were in more than one store, with equal results"
        left = f"{self.failed:,} failed, {self.missing:,} still to run"
        return f"{self.path}: {number_of(self.runs, 'run')} from {number_of(self.stores, 'store')}; {twice}; {left}"


def merge_stores(stores: Iterable[str | Path], *, into: str | Path) -> Merged:
    """Merge stores of one sweep, such as its shards, into one store.

    The merged study has the same `sha256()` as if one sweep had made all its runs, whatever the order of the stores. If
    a run failed in one store and has a result in another, the merged store has the result.

    Args:
        stores: the paths of the SQLite files. Of a file that is still being written, the committed rows are used.
        into: the path of the merged store. If the file exists, it is one of the stores to merge, and is replaced when
            the merged store is complete. Only users who may read every one of the stores may read it.

    Returns:
        The numbers of stores, runs, failed and missing runs, and duplicates.

    Raises:
        SweepError: for no stores, and for a store that is given twice.
        StoreError: for stores without a common sweep; for one name with two scenarios, or one number with two draws;
            for different figures of the same run; and for a damaged store. Then nothing is written.

    Example of two halves of a sweep:

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
            for source in sources:  # Windows cannot replace a file that is open
                source.connection.close()
            merged = _merged(new, place, len(files), duplicates)
            # The file may have been opened by another program during the merge, which can take minutes.
            _check_free(place)
    except OSError as error:
        raise StoreError(
            str(place), f"cannot be written ({error.strerror})", "name a file that you may write to"
        ) from None
    return merged


def _check_free(place: Path) -> None:
    """Raise StoreError if another program is using the store that is to be replaced.

    The program's write-ahead log would remain next to the new file and would not match it. A log left by a killed sweep
    is first written into the old file.
    """
    if place.exists():
        opened(place, writing=True).close()
    if place.with_name(f"{place.name}-wal").exists():
        raise StoreError(str(place), "is in use by another program", "wait until it has finished, or name another file")


def _merged(new: Path, place: Path, stores: int, duplicates: int) -> Merged:
    """Check the new store row by row, and count its runs."""
    found = check(new)
    # `check` counts failed runs as missing, because the next sweep makes them again. Here they are counted separately.
    return Merged(
        path=place,
        stores=stores,
        runs=found.runs,
        failed=found.failed,
        missing=max(0, found.missing - found.failed),
        duplicates=duplicates,
    )


def _permissions(files: list[Path]) -> int:
    """The permissions that all of these files have, so that the merged store is no more widely readable than any."""
    # A permission is left only if every file has it. The owner can always read and write the merged store.
    mode = 0o777
    for path in files:
        mode &= path.stat().st_mode
    return mode | OWNER


def _files(stores: Iterable[str | Path], into: Path) -> list[Path]:
    """The stores to merge, including an existing file at `into`."""
    named = [stores] if isinstance(stores, (str, Path)) else list(stores)
    for one in named:
        check_kind("stores", one, (str, Path), "name the files of stores")
    files = [Path(one) for one in named]
    if not files:
        raise SweepError("stores", "no stores are given", "give the files of the stores to merge")
    known: dict[Path, Path] = {}
    # The same file by two paths would make all of its runs duplicates.
    for path in files:
        if path.resolve() in known:
            raise SweepError(f"store {path}", "is given twice", "name each store once")
        known[path.resolve()] = path
    if into.exists() and into.resolve() not in known:
        files.append(into)
    return files


@contextmanager
def _read(path: Path) -> Iterator[Store]:
    """Open a store in one read transaction, so that rows written meanwhile by another program are not seen."""
    store = opened(path)
    try:
        sound(store)
        with telling(path):
            store.connection.execute("BEGIN")
        yield store
    finally:
        store.connection.close()


def _check_common(sources: list[Store]) -> None:
    """Raise StoreError unless all stores have a sweep in common."""
    # The sweeps of each store, by number; each sweep as a mapping from column to cell.
    held = []
    for store in sources:
        rows = store.rows("sweeps")
        held.append({row[0]: dict(zip(COLUMNS["sweeps"], row, strict=False)) for row in rows})
    for store, sweeps in zip(sources, held, strict=True):
        if not sweeps:
            raise StoreError(str(store.path), "contains no sweep yet", "leave it out")
    if set.intersection(*map(set, held)):
        return
    # No common sweep: find the first store that differs from the first one, and report how.
    first = held[0]
    for store, sweeps in zip(sources[1:], held[1:], strict=True):
        if not first.keys() & sweeps.keys():
            one = _last(first)
            other = _last(sweeps)
            odd = [words for name, words in PARTS.items() if one[name] != other[name]]
            differences = listed(odd or ["a different source of its measure"])
            wrong = f"differs from {sources[0].path}: it was made with {differences}"
            raise StoreError(str(store.path), wrong, MISMATCH)
    raise StoreError(str(sources[0].path), "has no sweep that is in all of the other stores", MISMATCH)


def _last(sweeps: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return max(sweeps.values(), key=lambda row: (int(row["place"]), int(row["id"])))


def _put_all(new: Path, sources: list[Store]) -> int:
    """Write all rows of the sources into a new store, and return the number of runs that were in more than one."""
    target = opened(new, writing=True, private=True)
    twice: set[bytes] = set()
    try:
        with telling(new), target.writing():
            for source in sources:
                # A run refers to a list of names by its key, so the lists of this store must include it.
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
    """Raise StoreError for a run if the names of its figures are missing from the store."""
    # Columns 6 and 7 refer to the names of figures and of series; a run without series has an empty column 7.
    if run[6] not in names or (run[7] and run[7] not in names):
        raise StoreError(str(source.path), "is damaged: names of figures are missing", MEND)


def _put(target: Store, table: str, row: Row, source: Store) -> bool:
    """Write a row, or combine it with an existing row of the same key. Returns whether there was one."""
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
    """The row with the lower position. The recorded versions may differ only in what no run depends on."""
    place = COLUMNS["sweeps"].index("place")
    versions = COLUMNS["sweeps"].index("versions")
    return _with(one, {place: min(one[place], other[place]), versions: min(one[versions], other[versions])})


def _worlds(one: Row, other: Row, source: Store) -> Row:
    """One of two rows of the same scenario content; they may differ in title and description."""
    # A row with the tables of its scenario file rather than one without; between two, the larger, whatever the order.
    return max(one, other, key=lambda row: (bool(row[2]), row[2]))


def _scenarios(one: Row, other: Row, source: Store) -> Row:
    """The lower position and the most replications. Raises StoreError if the same name has different scenarios."""
    sweep, name, place, world, replications = one
    if world != other[3]:
        raise StoreError(
            str(source.path), f"has a different scenario from another store under the name {name!r}", MISMATCH
        )
    return sweep, name, min(place, other[2]), world, max(replications, other[4])


def _draws(one: Row, other: Row, source: Store) -> Row:
    """Either row. Raises StoreError if the same number has different draws."""
    if one[2] != other[2]:
        raise StoreError(
            str(source.path), f"has a different draw from another store under the number {one[1]}", MISMATCH
        )
    return min(one, other)


def _layouts(one: Row, other: Row, source: Store) -> Row:
    """Either row: the key is the hash of the list of names, so equal keys have equal lists."""
    return one


def _runs(one: Row, other: Row, source: Store) -> Row:
    """A result rather than a failure; the faster of two results. Raises StoreError if their figures differ."""
    names = COLUMNS["runs"]
    figures = names.index("figures")
    failure = names.index("failure")
    seconds = names.index("seconds")
    # Columns before the time: key, numbers and figures. The time may differ between two machines.
    if not one[failure] and not other[failure] and one[:seconds] != other[:seconds]:
        wrong = f"has different figures from another store for draw {one[3]}, replication {one[4]} (seed {one[5]})"
        right = "make this run again in a new store, and use only the store that agrees with it"
        raise StoreError(str(source.path), wrong, right)

    # False sorts before True: first a result, then a failure with figures, then by traceback and time.
    def order(row: Row) -> tuple[Any, ...]:
        return bool(row[failure]), not row[figures], row[failure], row[seconds]

    return min(one, other, key=order)


def _series(one: Row, other: Row, source: Store) -> Row:
    """Either row. Raises StoreError if the numbers differ; equal numbers may be compressed differently."""
    try:
        same_names = one[1] == other[1]
        same = same_names and (one[2] == other[2] or zlib.decompress(one[2]) == zlib.decompress(other[2]))
    except zlib.error:
        same = False
    if not same:
        right = "make this run again in a new store, and use only the store that agrees with it"
        raise StoreError(
            str(source.path), f"has a different series from another store for run {one[0].hex()[:16]}", right
        )
    return min(one, other)


def _with(row: Row, changed: dict[int, Any]) -> Row:
    return tuple(changed.get(at, cell) for at, cell in enumerate(row))


_WIDTH = {"scenarios": 2, "draws": 2}  # the number of key columns of tables whose key is not one column
_UNITED: dict[str, Callable[[Row, Row, Store], Row]] = {
    "sweeps": _sweeps,
    "worlds": _worlds,
    "scenarios": _scenarios,
    "draws": _draws,
    "layouts": _layouts,
    "runs": _runs,
    "series": _series,
}
