"""A report as plain data: parts in their order, each with sections and figures. Every format shows the same content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from nhstransit.report.story import Section

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

UNASSURED = "No independent assurance of this scenario is recorded."  # follows the sentence on the basis of the numbers


@attrs.frozen(eq=False, kw_only=True)
class Picture:
    """A figure of a report: its title, which states the finding; its text alternative; its drawing; its numbers."""

    name: str  # lower case, with hyphens
    title: str
    alt: str
    svg: str
    data: pd.DataFrame

    @classmethod
    def of(cls, name: str, ax: Axes) -> Picture:
        """The picture of a drawn figure. The title is removed from the drawing: the report shows it as text.

        Args:
            name: lower-case letters, digits and hyphens; unique in the report.
            ax: the axes, as a function of `plots` returns them.
        """
        from nhstransit import plots  # matplotlib is slow to load

        title = " ".join(ax.get_title(loc="left").split())
        ax.set_title(
            " ", loc="left", fontsize=1
        )  # a blank title leaves room for the unit; the page shows the title as text, which wraps and can be enlarged
        alt = " ".join(str(ax.alt).split())  # type: ignore[attr-defined]
        return cls(name=name, title=title, alt=alt, svg=plots.svg(ax, name), data=ax.data)  # type: ignore[attr-defined]


@attrs.frozen(eq=False, kw_only=True)
class Part:
    """A part of a report under a heading: sections (sentences with a table below them), then figures."""

    heading: str
    sections: tuple[Section, ...] = ()
    pictures: tuple[Picture, ...] = ()


@attrs.frozen(eq=False, kw_only=True)
class Document:
    """A report: title, status (the basis of the numbers), a summary of one line, and parts in their order.

    `real` is whether the report is about real staff, whose small counts it hides.
    """

    title: str
    about: str
    status: tuple[str, ...]
    parts: tuple[Part, ...]
    real: bool = False

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All figures in their order."""
        return tuple(picture for part in self.parts for picture in part.pictures)


def as_markdown(document: Document) -> str:
    """A report as Markdown: sentences as paragraphs, tables as tables, a figure as its title and text alternative."""
    lines = [f"# {_plain(document.title)}", "", *(f"**{_plain(one)}**\n" for one in document.status)]
    if document.about:
        lines += [_plain(document.about), ""]
    for part in document.parts:
        lines += [f"## {_plain(part.heading)}", ""]
        for section in part.sections:
            # The first section of a part often has the part's own heading, which is not repeated.
            if section.heading != part.heading:
                lines += [f"### {_plain(section.heading)}", ""]
            for sentence in section.sentences:
                lines += [_plain(sentence), ""]
            if section.rows:
                lines += ["| " + " | ".join(map(_cell, section.columns)) + " |"]
                lines += ["|" + " --- |" * len(section.columns)]
                lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in section.rows]
                lines += [""]
        for picture in part.pictures:
            lines += [f"Figure: {_plain(picture.alt)}", ""]  # the text alternative contains the title
    return "\n".join(lines).rstrip() + "\n"


def _plain(text: str) -> str:
    """Text that Markdown shows unchanged: markup and HTML in names are escaped."""
    flat = " ".join(text.split())
    for mark in ("\\", "<", "*", "_", "`", "[", "]"):
        flat = flat.replace(mark, f"\\{mark}")
    return flat


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")
