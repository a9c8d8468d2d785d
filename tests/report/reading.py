"""Read a page as assistive technology does: its elements as a tree, their names, and the colours of text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import attrs

VOID = ("meta", "br", "hr", "img", "link", "input")
HIDDEN = ("style", "title")


@attrs.define(eq=False)
class Element:
    """One element: its tag, attributes, children in order (text and elements) and parent."""

    tag: str
    facts: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = attrs.field(factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Every element below this one with one of the tags, or every element if no tags are given."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child] if not tags or child.tag in tags else []
                found += child.all(*tags)
        return found

    def text(self) -> str:
        """The text that is read out, with single spaces."""
        parts = [child if isinstance(child, str) else child.text() for child in self.children]
        return " ".join(" ".join(parts).split())

    def within(self, *tags: str) -> Element | None:
        """The nearest element around this one with one of the tags."""
        around = self.parent
        while around is not None and around.tag not in tags:
            around = around.parent
        return around

    def classes(self) -> list[str]:
        """The names of its classes."""
        return self.facts.get("class", "").split()


class Tree(HTMLParser):
    """Builds the tree, and fails if elements are not nested correctly."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("#", {})
        self.now = self.root
        self.feed(text)
        assert self.now is self.root, f"{self.now.tag} is never closed"

    def handle_starttag(self, tag: str, facts: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in facts}, self.now)
        self.now.children.append(made)
        if tag not in VOID:
            self.now = made

    def handle_startendtag(self, tag: str, facts: list[tuple[str, str | None]]) -> None:
        self.now.children.append(Element(tag, {name: value or "" for name, value in facts}, self.now))

    def handle_endtag(self, tag: str) -> None:
        assert self.now.tag == tag, f"{tag} is closed while {self.now.tag} is open"
        assert self.now.parent is not None
        self.now = self.now.parent

    def handle_data(self, data: str) -> None:
        self.now.children.append(data)


def read(text: str) -> Element:
    """The tree of a page."""
    return Tree(text).root


def rules(text: str) -> dict[str, dict[str, str]]:
    """The style rules of the page by selector, without the rules for print."""
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    screen = re.sub(r"@media print \{.*\n\}", "", style[1], flags=re.DOTALL)
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", screen):
        declarations = dict(part.strip().split(": ", 1) for part in body.replace("\n", " ").split(";") if ":" in part)
        for selector in selectors.split(","):
            found.setdefault(selector.strip(), {}).update(declarations)
    return found
