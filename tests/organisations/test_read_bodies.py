"""Reading bodies and posts: the way there and back, and every mistake told by file and line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from nhstransit.errors import FormatError, InputError, OrganisationError
from nhstransit.organisations.bodies import Establishment, Organisation
from nhstransit.organisations.read import read_bodies, read_posts, write_bodies

HEADER = "name,kind,region,cluster,population,opens,closes,parent,successors\n"
GOOD = (
    HEADER
    + "Old,pct,North,N1,1000,,2013-03-31,,New; Newer\nNew,ccg,North,N1,600,2013-04-01,,,\nNewer,csu,North,,,2013-04-01,,,\n"
)


def written(folder: Path, text: str, name: str = "bodies.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_bodies_are_read_from_csv(tmp_path: Path) -> None:
    """Dates, numbers, an empty cell as nothing, and successors parted by semicolons."""
    old, new, _ = read_bodies(written(tmp_path, GOOD))
    assert old.successors == ("New", "Newer") and old.population == 1_000 and old.closes == dt.date(2013, 3, 31)
    assert new.opens == dt.date(2013, 4, 1) and new.closes is None and new.cluster == "N1"


def test_bodies_survive_the_way_to_csv_and_back(tmp_path: Path) -> None:
    """All columns, waves and shadow dates too, are equal after writing and reading."""
    bodies = (
        Organisation(name="Team", kind="board-area", region="North", opens=dt.date(2013, 4, 1)),
        Organisation(
            name="Group",
            kind="ccg",
            region="North",
            population=5,
            shadow=dt.date(2012, 4, 1),
            opens=dt.date(2013, 4, 1),
            wave=2,
            authorised=dt.date(2013, 1, 23),
            parent="Team",
        ),
        Organisation(name="Old", kind="pct", region="North", closes=dt.date(2013, 3, 31), successors=("Group", "Team")),
    )
    write_bodies(tmp_path / "all.csv", bodies)
    assert read_bodies(tmp_path / "all.csv") == bodies


def test_bodies_are_read_from_toml_with_their_posts(tmp_path: Path) -> None:
    """One [[body]] each, posts inside it; a fault is told by its place."""
    text = (
        'format = 1\n[[body]]\nname = "A"\nkind = "sha"\nregion = "North"\n'
        '[[body.establishment]]\nfunction = "f"\nband = "5"\nposts = 3\n'
    )
    (body,) = read_bodies(written(tmp_path, text, "bodies.toml"))
    assert body.establishment == (Establishment(function="f", band="5", posts=3),)
    with pytest.raises(InputError, match=r"bodies\.toml: body\[0\]\.establishment\[0\]\.band: is '55'"):
        read_bodies(written(tmp_path, text.replace('"5"', '"55"'), "bodies.toml"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("New; Newer", "New; Newest"), "bodies.csv: Old: successor: names 'Newest'; did you mean 'New"),
        (("600,2013-04-01,,,", "600,2013-04-01,,,Old"), "successors: go round in a circle: "),
        (("2013-03-31", "31/03/2013"), "line 2: closes: is '31/03/2013'; give a date such as 2013-03-31"),
        (
            ("1000,,2013-03-31", "1000,2013-04-30,2013-03-31"),
            "line 2: Old: closes 2013-03-31, before it opens (2013-04-30)",
        ),
        (("Old,pct", "Old,ptc"), "line 2: kind: is 'ptc'; did you mean 'pct'?"),
        (("1000", "-5"), "line 2: population: is '-5'; give a whole number of 0 or more"),
        (("1000", "1e3"), "line 2: population: is '1e3'"),
        (("Newer,csu", "New,csu"), "New: is named twice"),
        (("Newer,csu,North", "Newer,csu,"), "line 4: region: is empty; give every body one"),
        (("N1,600,2013-04-01,,,", "N1,600,2013-04-01,,Odl,"), "New: parent: names 'Odl'; did you mean 'Old'?"),
        (("cluster", "clutser"), "column 'clutser': is not known; did you mean 'cluster'?"),
        (("kind", "sort"), "column 'sort': is not known"),
    ],
)
def test_a_mistake_is_told_by_file_and_line(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    """Dangling successors, circles, dates that cannot be, words and numbers that are not."""
    assert change[0] in GOOD
    with pytest.raises((OrganisationError, FormatError)) as caught:
        read_bodies(written(tmp_path, GOOD.replace(*change, 1)))
    assert "bodies.csv" in str(caught.value) and told in str(caught.value)


def test_a_missing_column_and_an_empty_table_are_told(tmp_path: Path) -> None:
    """Without `region`, or without any body, there is nothing to read."""
    with pytest.raises(FormatError, match="column 'region': is missing; add it; needed: name, kind, region"):
        read_bodies(written(tmp_path, "name,kind\nOld,pct\n"))
    with pytest.raises(OrganisationError, match="names no body"):
        read_bodies(written(tmp_path, HEADER))


BODIES = (
    Organisation(name="Old", kind="pct", region="North", closes=dt.date(2013, 3, 31)),
    Organisation(name="New", kind="ccg", region="North", opens=dt.date(2013, 4, 1)),
)


def test_posts_are_read_by_body_function_band_and_date(tmp_path: Path) -> None:
    """Lines go to their body in order, from its first day or from the day they name."""
    text = "body,function,band,posts,since\nNew,f,5,3,\nOld,f,8a,2,2011-04-01\nNew,f,VSM,1,2014-04-01\n"
    old, new = read_posts(written(tmp_path, text, "posts.csv"), BODIES, ("f",))
    assert old.establishment == (Establishment(function="f", band="8a", posts=2, since=dt.date(2011, 4, 1)),)
    assert [(line.band, line.posts) for line in new.establishment] == [("5", 3), ("VSM", 1)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Newt,f,5,3,", "line 2: body: is 'Newt'; did you mean 'New'?"),
        ("New,g,5,3,", "line 2: function: is 'g'"),
        ("New,f,55,3,", "line 2: band: is '55'"),
        ("New,f,5,2.5,", "line 2: posts: is '2.5'; give a whole number"),
        ("New,f,5,3,soon", "line 2: since: is 'soon'"),
        ("Old,f,5,3,2013-04-01", "Old: has f posts from 2013-04-01, when it is shut (2013-03-31)"),
        ("New,f,5,3,2012-04-01", "New: has f posts from 2012-04-01, before it stands (2013-04-01)"),
    ],
)
def test_posts_that_cannot_be_are_told(tmp_path: Path, line: str, told: str) -> None:
    """An unknown body, function or band, a count that is not whole, and posts for a body that is shut."""
    path = written(tmp_path, f"body,function,band,posts,since\n{line}\n", "posts.csv")
    with pytest.raises(OrganisationError) as caught:
        read_posts(path, BODIES, ("f",))
    assert str(path) in str(caught.value) and told in str(caught.value)


def test_a_group_may_not_open_before_it_is_authorised() -> None:
    """Authorised in March and open in January cannot be."""
    with pytest.raises(OrganisationError, match="opens 2013-01-01, before it is authorised"):
        Organisation(name="G", kind="ccg", region="N", opens=dt.date(2013, 1, 1), authorised=dt.date(2013, 3, 1))
