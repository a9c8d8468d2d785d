"""What the measures of staying and of equality take on the national run, beside the run itself.

`python -m benchmarks.equality`
"""

from __future__ import annotations

import nhstransit as nt
from benchmarks.harness import alternate
from nhstransit.measures.equality import crossed, equality, payments
from nhstransit.measures.survival import log_rank, routes_out, staying
from nhstransit.measures.turnover import half_life, time_at_risk, turnover

ROUNDS = 7


def main() -> None:
    """Print medians, and each as a share of `simulate`."""
    england = nt.load_scenario("england-2010-prior")
    run = nt.simulate(england, seed=1)
    taken = alternate(
        {
            "simulate": lambda: nt.simulate(england, seed=1),
            "staying, by age": lambda: staying(run, by="age"),
            "routes out, by age": lambda: routes_out(run, by="age"),
            "log-rank, by age": lambda: log_rank(run, by="age"),
            "turnover, by age": lambda: turnover(run, by="age"),
            "half-life and time at risk": lambda: (half_life(run), time_at_risk(run)),
            "equality, five characteristics": lambda: equality(run),
            "payments, five characteristics": lambda: payments(run),
            "left, by sex and age": lambda: crossed(run, "left"),
        },
        ROUNDS,
    )
    print(f"{len(run.people):,} people, {len(run.log):,} events; medians of {ROUNDS} rounds")
    for name, seconds in taken.items():
        print(f"{name:32} {seconds * 1000:8.1f} ms  {seconds / taken['simulate']:7.1%} of simulate")


if __name__ == "__main__":
    main()
