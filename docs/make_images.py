"""Draw the pictures of the README and of the site, from the fitted England with seed 1: `python docs/make_images.py`."""

from __future__ import annotations

from pathlib import Path

import nhstransit as nt

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Where the opening staff of England were at the end."""
    run = nt.simulate(nt.load_scenario("england-2010"), seed=1)
    IMAGES.mkdir(exist_ok=True)
    nt.plots.save(nt.plots.destinations(run), IMAGES / "destinations.png", show=False)


if __name__ == "__main__":
    main()
