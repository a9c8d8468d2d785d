"""Positions of names among lines: near a name's own line, with the least overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import numpy as np

from nhstransit.arrays import Floats, Longs

STEPS = (0.75, -0.75, 1.7, -1.7, 2.7, -2.7, 3.7, 4.7)  # lines of text from a line to its name, in order of preference
ALONG = (0.0, 0.08, 0.16, 0.24, 0.32, 0.4, 0.48)  # positions after the start of a line, as shares of all days


@attrs.frozen(eq=False)
class Sheet:
    """Measures of the axes: the days, the top of the lines, the width of a letter and the height of a line of text."""

    when: Floats
    top: float
    letter: float  # days
    line: float  # people


@attrs.define(eq=False)
class Boxes:
    """Names placed so far: the left end, right end and height of each, and the strokes that lead to them."""

    sheet: Sheet
    names: list[tuple[float, float, float]] = attrs.field(factory=list)
    strokes: list[tuple[float, float, float]] = attrs.field(factory=list)

    def place(self, line: Longs, lines: Sequence[Longs], width: float) -> tuple[float, float, float]:
        """Choose and reserve a position for a name.

        Args:
            line: the name's own line, one value per day of the sheet.
            lines: all lines, including the name's own.
            width: the width of the name, in days.

        Returns:
            The left end of the name, the height of its line there, and the height of the name.
        """
        # Of equally good positions, `min` keeps the first, so that the order of offers is an order of preference.
        offers = self._offers(line, width)
        left, foot, height = min(offers, key=lambda offer: self._cost(offer, line, lines, width))
        self.names.append((left, left + width, height))
        self.strokes.append((left, min(foot, height), max(foot, height)))
        return left, foot, height

    def _offers(self, line: Longs, width: float) -> Iterator[tuple[float, float, float]]:
        when = self.sheet.when
        first = float(when[int(np.flatnonzero(line)[0])]) + self.sheet.letter
        for along in ALONG:
            left = first + along * float(when[-1] - when[0])
            # The height of the name's own line at nine points along the name.
            own = np.interp(np.linspace(left, left + width, 9), when, line)
            for step in STEPS:
                edge = own[0]
                # A name close to its line must clear the highest or lowest point of the line along the name.
                if 0 < step < 1:
                    edge = own.max()
                elif -1 < step < 0:
                    edge = own.min()
                yield left, float(own[0]), float(edge + step * self.sheet.line)

    def _cost(self, offer: tuple[float, float, float], line: Longs, lines: Sequence[Longs], width: float) -> float:
        """The cost of a position, from lines under the name, overlapping names and strokes, and the edges of the paper."""
        (left, foot, height) = offer
        size = self.sheet.line
        low = min(foot, height)
        high = max(foot, height)
        # Heights of all lines at 24 points along the name, (lines, 24).
        under = np.linspace(left, left + width, 24)
        every = np.array([np.interp(under, self.sheet.when, other) for other in lines])
        covered = np.abs(every - height) < 0.6 * size
        crossed = float(covered.any(axis=1).sum())  # lines that pass under the name
        far = abs(height - foot) / size
        # Lines that start where the stroke does, including the name's own, (lines,).
        near = np.abs(every[:, 0] - foot) < 0.5 * size
        # A stroke to a distant name must begin where only its own line is; a near name must be nearest to its own line.
        astray = 0.3 * (int(near.sum()) - 1) if far > 1.0 else self._astray(line, every, under, height)
        # Overlaps of the name with other names, of its stroke with other names, and of the name with other strokes.
        right = left + width
        half = size / 2
        names = sum(a < right and left < b and abs(c - height) < size for a, b, c in self.names)
        names += sum(a <= left <= b and low < c + half and c - half < high for a, b, c in self.names)
        names += sum(left <= a <= right and b < height + half and height - half < c for a, b, c in self.strokes)
        outside = height < 0.6 * size or height > self.sheet.top or left + width > self.sheet.when[-1]
        late = (left - float(self.sheet.when[0])) / width
        # Worst is a name outside the paper; next, a name nearer to another line; next, overlapping names.
        return 10.0 * crossed + 40.0 * names + 100.0 * outside + 60.0 * astray + far + 2.0 * late

    def _astray(self, line: Longs, every: Floats, under: Floats, height: float) -> float:
        """The share of a name's length that is nearer to another line than to its own."""
        own = np.abs(np.interp(under, self.sheet.when, line) - height)
        return float((np.abs(every - height).min(axis=0) < own - 1e-9).mean())
