"""The documentation is correct: its Python and commands run, its links resolve, and its tables agree with the code."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import inspect
import io
import json
import re
import runpy
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nhstransit
from nhstransit.cli import main
from nhstransit.log import Kind, Phase
from nhstransit.renamed import RENAMED
from tests.shared import worlds_are_played_once

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MADE = {DOCS / "api", DOCS / "project"}  # made by Sphinx, not stored
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(page for page in sorted(DOCS.rglob("*.md")) if page.parent not in MADE | {DOCS / "paper"}),
]
OURS = "https://github.com/nhstransit/nhstransit/blob/main/"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"[Ss]ave\s+this\s+as\s+`([\w.-]+)`[^`]*\Z")
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Pages on concepts use `run` without making one.
GIVEN = "import nhstransit as nt\nrun = nt.simulate(nt.load_scenario('hamlet'), seed=1)\n"
MADE_PAGES = {"reference.md": "make_reference.py", "concepts/policy-vocabulary.md": "make_vocabulary.py"}
# Pages that fit, run whole studies or many seeds, or simulate England. They run in a thorough session only. The functions
# that they call are tested in tests/studies, tests/comparison, tests/bounds, tests/measures and tests/cli.
LONG = {
    "python": (
        "how-to/fit-a-scenario.md",
        "how-to/hand-it-on.md",
        "how-to/run-a-sweep.md",
        "how-to/sweep-in-shards.md",
        "how-to/choose.md",
        "how-to/an-adaptive-policy.md",
        "concepts/sweeps.md",
        "concepts/comparison.md",
        "how-to/what-did-mars-save.md",
        "how-to/how-good-could-a-policy-be.md",
        "how-to/people-lost.md",
    ),
    "sh": (
        "how-to/run-a-sweep.md",
        "how-to/sweep-in-shards.md",
        "how-to/choose.md",
        "how-to/your-own-organisation.md",
        "how-to/change-a-parameter.md",
        "concepts/cli.md",
        "model/england-2025.md",
    ),
}


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> Iterator[tuple[str, str, str]]:
    """Language and text of each block of a page, and the printed output that a following text block states."""
    text = page.read_text("utf-8")
    found = list(BLOCK.finditer(text))
    for position, block in enumerate(found):
        after = found[position + 1] if position + 1 < len(found) else None
        printed = after and after[1] == "text" and not text[block.end() : after.start()].strip()
        saved = NAMED.search(text[: block.start()])
        yield (saved[1] if saved else block[1]), block[2], after[2] if after and printed else ""


def of(language: str) -> list[Path]:
    return [page for page in PAGES if any(block[1] == language for block in BLOCK.finditer(page.read_text("utf-8")))]


def marked(language: str) -> list[Any]:
    """The pages with blocks in this language. The long ones are marked as thorough."""
    long = {DOCS / name for name in LONG[language]}
    marks = {True: [pytest.mark.thorough], False: []}
    return [pytest.param(page, id=named(page), marks=marks[page in long]) for page in of(language)]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate each scenario only once, and draw no figures in results folders."""
    worlds_are_played_once(monkeypatch)
    monkeypatch.setattr("nhstransit.report.folder.pictures", lambda run: {})


def printed_by(run: Any) -> str:
    """The output that a function prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        run()
    return output.getvalue()


def commands(text: str) -> Iterator[tuple[list[str], int]]:
    """Each call of the command in a shell block, with the exit status that the page states."""
    for line in text.splitlines():
        if line.startswith("nhstransit "):
            words, _, note = line.partition("  # exit status ")
            yield shlex.split(words)[1:], int(note or 0)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("page", marked("python"))
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks run in one namespace, in an empty folder with the files that the page says to save."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(
        tmp_path
    )  # as Python does with the folder in which it starts, for modules that a page says to save
    before = set(sys.modules)
    space: dict[str, Any] = {"__name__": "page"}
    if "concepts" in page.parts:
        exec(GIVEN, space)
    for kind, text, expected in blocks(page):
        if "." in kind:
            (tmp_path / kind).write_text(text, "utf-8")
        elif kind == "python" and ">>>" not in text:
            code = compile(text, f"{named(page)}", "exec")
            printed = printed_by(lambda code=code: exec(code, space))  # type: ignore[misc]
            assert not expected or printed == expected
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]  # another page may save another module of the same name


@pytest.mark.parametrize("page", [page for page in PAGES if ">>>" in page.read_text("utf-8")], ids=named)
def test_the_doctests_of_a_page_pass(page: Path) -> None:
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried and not failed


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("page", marked("sh"))
def test_the_commands_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each ends with the exit status that the page states, by default 0."""
    monkeypatch.chdir(tmp_path)
    for kind, text, _ in blocks(page):
        if "." in kind:
            (tmp_path / kind).write_text(text, "utf-8")
        for words, status in commands(text) if kind == "sh" else ():
            with pytest.raises(SystemExit) as ended:
                main(words)
            assert ended.value.code == status, (words, capsys.readouterr().err)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_toml_of_a_page_is_valid(page: Path) -> None:
    for kind, text, _ in blocks(page):
        if kind == "toml" or kind.endswith(".toml"):
            tomllib.loads(text)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    for link in LINK.findall(page.read_text("utf-8")):
        if not re.match(r"[a-z]+:", link):
            assert (page.parent / link.partition("#")[0]).exists(), link


def test_no_page_uses_the_old_name_of_a_module() -> None:
    """Only new-names.md, which lists old names, may use them."""
    gone = {old.partition(".")[2] for old in RENAMED} | {"kernels"}
    words = re.compile(rf"`(?:nhstransit\.|nt\.)?((?:{'|'.join(sorted(gone))})\.[A-Za-z_][\w.]*)")
    named_there = {
        f"{named(page)}: {found}"
        for page in PAGES
        if page.name != "new-names.md"
        for found in words.findall(page.read_text("utf-8"))
        if not found.endswith((".md", ".py", ".toml", ".csv"))
    }
    assert not named_there


def test_the_index_names_every_page() -> None:
    """Every page can be found from docs/README.md."""
    index = DOCS / "README.md"
    linked = {(DOCS / link).resolve() for link in LINK.findall(index.read_text("utf-8"))}
    pages = [page for page in PAGES if page.parent != ROOT]
    assert not [named(page) for page in pages if page.resolve() not in linked | {index.resolve()}]


def test_links_of_the_readme_are_absolute_and_lead_to_files() -> None:
    """A package index shows the README too, where relative links would not work."""
    links = LINK.findall((ROOT / "README.md").read_text("utf-8"))
    assert all(link.startswith("https://") for link in links)
    ours = [link.removeprefix(OURS) for link in links if link.startswith(OURS)]
    assert len(ours) > 8 and not [link for link in ours if not (ROOT / link).exists()]
    (picture,) = [link for link in links if link.endswith(".png")]
    assert (ROOT / picture.partition("/main/")[2]).exists()


def test_every_name_that_a_page_imports_is_public() -> None:
    """`docs/public.py` lists the name, so the reference has it."""
    public = runpy.run_path(str(DOCS / "public.py"))
    known = {path: set(public["names"](path)) for path in public["PUBLIC"]}
    imports = [
        (named(page), found[1], name.strip())
        for page in PAGES
        for kind, text, _ in blocks(page)
        if kind == "python" or kind.endswith(".py")
        for found in re.finditer(r"^ *from (nhstransit[\w.]*) import (.+)$", text, re.MULTILINE)
        for name in found[2].split(",")
    ]
    assert len(imports) > 50
    assert not [one for one in imports if one[2] not in known.get(one[1], set())]


def codes() -> Iterator[tuple[str, str]]:
    """The Python code of every page and of every notebook of the gallery."""
    for page in PAGES:
        yield named(page), "\n".join(text for kind, text, _ in blocks(page) if kind == "python" or kind.endswith(".py"))
    for book in sorted((DOCS / "gallery").glob("*.ipynb")):
        cells = json.loads(book.read_text("utf-8"))["cells"]
        yield named(book), "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def test_every_name_that_a_page_uses_from_the_package_is_public() -> None:
    """In `nt.measures.stocks` each part is a public module or name of the part before. Notebooks are checked too."""
    public = runpy.run_path(str(DOCS / "public.py"))
    known = {path: {*public["names"](path), "__version__"} for path in public["PUBLIC"]}
    seen = 0
    strangers = set()
    for page, text in codes():
        for found in re.findall(r"\bnt\.((?:\w+\.)*\w+)", text):
            path = "nhstransit"
            for name in found.split("."):
                seen += 1
                if f"{path}.{name}" in known:
                    path = f"{path}.{name}"
                    continue
                if name not in known[path]:
                    strangers.add((page, found))
                break
    assert seen > 150 and not strangers


def test_every_public_function_and_class_has_a_docstring() -> None:
    public = runpy.run_path(str(DOCS / "public.py"))
    things = {
        f"{path}.{name}": getattr(importlib.import_module(path), name)
        for path in public["PUBLIC"]
        for name in public["names"](path)
    }
    assert len(things) > 300
    described = {
        name: thing for name, thing in things.items() if inspect.isclass(thing) or public["is_function"](thing)
    }
    assert {"nhstransit.england.bundled_fit", "nhstransit.measure"} <= set(
        described
    )  # the first one caches its results
    written = [name for name in things if name not in described and not hasattr(things[name], "items")]
    assert not [name for name in written if " at 0x" in repr(things[name])]  # an address differs each time
    assert not [name for name, thing in described.items() if not (thing.__doc__ or "").strip()]


def test_public_subpackages_are_listed_by_dir() -> None:
    """Completion of `nt.` offers every public subpackage, except four technical ones."""
    public = runpy.run_path(str(DOCS / "public.py"))["PUBLIC"]
    rooms = {path.split(".")[1] for path in public if path.count(".") == 1}
    assert rooms - set(dir(nhstransit)) == {"dates", "phrases", "streams", "toml"}


def test_the_readme_has_one_line_to_run_and_one_line_to_test() -> None:
    """Each of its first two shell blocks is one complete line, which starts with a new environment."""
    first, second = [text for kind, text, _ in blocks(ROOT / "README.md") if kind == "sh"][:2]
    for line in (first, second):
        assert line.count("\n") == 1 and line.startswith("python3 -m venv .venv && ")
    assert first.endswith("nhstransit run england-2010\n") and second.endswith("pytest\n")


@pytest.mark.parametrize("name", runpy.run_path(str(DOCS / "make_tables.py"))["PAGES"])
def test_the_tables_of_a_page_are_up_to_date(name: str) -> None:
    """`python docs/make_tables.py` would change nothing."""
    page = runpy.run_path(str(DOCS / "make_tables.py"))["page"]
    assert (DOCS / name).read_text("utf-8") == page(name), "run: python docs/make_tables.py"


@pytest.mark.parametrize("name", MADE_PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    """Making it again would change nothing."""
    page = runpy.run_path(str(DOCS / MADE_PAGES[name]))["page"]()
    assert (DOCS / name).read_text("utf-8") == page, f"run: python docs/{MADE_PAGES[name]}"


def test_the_architecture_page_lists_the_layers_of_the_import_contract() -> None:
    """The table of docs/architecture.md has the same layers in the same order."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["id"] == "floors"]
    wanted = [set(re.findall(r"\w+", layer)) for layer in layers]
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", (DOCS / "architecture.md").read_text("utf-8"), re.MULTILINE)
    assert [int(floor) for floor, _ in rows] == list(range(len(layers)))[::-1]
    assert [set(re.findall(r"`(\w+)`", rooms)) for _, rooms in rows] == wanted


def test_every_path_named_on_the_architecture_page_exists() -> None:
    """This covers its section "Where a change goes"."""
    text = (DOCS / "architecture.md").read_text("utf-8")
    section = text[text.index("## Where a change goes") :]
    paths = {
        path for path in re.findall(r"`([a-z_]+(?:/[a-z0-9_.-]*)*)`", section) if "/" in path or path.endswith(".py")
    }
    assert len(paths) > 30
    assert not [
        path for path in sorted(paths) if not any((root / path).exists() for root in (ROOT / "nhstransit", ROOT))
    ]


def test_every_python_name_on_the_architecture_page_is_in_a_file_of_its_row() -> None:
    """This covers the tables of its section "Where a change goes"."""
    text = (DOCS / "architecture.md").read_text("utf-8")
    rows = [row for row in text[text.index("## Where a change goes") :].splitlines() if row.startswith("| ")]
    checked = 0
    missing = []
    for row in rows:
        marked = re.findall(r"`([\w./-]+)`", row)
        paths = [root / one for root in (ROOT / "nhstransit", ROOT) for one in marked if (root / one).exists()]
        files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
        found = " ".join(file.read_text("utf-8") for file in files)
        names = [one.rpartition(".")[2] for one in marked if re.fullmatch(r"[A-Za-z_]+(?:\.[A-Za-z_]+)?", one)]
        names = [name for name in names if name not in ("py", "pyi", "toml")]
        checked += len(names)
        missing += [(name, row) for name in names if not re.search(rf"\b{name}\b", found)]
    assert checked > 25
    assert missing == []


def test_subpackages_in_brackets_on_the_architecture_page_do_not_exist_and_the_others_do() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    rooms = re.findall(r"^\| \d+ \| (.+?) \|", text, re.MULTILINE)
    for bracketed, room in re.findall(r"(\(?)`(\w+)`", " ".join(rooms)):
        path = ROOT / "nhstransit" / room
        assert (path.is_dir() or path.with_suffix(".py").is_file()) != bool(bracketed), room


def test_the_page_on_the_log_names_every_kind_of_event_and_phase() -> None:
    text = (DOCS / "concepts" / "eventlog.md").read_text("utf-8")
    assert not [item.name for item in (*Kind, *Phase) if f"`{item.name}`" not in text]
