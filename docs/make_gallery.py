"""Run notebooks of the gallery again, each in an empty folder, and store their output.

`python docs/make_gallery.py [NAME ...]`; without a name it runs all of them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import nbclient
import nbformat

GALLERY = Path(__file__).parent / "gallery"


def main(names: list[str]) -> None:
    """Run the notebooks with these names, or all."""
    for path in sorted(GALLERY.glob("*.ipynb")):
        if names and path.stem not in names:
            continue
        book = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            nbclient.NotebookClient(book, timeout=600, resources={"metadata": {"path": folder}}).execute()
        for cell in book.cells:
            cell.metadata.pop("execution", None)  # times of day
            if cell.cell_type == "code":
                cell.outputs = [output for output in cell.outputs if not _progress(output)]
        nbformat.write(book, path)
        print(path.name)


def _progress(output: Any) -> bool:
    """Whether an output is the progress of a sweep, which differs each time."""
    return "failed, " in str(output.get("data", {}).get("text/plain", "")) and output.output_type == "display_data"


if __name__ == "__main__":
    main(sys.argv[1:])
