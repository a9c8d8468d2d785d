"""The model's own error, by block of figures and by headline: elicited beforehand, and read from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from nhstransit import toml
from nhstransit.errors import CalibrationError
from nhstransit.organisations.posts import found

if TYPE_CHECKING:
    from nhstransit.scenario import Scenario

BUNDLED = {"england-2010": "england/discrepancy-2010.toml"}  # the file of each bundled fit


@attrs.frozen(kw_only=True)
class BlockFigure:
    """One figure's standard deviation of model error: as a `share` of what was published, or `absolute`, in its unit."""

    name: str
    share: float = 0.0
    absolute: float = 0.0

    def __attrs_post_init__(self) -> None:
        if (self.share > 0) == (self.absolute > 0) or min(self.share, self.absolute) < 0:
            wrong = f"has a `share` of {self.share!r} and an `absolute` of {self.absolute!r}"
            raise CalibrationError(f"figure {self.name}", wrong, "give one of the two, above 0")


@attrs.frozen(kw_only=True)
class Block:
    """A block of figures; `together` is the correlation of the model's errors within it, 0 to below 1."""

    name: str
    what: str = ""
    together: float = 0.0
    reason: str = ""
    figure: tuple[BlockFigure, ...]

    def __attrs_post_init__(self) -> None:
        if not 0.0 <= self.together < 1.0:
            raise CalibrationError(
                f"block {self.name}", f"has a `together` of {self.together!r}", "give 0 or more, and less than 1"
            )


@attrs.frozen(kw_only=True)
class HeadlineError:
    """The model's error in headlines: a standard deviation as a share of each, and the block closest to it."""

    names: tuple[str, ...]
    share: float
    block: str = ""


@attrs.frozen(kw_only=True)
class Discrepancy:
    """The model's own error by block, as a file states it.

    `across_worlds` is its correlation between two scenarios. `other` is the error of a figure that is in no block, as a
    share of the figure.
    """

    about: str = ""
    across_worlds: float = 0.0
    other: float = 0.0
    block: tuple[Block, ...]
    headline: tuple[HeadlineError, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not 0.0 <= self.across_worlds <= 1.0:
            raise CalibrationError("across_worlds", f"is {self.across_worlds!r}", "give a correlation from 0 to 1")
        names = [one.name for block in self.block for one in block.figure]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise CalibrationError(f"figure {twice!r}", "is in the blocks twice", "give it once")

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures of all blocks, in their order."""
        return tuple(one.name for block in self.block for one in block.figure)

    def of_headline(self, name: str) -> float:
        """The standard deviation of the model's error in a headline, as a share of it; 0 if none is stated."""
        return next((one.share for one in self.headline if name in one.names), 0.0)


def read_discrepancy(path: str | Path) -> Discrepancy:
    """Read the model's error by block from a TOML file. Raises FormatError or CalibrationError if not valid."""
    return toml.load(Path(path), Discrepancy)


def fitted_discrepancy(scenario: Scenario) -> Discrepancy:
    """The model's own error that is stated with the bundled fit behind a scenario.

    Raises ScenarioError for a scenario without a bundled fit, as `Scenario.draws` does.
    """
    from nhstransit.scenario.draws import fit_behind  # it imports the package that this module belongs to

    return read_discrepancy(found(BUNDLED[fit_behind(scenario)]))
