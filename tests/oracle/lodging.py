"""Notice that runs beyond an employer's last day. It is served in new posts of a residuary body, removed afterwards."""

from __future__ import annotations

from nhstransit.policies import Redundancy
from oracle.consultation import later
from oracle.day import Phase
from oracle.effects import lodge
from oracle.lives import remove
from oracle.moving import make_post
from oracle.world import World


def lodge_those_under_notice(world: World, policy: Redundancy, rule: int) -> None:
    """Open a post in the residuary body for each person whose employer closes today and whose notice runs on."""
    residuary = next(body for body in world.bodies if body.name == policy.residuary)
    ends: set[int] = set()
    for person in world.in_post(policy.kinds):
        exit_ = person.exit
        if person.body.closes == world.today and exit_ and exit_.voidable and exit_.last_day > world.today:
            old = person.post
            post = make_post(world, residuary, old.function, old.band, Phase.WINDOWS, rule, instead_of=old)
            lodge(world, person, post, world.today + 1, rule)
            ends.add(exit_.last_day)

    def wind_up() -> None:
        for post in world.posts:
            if post.vacant and post.body is residuary:
                remove(world, post, Phase.WINDOWS, rule, 0)

    for last in sorted(ends):
        world.env.process(later(world, last + 1, rule, wind_up))
