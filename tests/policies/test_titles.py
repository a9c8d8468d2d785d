"""Policies have titles for readers: every type, every policy of a bundled scenario, and those of the user's own."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import attrs
import pytest

from nhstransit.errors import InputError
from nhstransit.log import ENGINE_RULES
from nhstransit.policies import POLICIES, Milestone
from nhstransit.policies.titles import TITLES, title_of, titles
from nhstransit.scenario import bundled_names, from_tables, load_scenario, to_tables
from nhstransit.scenario.variant import variant
from nhstransit.studies.content import scenario_content
from nhstransit.toml import Named


def test_every_type_and_every_rule_of_the_engine_has_a_title() -> None:
    """No key is shown for want of one."""
    assert set(TITLES) == set(POLICIES)
    assert len(set(TITLES.values())) == len(TITLES)
    assert all(title_of(name) != name for name in ENGINE_RULES)


@pytest.mark.parametrize("name", bundled_names())
def test_no_two_policies_of_a_scenario_share_a_title(name: str) -> None:
    """Nor is any title a key, or a key's words: VR is not "Vr", and "second" does not say of what year."""
    told = load_scenario(name).policy_titles
    assert len(set(told.values())) == len(told)
    assert all(title[:1].isupper() for title in told.values()) and not set(told.values()) & set(told)
    assert not [title for title in told.values() if title.startswith(("Vr ", "Divide ")) or title.endswith("second")]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("mars", "MARS"),
        ("mars-second", "MARS, second"),
        ("hiring-successors", "Hiring by successors"),
        ("my_own-idea", "My own idea"),
        ("early-shas", "Early SHAs"),
    ],
)
def test_a_name_becomes_a_title(name: str, title: str) -> None:
    """Bundled names have theirs; one that goes on from a type says the rest; any other is its words."""
    assert title_of(name) == title


def test_a_policy_of_ones_own_may_bear_a_title() -> None:
    """As text in `title`; anything else under that name is none."""

    @attrs.frozen(kw_only=True)
    class Named(Milestone):
        title: ClassVar[str] = "A day out"

    day = dt.date(2010, 5, 1)
    own = Named(announced=day)
    plain = Milestone(announced=day)
    assert titles({"outing": own, "day-off": plain}) == {"outing": "A day out", "day-off": "Day off"}


def test_a_title_is_not_inherited_from_a_class_of_the_library() -> None:
    """A class made out of one of news is another policy: both may stand in one scenario."""

    @attrs.frozen(kw_only=True)
    class Local(Milestone):
        announced: dt.date = dt.date(2010, 5, 1)

    assert Local.title == "News"
    assert titles({"local-news": Local()}) == {"local-news": "Local news"}


TITLED = {"of": "hamlet", "name": "titled"}


def test_a_scenario_gives_its_policies_titles_that_readers_see() -> None:
    """A variant keeps those of its base, a kept scenario keeps them, and the world is the same without them."""
    bare = load_scenario("hamlet")
    titled = variant(bare, {**TITLED, "titles": {"mars": "The first scheme"}}, folder=None, allow_code=False)
    assert titled.policy_titles["mars"] == "The first scheme" and titled.policy_titles["hiring"] == "Hiring"
    again = variant(titled, {**TITLED, "titles": {"hiring": "Posts filled"}}, folder=None, allow_code=False)
    assert [again.policy_titles[name] for name in ("mars", "hiring")] == ["The first scheme", "Posts filled"]
    kept = from_tables(to_tables(again.without("hiring")), staff=bare.workforce)
    assert kept.titles == {"mars": "The first scheme"}
    assert scenario_content(titled) == scenario_content(attrs.evolve(titled, titles=Named()))


@pytest.mark.parametrize(
    ("titles", "wrong"),
    [
        ({"marz": "A scheme"}, r"titles\.marz: is not a policy of this scenario; did you mean 'mars'"),
        ({"mars": " "}, r"titles\.mars: is ' '; give one line"),
        ({"mars": "two\nlines"}, r"titles\.mars"),
        ({"mars": "Hiring"}, r"titles\..*: is 'Hiring', which is also the title of mars"),
    ],
)
def test_a_title_that_is_none_is_refused(titles: dict[str, str], wrong: str) -> None:
    """A name that no policy has, an empty line, several lines, and another policy's title."""
    with pytest.raises(InputError, match=wrong):
        variant(load_scenario("hamlet"), {**TITLED, "titles": titles}, folder=None, allow_code=False)


@pytest.mark.parametrize("name", POLICIES)
def test_every_class_says_what_it_is(name: str) -> None:
    """In a sentence of its own, for readers: no field's name, no code, nothing inherited."""
    about = vars(POLICIES[name])["about"]
    assert about[0].isupper() and about.endswith(".")
    assert "`" not in about and "_" not in about
