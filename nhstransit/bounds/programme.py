"""A linear programme that is assembled from blocks and solved by HiGHS, with a check of the optimum by its dual."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Floats, Rows
from nhstransit.errors import InputError

Term = tuple[Any, Any, Any]  # row in the block, index of the variable, coefficient; the three arrays broadcast


@attrs.frozen(eq=False, kw_only=True)
class Optimum:
    """The optimum of a programme: the lowest cost, the variables, and the effect of a change of each limit.

    `at_most_prices` and `equal_prices` are the change of the lowest cost if the right side of a limit increases by one.
    `violation` is the largest excess over a variable's bounds or a limit. `gap` is the cost less the value of the dual.
    If both are zero, no cheaper solution exists, because every solution costs at least the value of the dual.
    """

    cost: float
    variables: Floats
    at_most_prices: Floats
    equal_prices: Floats
    violation: float
    gap: float


class Programme:
    """A linear programme with variables of 0 or more, limits on weighted sums of them, and a cost per unit of each."""

    def __init__(self) -> None:
        self._cost: list[Floats] = []
        self._most: list[Floats] = []
        self._size = 0
        self._limits: dict[str, list[tuple[Floats, AnyArray]]] = {"at most": [], "equal": []}

    def variables(self, *shape: int, cost: Any = 0.0, most: Any = np.inf) -> Rows:
        """Add a block of new variables.

        Args:
            shape: the shape of the block.
            cost: the cost of one unit of each variable, which broadcasts to the shape.
            most: the upper limit of each variable, which broadcasts to the shape.

        Returns:
            The indices of the variables, in this shape.
        """
        count = int(np.prod(shape))
        self._cost.append(np.broadcast_to(np.asarray(cost, "float64"), shape).ravel())
        self._most.append(np.broadcast_to(np.asarray(most, "float64"), shape).ravel())
        self._size += count
        return np.arange(self._size - count, self._size).reshape(shape)

    def at_most(self, right: Any, *terms: Term) -> Rows:
        """Add limits: the sum of the terms in each row is at most `right`, (rows,). Returns the limits' indices."""
        return self._limit("at most", right, terms)

    def equal(self, right: Any, *terms: Term) -> Rows:
        """Add limits: the sum of the terms in each row equals `right`, (rows,). Returns the limits' indices."""
        return self._limit("equal", right, terms)

    def least(self, *, where: str, of: Floats | None = None) -> Optimum:
        """Solve the programme for the lowest cost.

        Args:
            where: the name of the programme in error messages.
            of: the cost of one unit of each variable, (variables,); None for the programme's own costs.

        Raises:
            InputError: if no solution meets all limits, or if the cost has no lower bound.
        """
        from scipy.optimize import linprog

        cost = self.costs if of is None else of
        most = np.concatenate(self._most)
        limits = {kind: self._matrix(kind) for kind in self._limits}
        (upper, below) = limits["at most"]
        (exact, same) = limits["equal"]
        bounds: Any = np.stack([np.zeros(self._size), most], axis=1)
        found = linprog(cost, upper, below, exact, same, bounds, method="highs")
        if found.status != 0:
            raise _refused(where, int(found.status), str(found.message))
        return _proven(found, cost, most, limits)

    @property
    def costs(self) -> Floats:
        """The cost of one unit of each variable, (variables,)."""
        return np.concatenate(self._cost)

    def _limit(self, kind: str, right: Any, terms: tuple[Term, ...]) -> Rows:
        rights = np.atleast_1d(np.asarray(right, "float64")).ravel()
        # Each term as three rows of equal length: limit, variable and coefficient of each entry of the matrix.
        entries = [np.stack([part.ravel() for part in np.broadcast_arrays(*term)]) for term in terms]
        # Limits are numbered from the first block on.
        before = sum(len(block) for block, _ in self._limits[kind])
        self._limits[kind].append((rights, np.concatenate(entries, axis=1)))
        return np.arange(before, before + len(rights))

    def _matrix(self, kind: str) -> tuple[Any, Floats]:
        """All limits of a kind as a sparse matrix, and their right sides."""
        from scipy.sparse import coo_array

        # Empty arrays first, because a programme may have no limit of this kind.
        rights = [np.empty(0)]
        rows = [np.empty(0)]
        columns = [np.empty(0)]
        cells = [np.empty(0)]
        before = 0
        for right, entries in self._limits[kind]:
            rights.append(right)
            rows.append(entries[0] + before)
            columns.append(entries[1])
            cells.append(entries[2])
            before += len(right)
        place = (np.concatenate(rows).astype("int64"), np.concatenate(columns).astype("int64"))
        matrix = coo_array((np.concatenate(cells), place), shape=(before, self._size)).tocsr()
        return matrix, np.concatenate(rights)


def _proven(found: Any, cost: Floats, most: Floats, limits: dict[str, tuple[Any, Floats]]) -> Optimum:
    """The solver's result, with the largest violation of any limit and the gap to the value of the dual."""
    (upper, below) = limits["at most"]
    (exact, same) = limits["equal"]
    plan = np.asarray(found.x, "float64")
    # By how much the plan exceeds each bound and limit; negative where it does not.
    over = [-plan, plan - most, upper @ plan - below, np.abs(exact @ plan - same)]
    prices = np.asarray(found.ineqlin.marginals)
    exact_prices = np.asarray(found.eqlin.marginals)
    # The dual's value: every right side times its price. Lower bounds are zero and add nothing.
    bounded = np.isfinite(most)
    dual = below @ prices + same @ exact_prices + most[bounded] @ found.upper.marginals[bounded]
    return Optimum(
        cost=float(cost @ plan),
        variables=plan,
        at_most_prices=prices,
        equal_prices=exact_prices,
        violation=max((float(part.max(initial=0.0)) for part in over), default=0.0),
        gap=float(cost @ plan - dual),
    )


def _refused(where: str, status: int, message: str) -> InputError:
    """The error for a programme without an optimum, given the solver's status and message."""
    if status == 2:
        return InputError(where, "no plan meets all limits at once", "relax one of the limits")
    if status == 3:
        return InputError(where, "has no lowest cost, because it can fall without limit", "give costs of 0 or more")
    return InputError(where, f"cannot be solved ({message})", "give numbers that are closer to each other in size")
