"""What is told: dated paragraphs, and how they read on a terminal and in a notebook."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable

import attrs

from nhstransit.explanation.words import said

WIDE = 100  # characters a line


@attrs.frozen
class Telling:
    """What is to happen on one day: a heading and its sentences."""

    date: dt.date
    heading: str
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return f"{said(self.date)} · {self.heading}\n{_filled(self.sentences, indent='    ')}"


@attrs.frozen(repr=False)
class Explanation:
    """A scenario read aloud: what it is, what is to happen in order of date, and what all of it rests on."""

    title: str
    about: str
    tellings: tuple[Telling, ...]
    inputs: tuple[str, ...]

    def __str__(self) -> str:
        rests = f"What it rests on\n{_filled(self.inputs, indent='    ')}"
        parts = [self.title, _filled((self.about,)), *map(str, self.tellings), rests]
        return "\n\n".join(part for part in parts if part)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        told = "".join(
            f"<dt><b>{said(one.date)}</b> · {escape(one.heading)}</dt><dd>{escape(' '.join(one.sentences))}</dd>"
            for one in self.tellings
        )
        rests = f"<p><b>What it rests on.</b> {escape(' '.join(self.inputs))}</p>"
        return f"<h4>{escape(self.title)}</h4><p>{escape(self.about)}</p><dl>{told}</dl>{rests}"


def _filled(sentences: Iterable[str], indent: str = "") -> str:
    """Sentences as one paragraph of lines; a word with hyphens in it, such as a policy's name, is kept whole."""
    text = " ".join(sentences)
    return textwrap.fill(text, WIDE, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
