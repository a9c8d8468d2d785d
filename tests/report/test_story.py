"""What the story of a run says, held against the log."""

from __future__ import annotations

from small import body, date, person, small_world

from nhstransit.engine.simulate import simulate
from nhstransit.metrics import measure
from nhstransit.policies import Extension
from nhstransit.report.story import story


def test_the_last_closure_is_the_one_put_off() -> None:
    """Where a body lives longer than was planned, vacancies are counted on the day after it really closed."""
    longer = Extension(announced=date("2010-05-01"), until=date("2010-08-31"), kinds=("pct",))
    bodies = [body("Old", closes="2010-06-30"), body("New", "ccg")]
    world = small_world(person(1, "Old"), person(2, "New"), bodies=bodies, policies={"extension": longer})
    told = {section.heading: section.text for section in story(measure(simulate(world, seed=1)))}
    assert "On 2010-09-01 " in told["How it ended"] and "2010-07-01" not in told["How it ended"]
