"""Write reference.md: every public name, module by module. The site has a page for each module with its full documentation.

`python docs/make_reference.py` writes it; a test makes it again and compares.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from public import PUBLIC, names

PAGE = Path(__file__).with_name("reference.md")
HEAD = """# Reference: the public names

After `import nhstransit as nt`, the names of the first entry and the modules are available, such as `nt.policies.Mars`
and `nt.measures.stocks`. The site has a page for each module; `help(nt.compare)` prints the same text.
`python docs/make_reference.py` makes this page from the code.

**Stable.** The names listed here, the columns of tables, the commands and the keys of files keep their meaning. If one of
them has to change, the older name works for one more minor version, with a warning. [New names](new-names.md) lists all
changes. Names that are not listed here may change without notice.

"""


def page() -> str:
    """The page as Markdown."""
    return HEAD + "\n".join(_row(path) for path in PUBLIC) + "\n"


def _row(path: str) -> str:
    about = (inspect.getdoc(importlib.import_module(path)) or "").split("\n")[0].partition(". ")[0].rstrip(".") + "."
    return f"- `{path}`: {about} Names: {', '.join(f'`{name}`' for name in names(path))}."


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
