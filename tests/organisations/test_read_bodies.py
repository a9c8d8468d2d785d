"""Reading organisations and posts: what is written is read back, and mistakes are reported with file and line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nhstransit import tables
from nhstransit.errors import FormatError, InputError, OrganisationError
from nhstransit.organisations.bodies import Establishment, Organisation
from nhstransit.organisations.read import NEEDED, NUMBERS, OPTIONAL, read_bodies, read_posts

HEADER = "name,kind,region,cluster,population,opens,closes,parent,successors\n"
GOOD = (
    HEADER
    + "Old,pct,North,N1,1000,,2013-03-31,,New; Newer\nNew,ccg,North,N1,600,2013-04-01,,,\nNewer,csu,North,,,2013-04-01,,,\n"
)


def write_bodies(path: Path, bodies: Sequence[Organisation]) -> None:
    """Write organisations, without their posts, as the CSV that `read_bodies` reads."""
    columns: dict[str, list[Any]] = {}
    for name in (*NEEDED, *OPTIONAL):
        cells = [getattr(body, name) for body in bodies]
        if name == "successors":
            cells = ["; ".join(names) for names in cells]
        elif name in NUMBERS:
            cells = [size or "" for size in cells]
        columns[name] = ["" if cell is None else str(cell) for cell in cells]
    tables.write_csv(path, columns)


def written(folder: Path, text: str, name: str = "bodies.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_organisations_are_read_from_csv(tmp_path: Path) -> None:
    """Successors are separated by semicolons, and an empty cell means that there is no value."""
    old, new, _ = read_bodies(written(tmp_path, GOOD))
    assert old.successors == ("New", "Newer") and old.population == 1_000 and old.closes == dt.date(2013, 3, 31)
    assert new.opens == dt.date(2013, 4, 1) and new.closes is None and new.cluster == "N1"


def test_organisations_are_the_same_after_writing_and_reading_csv(tmp_path: Path) -> None:
    """All columns are the same, also waves and shadow dates."""
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


def test_organisations_are_read_from_toml_with_their_posts(tmp_path: Path) -> None:
    """Each [[body]] contains its posts, and a mistake is reported with its path."""
    text = (
        'format = 1\n[[body]]\nname = "A"\nkind = "sha"\nregion = "North"\n'
        '[[body.establishment]]\nfunction = "f"\nband = "5"\nposts = 3\n'
    )
    (body,) = read_bodies(written(tmp_path, text, "bodies.toml"))
    assert body.establishment == (Establishment(function="f", band="5", posts=3),)
    with pytest.raises(InputError, match=r"bodies\.toml: body\[0\]\.establishment\[0\]\.band: is '55'"):
        read_bodies(written(tmp_path, text.replace('"5"', '"55"'), "bodies.toml"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("New; Newer", "New; Newest"),
            "bodies.csv: Old: successor: refers to the unknown organisation 'Newest'; did you mean 'New",
        ),
        (("600,2013-04-01,,,", "600,2013-04-01,,,Old"), "successors: form a circle: "),
        (("2013-03-31", "31/03/2013"), "line 2: closes: is '31/03/2013'; give a date such as 2013-03-31"),
        (
            ("1000,,2013-03-31", "1000,2013-04-30,2013-03-31"),
            "line 2: Old: closes 2013-03-31, before it opens (2013-04-30)",
        ),
        (("Old,pct", "Old,ptc"), "line 2: kind: is 'ptc'; did you mean 'pct'?"),
        (("1000", "-5"), "line 2: population: is '-5'; give a whole number of 0 or more"),
        (("1000", "1e3"), "line 2: population: is '1e3'"),
        (("Newer,csu", "New,csu"), "New: occurs twice"),
        (("Newer,csu,North", "Newer,csu,"), "line 4: region: is empty; give every body a value"),
        (
            ("N1,600,2013-04-01,,,", "N1,600,2013-04-01,,Odl,"),
            "New: parent: refers to the unknown organisation 'Odl'; did you mean 'Old'?",
        ),
        (("cluster", "clutser"), "column 'clutser': is not known; did you mean 'cluster'?"),
        (("kind", "sort"), "column 'sort': is not known"),
    ],
)
def test_a_mistake_is_reported_with_file_and_line(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    """Unknown successors, circles of successors, invalid dates, and wrong words and numbers."""
    assert change[0] in GOOD
    with pytest.raises((OrganisationError, FormatError)) as caught:
        read_bodies(written(tmp_path, GOOD.replace(*change, 1)))
    assert "bodies.csv" in str(caught.value) and message in str(caught.value)


def test_a_missing_column_and_an_empty_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="column 'region': is missing; add it; needed: name, kind, region"):
        read_bodies(written(tmp_path, "name,kind\nOld,pct\n"))
    with pytest.raises(OrganisationError, match="contains no organisations"):
        read_bodies(written(tmp_path, HEADER))


BODIES = (
    Organisation(name="Old", kind="pct", region="North", closes=dt.date(2013, 3, 31)),
    Organisation(name="New", kind="ccg", region="North", opens=dt.date(2013, 4, 1)),
)


def test_posts_are_read_with_employer_function_band_and_date(tmp_path: Path) -> None:
    """Posts exist from the employer's first day, or from the date in their line."""
    text = "body,function,band,posts,since\nNew,f,5,3,\nOld,f,8a,2,2011-04-01\nNew,f,VSM,1,2014-04-01\n"
    old, new = read_posts(written(tmp_path, text, "posts.csv"), BODIES, ("f",))
    assert old.establishment == (Establishment(function="f", band="8a", posts=2, since=dt.date(2011, 4, 1)),)
    assert [(line.band, line.posts) for line in new.establishment] == [("5", 3), ("VSM", 1)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Newt,f,5,3,", "line 2: body: is 'Newt'; did you mean 'New'?"),
        ("New,g,5,3,", "line 2: function: is 'g'"),
        ("New,f,55,3,", "line 2: band: is '55'"),
        ("New,f,5,2.5,", "line 2: posts: is '2.5'; give a whole number"),
        ("New,f,5,3,soon", "line 2: since: is 'soon'"),
        ("Old,f,5,3,2013-04-01", "Old: has f posts from 2013-04-01, after it closes (2013-03-31)"),
        ("New,f,5,3,2012-04-01", "New: has f posts from 2012-04-01, before it opens (2013-04-01)"),
    ],
)
def test_invalid_posts_are_refused(tmp_path: Path, line: str, message: str) -> None:
    """An unknown employer, function or band, a number that is not whole, and posts for an employer that is not open."""
    path = written(tmp_path, f"body,function,band,posts,since\n{line}\n", "posts.csv")
    with pytest.raises(OrganisationError) as caught:
        read_posts(path, BODIES, ("f",))
    assert str(path) in str(caught.value) and message in str(caught.value)


def test_a_group_may_not_open_before_it_is_authorised() -> None:
    """Here it opens in January and is authorised in March."""
    with pytest.raises(OrganisationError, match="opens 2013-01-01, before it is authorised"):
        Organisation(name="G", kind="ccg", region="N", opens=dt.date(2013, 1, 1), authorised=dt.date(2013, 3, 1))


def test_all_mistakes_in_a_table_of_organisations_are_reported_together(tmp_path: Path) -> None:
    """Line numbers count blank lines too."""
    text = (
        HEADER
        + "Old,pctt,North,N1,1_000,,2013-W13,,New\n\n"
        + "New,ccg,North,N1\n"
        + ",ccg,North,N1,٣,20130401,,,\n"
        + "Late,ccg,North,,,2013-04-01,2013-03-31,,\n"
    )
    with pytest.raises(InputError) as caught:
        read_bodies(written(tmp_path, text))
    lines = [line.removeprefix(f"{tmp_path}/bodies.csv: ") for line in str(caught.value).split("\n")]
    assert [line.rpartition("; ")[0] for line in lines] == [
        "line 2: population: is '1_000'",
        "line 2: closes: is '2013-W13'",
        "line 4: has 4 cells, not 9",
        "line 5: name: is empty",
        "line 5: population: is '٣'",
        "line 5: opens: is '20130401'",
        "line 6: Late: closes 2013-03-31, before it opens (2013-04-01)",
    ]


def test_all_mistakes_in_a_table_of_posts_are_reported_together(tmp_path: Path) -> None:
    """For names that look alike, the error says how they differ."""
    bodies = (Organisation(name="Old PCT", kind="pct", region="North"),)
    text = "body,function,band,posts\nOld\u00a0PCT,nursing,8A,3\n\nOld PCT,nursing,8a,\nOld PCT,nurse,8z,1\n"
    with pytest.raises(InputError) as caught:
        read_posts(written(tmp_path, text, "posts.csv"), bodies, ("nursing",))
    lines = [line.removeprefix(f"{tmp_path}/posts.csv: ") for line in str(caught.value).split("\n")]
    assert lines[0].startswith("line 2: body: is 'Old\\xa0PCT'; did you mean 'Old PCT'? they differ in ")
    assert "no-break space" in lines[0] and lines[1].startswith(
        "line 2: band: is '8A'; did you mean '8a'? they differ in cap"
    )
    assert lines[2].startswith("line 4: posts: is empty; ")
    assert [line.split(":")[1].strip() for line in lines[3:]] == ["function", "band"]


def test_all_wrong_names_of_organisations_are_reported(tmp_path: Path) -> None:
    """Repeated names, and every unknown successor and parent."""
    text = GOOD.replace("New; Newer", "Nw; Newest").replace(
        "Newer,csu,North,,,2013-04-01,,,", "New,csu,North,,,2013-04-01,,Od,"
    )
    with pytest.raises(OrganisationError) as caught:
        read_bodies(written(tmp_path, text))
    assert [line.split(": ", 1)[1].partition("; ")[0] for line in str(caught.value).split("\n")] == [
        "New: occurs twice",
        "Old: successor: refers to the unknown organisation 'Nw'",
        "Old: successor: refers to the unknown organisation 'Newest'",
        "New: parent: refers to the unknown organisation 'Od'",
    ]
