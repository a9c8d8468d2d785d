"""Published figures in blocks: the likelihood and plausibility of points, including the error of the model itself.

The figures of one block measure one fact in several ways, so they are compared with a run together. Their covariance
has four parts: chance (from replications), sampling and rounding, the emulator's variance, and the model's own error
(discrepancy), which experts state for each block in a file before the fit.
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

FREEDOM = 5.0  # degrees of freedom of Student's t: its heavy tails keep one block that fits badly from dominating
RULED_OUT = 0.9973  # quantile of chi-squared; for one figure this is three standard deviations (Pukelsheim 1994)
REPLICATIONS = 4  # with fewer replications the variance due to chance cannot be estimated
_LEAST = 1e-12


def file_sha256(path: str | Path) -> str:
    """SHA-256 of a file, hexadecimal. A fit records it for the files of priors and discrepancy that it used."""
    with opened(Path(path)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@attrs.frozen(kw_only=True, eq=False)
class Evidence:
    """Published figures, (t,), and the covariance of their difference from a run's expectation by source, (t, t) each.

    The sources are rounding and sampling (`own`), one run's variation about its expectation (`chance`), and the model's
    error (`discrepancy`). `blocks` has the name of each block and the indices of its figures.
    """

    names: tuple[str, ...]
    values: Floats
    own: Floats
    chance: Floats
    discrepancy: Floats
    blocks: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def covariance(self) -> Floats:
        """The sum of the three covariances, without the emulator's variance, (t, t)."""
        return self.own + self.chance + self.discrepancy

    def judged(self, mean: Floats, doubt: Floats) -> tuple[Floats, Floats]:
        """The log-likelihood and the implausibility of each block at some points, (m, blocks) each.

        The likelihood is a multivariate Student's t with five degrees of freedom, scaled to the covariance. The
        implausibility is the Mahalanobis distance, divided by the distance at which the block rules a point out. It is
        above 1 if the squared distance is above the 99.73% quantile of chi-squared.

        Args:
            mean: the emulated means at the points, (m, t).
            doubt: the emulated variances at the points, (m, t).
        """
        pieces = []
        far = []
        # A Student's t is wider than its scale matrix. This factor makes its covariance equal to the covariance given.
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
        """The log-likelihood of each block, (m, blocks): see `judged`."""
        return self.judged(mean, doubt)[0]

    def implausibility(self, mean: Floats, doubt: Floats) -> Floats:
        """The implausibility of each block, (m, blocks): see `judged`."""
        return self.judged(mean, doubt)[1]

    def drawn(self, mean: Floats, doubt: Floats, normal: Floats, chi2: Floats) -> Floats:
        """Figures drawn from the likelihood at points with these emulated means and variances, (m, t).

        Args:
            mean: the emulated means, (m, t).
            doubt: the emulated variances, (m, t).
            normal: standard normal numbers, (m, t).
            chi2: draws of chi-squared with five degrees of freedom, one for each block, (m, blocks).
        """
        out = np.array(mean, "float64")
        for block, (_, rows) in enumerate(self.blocks):
            # A Student's t is a normal number divided by the root of a chi-squared one, which all figures of a block share.
            root = np.linalg.cholesky(self._whole(doubt, rows))
            wide = np.sqrt((FREEDOM - 2.0) / chi2[:, block])[:, None]
            at = np.array(rows)
            out[:, at] += wide * np.einsum("mij,mj->mi", root, normal[:, at])
        return out

    def plausible(self, mean: Floats, doubt: Floats) -> Bools:
        """True for points that no block rules out, (m,)."""
        return np.asarray(self.implausibility(mean, doubt).max(axis=1) <= 1.0)

    def without(self, *names: str) -> Evidence:
        """The evidence without some blocks. Their figures stay but are not used. Unknown names raise CalibrationError."""
        known = [name for name, _ in self.blocks]
        for name in names:
            if name not in known:
                raise CalibrationError(f"block {name!r}", "does not exist", nearest(name, known))
        return attrs.evolve(self, blocks=tuple(one for one in self.blocks if one[0] not in names))

    def _squares(self, mean: Floats, doubt: Floats, rows: tuple[int, ...]) -> tuple[Floats, Floats]:
        """Squared Mahalanobis distance and log determinant of one block at each point, (m,) each."""
        at = np.array(rows)
        whole = self._whole(doubt, rows)
        # NumPy factorises and solves the m small matrices (k, k) in one call.
        away = (mean[:, at] - self.values[at])[:, :, None]
        root = np.linalg.cholesky(whole)
        solved = np.linalg.solve(root, away)[:, :, 0]
        logdet = 2.0 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        return (solved**2).sum(axis=1), logdet

    def _whole(self, doubt: Floats, rows: tuple[int, ...]) -> Floats:
        """The covariance of one block at each point, the emulator's variance included, (m, k, k)."""
        at = np.array(rows)
        fixed = self.covariance[np.ix_(at, at)]
        # Emulators are independent, so their variances are on the diagonal only.
        return np.asarray(fixed[None] + doubt[:, at, None] * np.eye(len(at))[None])


@cache
def _end(width: int) -> float:
    """The squared distance at which a block of this many figures rules a point out."""
    from scipy.stats import chi2  # imported here, because SciPy is slow to import

    return float(chi2.ppf(RULED_OUT, width))


def evidence_of(
    discrepancy: Discrepancy, targets: tuple[Target, ...], replications: Floats, sampling: Floats
) -> Evidence:
    """The published figures of the targets in blocks, with the covariances of their errors.

    Args:
        discrepancy: the model's error by block, which also lists the targets to use, in order.
        targets: the published figures.
        replications: the figures of replications of one scenario, (r, t), in the order of the blocks. Their covariance
            is the covariance due to chance. Because replications are few, its correlations are reduced by a tenth.
            Replications that lack a figure are left out.
        sampling: the standard deviation over samples of organisations, (t,); zero if all organisations are counted.

    Raises:
        CalibrationError: for a figure in a block that is not a target, and for fewer than four replications with every
            figure.
    """
    known = {target.name: target for target in targets}
    for name in discrepancy.figures:
        if name not in known:
            raise CalibrationError(f"figure {name!r}", "is in a block but is not a target", nearest(name, known))
    # Figures are in the order of the blocks, so each block has consecutive indices.
    used = [known[name] for name in discrepancy.figures]
    values = np.array([target.value for target in used])
    rounding = np.array([target.tolerance for target in used])
    model = np.zeros((len(used), len(used)))
    blocks = []
    first = 0
    for block in discrepancy.block:
        rows = np.arange(first, first + len(block.figure))
        # An error is stated in the figure's unit, or else as a share of the figure. All figures of a block have the same
        # correlation with each other. Figures of different blocks have none.
        sizes = np.array([one.absolute or one.share * abs(known[one.name].value) for one in block.figure])
        shared = np.full((len(rows), len(rows)), block.together)
        alike = shared + (1.0 - block.together) * np.eye(len(rows))
        model[np.ix_(rows, rows)] = sizes[:, None] * alike * sizes[None, :]
        blocks.append((block.name, tuple(rows.tolist())))
        first += len(block.figure)
    chance = np.atleast_2d(np.cov(_whole_rows(discrepancy.figures, replications), rowvar=False))
    chance = 0.9 * chance + 0.1 * np.diag(np.diag(chance))
    # Rounding and sampling describe the same digits, so the larger one is used. The last term keeps an exact figure
    # from having a variance of zero.
    own = np.maximum(rounding**2, sampling**2) + _LEAST * values**2
    return Evidence(
        names=discrepancy.figures,
        values=values,
        own=np.diag(own),
        chance=chance,
        discrepancy=model,
        blocks=tuple(blocks),
    )


def _whole_rows(names: tuple[str, ...], replications: Floats) -> Floats:
    """The replications that have every figure. Raises CalibrationError if fewer than four have."""
    there = np.isfinite(replications)
    rows = replications[there.all(axis=1)]
    if len(rows) < REPLICATIONS:
        scarcest = names[int(there.sum(axis=0).argmin())]
        wrong = f"only {len(rows)} of {len(replications)} have every figure; {scarcest!r} is missing most often"
        raise CalibrationError("replications", wrong, f"make more, until at least {REPLICATIONS} have every figure")
    return rows
