"""Titles of policies for readers: of every type, of the policies of bundled scenarios, and of a user's own policies."""

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


def test_every_policy_type_and_every_engine_rule_has_a_title() -> None:
    """The titles of types are distinct, and no title is a key."""
    assert set(TITLES) == set(POLICIES)
    assert len(set(TITLES.values())) == len(TITLES)
    assert all(title_of(name) != name for name in ENGINE_RULES)


@pytest.mark.parametrize("name", bundled_names())
def test_no_two_policies_of_a_scenario_share_a_title(name: str) -> None:
    """A title is not a key or the words of a key: not "Vr" for VR, nor "second" without its year."""
    titles_by_name = load_scenario(name).policy_titles
    assert len(set(titles_by_name.values())) == len(titles_by_name)
    assert all(title[:1].isupper() for title in titles_by_name.values()) and not set(titles_by_name.values()) & set(
        titles_by_name
    )
    assert not [
        title for title in titles_by_name.values() if title.startswith(("Vr ", "Divide ")) or title.endswith("second")
    ]


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
    """A bundled name has its own title. A name that begins with a type adds the rest. Any other name becomes words."""
    assert title_of(name) == title


def test_a_users_own_policy_may_have_a_title() -> None:
    """The class attribute `title` is used; without it the title is made from the name."""

    @attrs.frozen(kw_only=True)
    class Named(Milestone):
        title: ClassVar[str] = "A day out"

    day = dt.date(2010, 5, 1)
    own = Named(announced=day)
    plain = Milestone(announced=day)
    assert titles({"outing": own, "day-off": plain}) == {"outing": "A day out", "day-off": "Day off"}


def test_a_title_is_not_inherited_from_a_class_of_the_library() -> None:
    """A subclass of news is another policy, and both may be in one scenario."""

    @attrs.frozen(kw_only=True)
    class Local(Milestone):
        announced: dt.date = dt.date(2010, 5, 1)

    assert Local.title == "News"
    assert titles({"local-news": Local()}) == {"local-news": "Local news"}


TITLED = {"of": "hamlet", "name": "titled"}


def test_a_scenario_can_set_the_titles_of_its_policies() -> None:
    """Variants inherit titles, and stored scenarios include them. Titles are not part of a scenario's content."""
    bare = load_scenario("hamlet")
    titled = variant(bare, {**TITLED, "titles": {"mars": "The first scheme"}}, folder=None, allow_code=False)
    assert titled.policy_titles["mars"] == "The first scheme" and titled.policy_titles["hiring"] == "Hiring"
    again = variant(titled, {**TITLED, "titles": {"hiring": "Posts filled"}}, folder=None, allow_code=False)
    assert [again.policy_titles[name] for name in ("mars", "hiring")] == ["The first scheme", "Posts filled"]
    stored = from_tables(to_tables(again.without("hiring")), staff=bare.workforce)
    assert stored.titles == {"mars": "The first scheme"}
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
def test_an_invalid_title_is_refused(titles: dict[str, str], wrong: str) -> None:
    """A title of an unknown policy, an empty title, several lines, and the title of another policy are refused."""
    with pytest.raises(InputError, match=wrong):
        variant(load_scenario("hamlet"), {**TITLED, "titles": titles}, folder=None, allow_code=False)


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_class_describes_itself(name: str) -> None:
    """Its own sentence for readers contains no field name or code, and is not inherited."""
    about = vars(POLICIES[name])["about"]
    assert about[0].isupper() and about.endswith(".")
    assert "`" not in about and "_" not in about
