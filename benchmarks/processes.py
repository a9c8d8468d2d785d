"""Where does the engine's time go, process by process?

    python -m benchmarks.processes [people]

One run under cProfile, each function's own time and that of everything it calls, for the steps named below; they nest, so
shares do not add up to one. The profiler makes many small calls look dearer than they are.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats

from benchmarks.harness import table
from benchmarks.worlds import world
from nhstransit.engine.simulate import simulate

STEPS = {  # what is called what, by file and function
    "the month's reading: risk, rates, who goes": ("months.py", "_begin"),
    "— new rates for the month": ("natural.py", "begin_period"),
    "— perceived risk": ("months.py", "feel"),
    "rates after a change": ("natural.py", "rerate"),
    "natural departures, up to what comes next": ("natural.py", "_carry_out"),
    "— contracts that end": ("natural.py", "_contracts_to"),
    "agreed exits": ("exits.py", "_go"),
    "arrivals": ("exits.py", "_arrive"),
    "policies, all steps": ("scheme.py", "_act"),
    "— hiring": ("hiring.py", "select"),
    "— filling": ("filling.py", "select"),
    "— filling: proposals": ("filling.py", "propose"),
    "— redundancy": ("redundancy.py", "select"),
    "— effects carried out": ("apply.py", "take"),
    "— answers": ("scheme.py", "_answers"),
    "April's pay": ("months.py", "_award"),
    "luck": ("streams.py", "bits"),
    "joining the log": ("eventlog.py", "log"),
    "conservation": ("conserve.py", "conserve"),
}


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("people", nargs="?", type=int, default=100_000)
    scenario = world(asked.parse_args().people)
    simulate(scenario, seed=1)
    profile = cProfile.Profile()
    profile.runcall(simulate, scenario, seed=1)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    calls = {
        (path.rsplit("/", 1)[-1], name): (count, total) for (path, _, name), (_, count, _, total, _) in stats.items()
    }
    whole = calls["simulate.py", "simulate"][1]
    rows = []
    for step, place in STEPS.items():
        count, total = calls.get(place, (0, 0.0))
        rows.append([step, f"{count:,}", f"{total / whole:.0%}"])
    print(table(["step", "calls", "of the run"], rows))


if __name__ == "__main__":
    main()
