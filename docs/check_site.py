"""Check a built site for readers without a network, a mouse, a wide screen or good eyesight.

`python docs/check_site.py build/site` prints the faults of each page, and ends with status 1 if there are any. It
checks the criteria of WCAG 2.2 (A and AA) that can be read from the code of a page: a language (3.1.1), a title (2.4.2),
one main heading and no level left out (1.3.1), landmarks with names (2.4.1), scrolling by the keyboard (2.1.1),
alternative texts (1.1.1), names of links, buttons and fields (4.1.2, 2.4.4), headings of tables (1.3.1), unique
identifiers, and nothing that is wider than a small screen (1.4.10). It also checks that nothing is loaded from
elsewhere, and that every link within the site leads to a page.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

WIDEST = 320  # pixels: the width into which a page must fit (WCAG 1.4.10)
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
FETCHED = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
}
WIDE = re.compile(r"(?<![-\w])(?:min-)?width\s*:\s*(\d+(?:\.\d+)?)px")


class Page(HTMLParser):
    """A page with its headings, links and tables, and its faults."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.levels: list[int] = []
        self.tags: Counter[str] = Counter()
        self.labelled: set[str] = set()
        self.landmarks: Counter[tuple[str, str]] = Counter()
        self._title = ""
        self._open: list[tuple[str, dict[str, str], list[str]]] = []  # open tags, each with its text and names
        self._fields: list[dict[str, str]] = []
        self.feed(text)
        self.close()
        self._whole()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check the start of a tag."""
        found = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        if "id" in found:
            self.ids[found["id"]] += 1
        if tag == "html" and not found.get("lang"):
            self.wrong.append("has no language")
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "img":
            self._image(found)
        self.tags["main"] += found.get("role") == "main"
        if found.get("role") == "heading" and not found.get("aria-level"):
            self.wrong.append(f"<{tag}> is a heading without a level")
        if tag == "pre" and "tabindex" not in found:
            self.wrong.append("<pre> cannot be scrolled with the keyboard")
        if tag in ("aside", "nav"):
            self.landmarks[tag, found.get("aria-label") or found.get("aria-labelledby", "")] += 1
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "label" and found.get("for"):
            self.labelled.add(found["for"])
        if tag in ("input", "select", "textarea") and found.get("type") not in ("hidden", "submit", "checkbox"):
            self._fields.append(found)
        self._fetched(tag, found)
        for width in WIDE.findall(found.get("style", "")):
            if float(width) > WIDEST:
                self.wrong.append(f"<{tag}> is {width} pixels wide: {found['style']}")
        if tag not in ("img", "svg") and re.fullmatch(r"\d+", found.get("width", "")) and int(found["width"]) > WIDEST:
            self.wrong.append(f"<{tag}> is {found['width']} pixels wide")
        if tag not in VOID:
            name = found.get("aria-label") or found.get("title") or ""
            self._open.append((tag, found, [name] if name else []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check a tag that has no content."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        """Add text to every open tag."""
        if data.strip():
            for _, _, texts in self._open:
                texts.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        """Check a tag with its content."""
        if tag not in [name for name, _, _ in self._open]:
            return
        while self._open:
            name, found, texts = self._open.pop()
            if name in ("a", "button") and ("href" in found or name == "button") and not texts:
                self.wrong.append(f"<{name}> has no name: {found}")
            if name == "title" and not self._title:
                self._title = " ".join(texts)
            if name == "table":
                self._table()
            if name == "th" and not texts:
                self.wrong.append("<th> has no words")
            if name == tag:
                break

    def _image(self, found: dict[str, str]) -> None:
        silent = found.get("role") == "presentation" or found.get("aria-hidden") == "true"
        if not silent and len(found.get("alt", "").strip()) < 4 and found.get("alt") != "":
            self.wrong.append(f"<img> has no alternative text: {found.get('src', '')[:60]}")
        if not silent and found.get("alt") == "":
            self.wrong.append(f"<img> has an empty alternative text: {found.get('src', '')[:60]}")
        for _, _, texts in self._open:
            texts.append(found.get("alt", ""))

    def _table(self) -> None:
        heads = self.tags["th"]
        self.tags["th"] = 0
        if not heads:
            self.wrong.append("<table> has no headings")

    def _fetched(self, tag: str, found: dict[str, str]) -> None:
        address = found.get(FETCHED.get(tag, ""), "")
        if tag == "link" and found.get("rel") in ("canonical", "alternate"):
            return
        if re.match(r"(https?:)?//", address):
            self.wrong.append(f"<{tag}> is loaded from elsewhere: {address}")

    def _whole(self) -> None:
        """Check what is known only at the end of a page."""
        if not self._title:
            self.wrong.append("has no title")
        if not self.tags["main"] and not self.tags["meta"]:
            self.wrong.append("has no main part")
        self.wrong += [f"has the identifier {name!r} {many} times" for name, many in self.ids.items() if many > 1]
        for (tag, name), many in self.landmarks.items():
            if many > 1:
                self.wrong.append(f"has {many} <{tag}> with the name {name!r}")
        for field in self._fields:
            if not (field.get("aria-label") or field.get("id") in self.labelled):
                self.wrong.append(f"has a field without a label: {field}")
        if self.levels.count(1) != 1 and self.tags["main"]:
            self.wrong.append(f"has {self.levels.count(1)} main headings")
        for before, after in zip(self.levels, self.levels[1:], strict=False):
            if after > before + 1:
                self.wrong.append(f"a heading of level {after} follows one of level {before}")


def faults(site: Path) -> list[str]:
    """The faults of a built site, one line each."""
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    found_faults = [f"{path.relative_to(site)}: {wrong}" for path, page in pages.items() for wrong in page.wrong]
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            anchor = unquote(parts.fragment)
            if not target.exists():
                found_faults.append(f"{path.relative_to(site)}: has a link to a page that does not exist: {link}")
            elif anchor and target.suffix == ".html":
                found = pages.get(site.resolve() / target.relative_to(site.resolve()), pages.get(target))
                if found is not None and anchor not in found.ids:
                    found_faults.append(f"{path.relative_to(site)}: has a link to no heading of {target.name}: {link}")
    found_faults += _styles(site)
    return found_faults


def _styles(site: Path) -> list[str]:
    """Fixed widths in `site.css`, and what any style sheet loads from elsewhere."""
    found_faults = []
    for path in sorted(site.rglob("*.css")):
        text = path.read_text("utf-8")
        if path.name == "site.css":
            found_faults += [
                f"{path.name}: {width} pixels wide" for width in WIDE.findall(text) if float(width) > WIDEST
            ]
        found_faults += [
            f"{path.name}: loaded from elsewhere: {address}"
            for address in re.findall(r"url\(['\"]?(https?:[^)]*)", text)
        ]
    return found_faults


if __name__ == "__main__":
    found = faults(Path(sys.argv[1]).resolve())
    print("\n".join(found) or "no faults found")
    sys.exit(bool(found))
