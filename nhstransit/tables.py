"""Tables handed to a person, and read from one: the only run-time pandas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit.errors import FormatError

if TYPE_CHECKING:
    import pandas as pd


def frame(columns: Mapping[str, Any], *, index: str | list[str] | None = None) -> pd.DataFrame:
    """A DataFrame of equally long columns, indexed by one or more of them."""
    import pandas as pd

    if not isinstance(index, str):
        table = pd.DataFrame(dict(columns))
        return table if index is None else table.set_index(index)
    labels = pd.Index(columns[index], name=index)  # at once: `set_index` would take a column out of a table made for it
    return pd.DataFrame({name: column for name, column in columns.items() if name != index}, index=labels)


def column(words: str) -> str:
    """Words as the name of a column.

    >>> column("let go or spared in another's place")
    'let_go_or_spared_in_anothers_place'
    """
    return words.lower().replace("'", "").replace(",", "").replace("-", "_").replace(" ", "_")


def whole(numbers: Any) -> Any:
    """A column of whole numbers of 0 or more, in which a negative one is missing."""
    import pandas as pd

    return pd.arrays.IntegerArray(np.asarray(numbers, "int64"), np.asarray(numbers) < 0)


def pivot(table: pd.DataFrame, *, rows: str, columns: str, cells: str) -> pd.DataFrame:
    """Sums of `cells` by `rows` and `columns`; an empty cell is 0."""
    return table.pivot_table(index=rows, columns=columns, values=cells, aggfunc="sum", fill_value=0, observed=True)


def write_csv(path: Path, columns: Mapping[str, Any]) -> None:
    """Write equally long columns as CSV in UTF-8, a header first."""
    frame(columns).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def read_csv(path: Path) -> dict[str, list[str]]:
    """The columns of a CSV file with a header, each cell as its text, spaces at the ends taken off.

    Raises FormatError where the file is missing, empty, not UTF-8, not rectangular, or names a column twice.
    """
    import pandas as pd

    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8", header=None, skipinitialspace=True
        )
    except FileNotFoundError:
        raise FormatError(str(path), "no such file", "check the path") from None
    except (IsADirectoryError, PermissionError) as error:
        raise FormatError(str(path), f"cannot be read ({error.strerror})", "give a CSV file") from None
    except UnicodeDecodeError:
        raise FormatError(str(path), "is not UTF-8 text", "save it as CSV in UTF-8") from None
    except pd.errors.EmptyDataError:
        raise FormatError(str(path), "is empty", "give a header line and a line a row") from None
    except pd.errors.ParserError as error:
        raise FormatError(str(path), f"is not a rectangular CSV ({error})", "give every line the same cells") from None
    names = [str(name).strip() for name in table.iloc[0]]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FormatError(str(path), f"names the column {twice!r} twice", "give each column one name")
    cells = table.iloc[1:]
    return {name: [str(cell).strip() for cell in cells[place]] for place, name in enumerate(names)}
