"""Figures in blocks: what the model itself may be out by, elicited beforehand, and how likely and how plausible points are.

Figures of one block are one fact measured in several ways, so they are weighed together, by the covariance of all that
may part them from a run: chance (from replications), sampling and rounding, the emulator, and the model's own error
(discrepancy), which a file states by block.
"""

from __future__ import annotations

import hashlib
import math
from functools import cache
from pathlib import Path

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats
from nhstransit.errors import CalibrationError, nearest
from nhstransit.files import opened
from nhstransit.scenario.discrepancy import Discrepancy
from nhstransit.studies.likelihood import Target

FREEDOM = 5.0  # of Student's t: heavier tails than the normal, so that one block astray does not bend the others
RULED_OUT = 0.9973  # of chi-squared: three standard deviations of one figure (Pukelsheim 1994)
REPLICATIONS = 4  # fewer say nothing of chance
_LEAST = 1e-12


def file_sha256(path: str | Path) -> str:
    """SHA-256, hexadecimal, of a file: what a fit keeps of the file that was written before it."""
    with opened(Path(path)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@attrs.frozen(kw_only=True, eq=False)
class Evidence:
    """Published figures (t,), and the covariances of their difference from a run's expectation by source, (t, t) each.

    `blocks` are the blocks' names and the indices of their figures. `own` is rounding and sampling, `chance` one run's
    variation about its expectation, `discrepancy` the model's error.
    """

    names: tuple[str, ...]
    values: Floats
    own: Floats
    chance: Floats
    discrepancy: Floats
    blocks: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def covariance(self) -> Floats:
        """All of them together, without the emulator, (t, t)."""
        return self.own + self.chance + self.discrepancy

    def judged(self, mean: Floats, doubt: Floats) -> tuple[Floats, Floats]:
        """The log-likelihood and the implausibility of each block at points with emulated means and variances (m, t).

        Both are (m, blocks). The likelihood is a multivariate Student's t with five degrees of freedom, scaled to the
        covariance. The implausibility is the distance over that at which the block rules a point out: above 1, its
        squared Mahalanobis distance is above the 99.73% quantile of chi-squared.
        """
        pieces = []
        far = []
        scale = (FREEDOM - 2.0) / FREEDOM
        for _, rows in self.blocks:
            squares, logdet = self._squares(mean, doubt, rows)
            width = len(rows)
            constant = math.lgamma((FREEDOM + width) / 2) - math.lgamma(FREEDOM / 2)
            constant -= 0.5 * width * math.log(FREEDOM * math.pi * scale)
            tail = 0.5 * (FREEDOM + width) * np.log1p(squares / (FREEDOM * scale))
            pieces.append(constant - 0.5 * logdet - tail)
            far.append(np.sqrt(squares / _end(width)))
        return np.stack(pieces, axis=1), np.stack(far, axis=1)

    def pieces(self, mean: Floats, doubt: Floats) -> Floats:
        """The log-likelihood of each block, as `judged` gives it, (m, blocks)."""
        return self.judged(mean, doubt)[0]

    def implausibility(self, mean: Floats, doubt: Floats) -> Floats:
        """The implausibility of each block, as `judged` gives it, (m, blocks)."""
        return self.judged(mean, doubt)[1]

    def drawn(self, mean: Floats, doubt: Floats, normal: Floats, chi2: Floats) -> Floats:
        """Figures that points with these emulated means and variances (m, t) may give, by the likelihood itself, (m, t).

        Args:
            mean: emulated means.
            doubt: their variances.
            normal: standard normal numbers, (m, t).
            chi2: draws of chi-squared with five degrees of freedom, one for each block, (m, blocks).
        """
        out = np.array(mean, "float64")
        for block, (_, rows) in enumerate(self.blocks):
            root = np.linalg.cholesky(self._whole(doubt, rows))
            wide = np.sqrt((FREEDOM - 2.0) / chi2[:, block])[:, None]
            at = np.array(rows)
            out[:, at] += wide * np.einsum("mij,mj->mi", root, normal[:, at])
        return out

    def plausible(self, mean: Floats, doubt: Floats) -> Bools:
        """Which points no block rules out, (m,)."""
        return np.asarray(self.implausibility(mean, doubt).max(axis=1) <= 1.0)

    def without(self, *names: str) -> Evidence:
        """The same evidence without some blocks, whose figures stay, unused. Raises CalibrationError for an unknown one."""
        known = [name for name, _ in self.blocks]
        for name in names:
            if name not in known:
                raise CalibrationError(f"block {name!r}", "does not exist", nearest(name, known))
        return attrs.evolve(self, blocks=tuple(one for one in self.blocks if one[0] not in names))

    def _squares(self, mean: Floats, doubt: Floats, rows: tuple[int, ...]) -> tuple[Floats, Floats]:
        """Squared Mahalanobis distance and log determinant of one block at each point, (m,) each."""
        at = np.array(rows)
        whole = self._whole(doubt, rows)
        away = (mean[:, at] - self.values[at])[:, :, None]
        root = np.linalg.cholesky(whole)
        solved = np.linalg.solve(root, away)[:, :, 0]
        logdet = 2.0 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        return (solved**2).sum(axis=1), logdet

    def _whole(self, doubt: Floats, rows: tuple[int, ...]) -> Floats:
        """The covariance of one block at each point, the emulator's variance included, (m, k, k)."""
        at = np.array(rows)
        return np.asarray(self.covariance[np.ix_(at, at)][None] + doubt[:, at, None] * np.eye(len(at))[None])


@cache
def _end(width: int) -> float:
    """The squared distance at which a block of this many figures rules a point out."""
    from scipy.stats import chi2  # imported where it is used, because SciPy is slow to import

    return float(chi2.ppf(RULED_OUT, width))


def evidence_of(
    discrepancy: Discrepancy, targets: tuple[Target, ...], replications: Floats, sampling: Floats
) -> Evidence:
    """The evidence of blocks of targets.

    Args:
        discrepancy: the model's error by block, which also says which targets are used, and in what order.
        targets: the published figures.
        replications: figures of one world over replications, (r, t) in the order of the blocks: their covariance is
            that of chance, shrunk by a tenth towards no correlation, as replications are few. One that lacks a figure
            is left out.
        sampling: the standard deviation over samples of organisations, (t,); zero where all were asked.

    Raises:
        CalibrationError: for a figure of a block that is not a target, and for fewer than four replications with every
            figure.
    """
    known = {target.name: target for target in targets}
    for name in discrepancy.figures:
        if name not in known:
            raise CalibrationError(f"figure {name!r}", "is in a block and is not a target", nearest(name, known))
    used = [known[name] for name in discrepancy.figures]
    values = np.array([target.value for target in used])
    rounding = np.array([target.tolerance for target in used])
    model = np.zeros((len(used), len(used)))
    blocks = []
    first = 0
    for block in discrepancy.block:
        rows = np.arange(first, first + len(block.figure))
        sizes = np.array([one.absolute or one.share * abs(known[one.name].value) for one in block.figure])
        alike = np.full((len(rows), len(rows)), block.together) + (1.0 - block.together) * np.eye(len(rows))
        model[np.ix_(rows, rows)] = sizes[:, None] * alike * sizes[None, :]
        blocks.append((block.name, tuple(rows.tolist())))
        first += len(block.figure)
    chance = np.atleast_2d(np.cov(_whole_rows(discrepancy.figures, replications), rowvar=False))
    chance = 0.9 * chance + 0.1 * np.diag(np.diag(chance))
    return Evidence(
        names=discrepancy.figures,
        values=values,
        own=np.diag(np.maximum(rounding**2, sampling**2) + _LEAST * values**2),
        chance=chance,
        discrepancy=model,
        blocks=tuple(blocks),
    )


def _whole_rows(names: tuple[str, ...], replications: Floats) -> Floats:
    """The replications that give every figure. Raises CalibrationError, with the figure most often lacking, for few."""
    there = np.isfinite(replications)
    rows = replications[there.all(axis=1)]
    if len(rows) < REPLICATIONS:
        scarcest = names[int(there.sum(axis=0).argmin())]
        wrong = f"have every figure in only {len(rows)} of {len(replications)} runs; {scarcest!r} is missing most often"
        raise CalibrationError("replications", wrong, f"make runs until at least {REPLICATIONS} have every figure")
    return rows
