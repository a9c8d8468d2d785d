"""A round of filling: candidates apply one at a time, and each group of posts keeps its best (Gale–Shapley)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nhstransit.log import Kind
from nhstransit.policies import Filling
from nhstransit.streams import combined
from nhstransit.workforce.columns import BANDS
from oracle.choices import competes, declines, group_key, key, liking, may_employ, stands_by, steps_away, would_work_for
from oracle.day import Phase
from oracle.effects import appoint
from oracle.things import Person, Post
from oracle.world import World


@dataclass(eq=False)
class Group:
    """Vacant posts of one employer, function and band, in the order in which they are filled."""

    posts: list[Post]
    held: list[Candidate] = field(default_factory=list)

    @property
    def lead(self) -> Post:
        return self.posts[0]


@dataclass(eq=False)
class Candidate:
    """Somebody who competes: preferred groups, best first, each panel's mark, and groups to which they have a right."""

    person: Person
    wishes: list[Group]
    marks: dict[Group, float]
    rights: set[Group]

    def rank_at(self, group: Group) -> tuple[bool, float, int]:
        """Sort key of a candidate for a group, best first: by right, by mark, then by staff number."""
        return group not in self.rights, -self.marks[group], self.person.staff


def fill(acting: Any, policy: Filling) -> None:
    """Hold the round and appoint the people who win."""
    world = acting.world
    rule = acting.rule
    groups = _groups(world, policy)
    candidates = [
        found for person in world.in_post(policy.senders) if (found := _entrant(acting, policy, person, groups))
    ]
    match(candidates)
    winners = {candidate.person for group in groups for candidate in group.held}
    for candidate in candidates:
        won = candidate.person in winners
        for kind in (Kind.APPLIED, Kind.APPROVED if won else Kind.REFUSED):
            world.note(Phase.WINDOWS, kind, rule, candidate.person.staff, left=candidate.person.post.number)
    for group in groups:
        held = sorted(group.held, key=lambda candidate: candidate.person.staff)
        for candidate, post in zip(held, group.posts, strict=False):
            appoint(world, candidate.person, post, world.calendar.day(policy.starts), rule)


def _groups(world: World, policy: Filling) -> list[Group]:
    """The vacant posts on offer, grouped by employer, function and band, and sorted by key within a group."""
    found: dict[tuple[int, int, int], list[Post]] = {}
    for post in world.vacancies(policy.receivers):
        wave = world.scenario.organisations[post.body.number].wave
        in_wave = not policy.waves or wave in policy.waves
        in_wave &= stands_by(world, post.body, world.calendar.day(policy.starts))
        if in_wave and (may_employ(world, post.body) or not policy.authorised):
            found.setdefault((post.body.number, post.function, post.band), []).append(post)
    return [Group(sorted(found[cell], key=lambda post: post.key)) for cell in sorted(found)]


def _entrant(acting: Any, policy: Filling, person: Person, groups: list[Group]) -> Candidate | None:
    """Somebody as a candidate, if they are free, have posts to compete for, and want to compete."""
    free = person.next_post is None and (person.exit is None or person.exit.voidable)
    without = person.body.closes + 1 < acting.world.calendar.day(policy.starts)
    if person.body.goes_on or without or not free or BANDS[person.post.band] not in policy.bands:
        return None
    suitable = [group for group in groups if _suits(acting.world, policy, person, group.lead)]
    suitable = [group for group in suitable if would_work_for(acting.world, person, group.lead.body)]
    if not suitable or not _wants_to_compete(acting, policy, person):
        return None
    likes = {group: liking(acting.world, person, acting.chances, group.lead) for group in suitable}
    wishes = sorted(suitable, key=lambda group: -likes[group])
    marks = {group: _mark(acting, policy, person, group) for group in suitable}
    return Candidate(
        person, wishes, marks, {group for group in suitable if _right(acting.world, policy, person, group)}
    )


def _wants_to_compete(acting: Any, policy: Filling, person: Person) -> bool:
    """Whether somebody applies, or in a matching, whether they do not decline."""
    return not declines(acting.world, person) if policy.matching else competes(acting.world, person, acting.chances)


def _right(world: World, policy: Filling, person: Person, group: Group) -> bool:
    """Whether somebody has a right to slot in: a post of their own band at a successor of their employer."""
    own_band = group.lead.band == person.post.band
    return policy.rights_first and own_band and steps_away(world, person.body, group.lead.body) == 0


def _suits(world: World, policy: Filling, person: Person, post: Post) -> bool:
    """Whether a post has the same or a kindred function, is within reach, and is at most `bands_down` lower."""
    cluster = world.scenario.organisations[person.body.number].cluster
    reached = {
        "successor": steps_away(world, person.body, post.body) == 0,
        "cluster": bool(cluster) and cluster == world.scenario.organisations[post.body.number].cluster,
        "region": post.body.region == person.body.region,
        "anywhere": True,
    }
    near = reached[policy.reach] or post.body.kind in policy.national
    names = [world.scenario.functions[each.function] for each in (person.post, post)]
    trade = names[0] == names[1] or set(names) <= set(policy.kindred)
    return near and trade and 0 <= person.post.band - post.band <= policy.bands_down


def _mark(acting: Any, policy: Filling, person: Person, group: Group) -> float:
    """Skill with the panel's error. If other functions may compete, candidates of the post's own function rank first."""
    pair = combined(key(person), group_key(acting.world, group.lead))
    seen = float(person.skill + policy.assessment_error * acting.chances.normal("assessment", pair)[0])
    return seen + 100.0 if policy.kindred and group.lead.function == person.post.function else seen


def match(candidates: list[Candidate]) -> None:
    """Deferred acceptance: each unplaced candidate applies to their next group; a full group rejects its worst."""
    asking = list(candidates)
    while asking:
        candidate = asking.pop()
        if not candidate.wishes:
            continue
        group = candidate.wishes.pop(0)
        group.held.append(candidate)
        if len(group.held) > len(group.posts):
            worst = max(group.held, key=lambda held: held.rank_at(group))
            group.held.remove(worst)
            asking.append(worst)
