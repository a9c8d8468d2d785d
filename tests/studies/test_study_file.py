"""Study files: their content determines the sweep, and mistakes are reported with file and key."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from nhstransit.errors import InputError, NhstransitError
from nhstransit.measures import headlines
from nhstransit.scenario import load_scenario
from nhstransit.studies import Levels, Range, grid, latin_hypercube, monthly_heads
from nhstransit.studies.study_file import StudyFile, read_study

WHOLE = """
format = 1
title = "What a smaller quota does"
seed = 2010
replications = 6
series = "nhstransit.studies:monthly_heads"

[[scenarios]]
name = "as it was"
base = "hamlet"

[[scenarios]]
name = "none"
base = "hamlet"
without = ["mars", "rets"]

[[scenarios]]
name = "small"
base = "hamlet"
having = { policies.mars.quota = 0.02, "policies.mars.payback_months" = 12 }

[[designs]]
base = "hamlet"
levels = [{ path = "policies.mars.quota", values = [0.05, 0.1] }, { path = "policies.rets.cap", values = [0.2, 0.3] }]

[draws]
kind = "latin-hypercube"
points = 4
seed = 3
ranges = [{ path = "behaviour.departures.resign", low = 0.05, high = 0.15 }]
"""
SHORT = 'format = 1\nseed = 1\nreplications = 2\n[[scenarios]]\nname = "a"\nbase = "hamlet"\n'
HAMLET = load_scenario("hamlet")


def read(folder: Path, text: str) -> StudyFile:
    path = folder / "study.toml"
    path.write_text(text, "utf-8")
    return read_study(path)


def test_a_study_file_is_read(tmp_path: Path) -> None:
    """It has scenarios with changes, designs, draws, a seed, a measure and series."""
    study = read(tmp_path, WHOLE)
    points = grid(HAMLET, Levels("policies.mars.quota", 0.05, 0.1), Levels("policies.rets.cap", 0.2, 0.3))
    small = HAMLET.having("policies.mars.quota", 0.02).having("policies.mars.payback_months", 12)
    variants = {"none": HAMLET.without("mars", "rets"), "small": small}
    variants = {name: attrs.evolve(one, about="") for name, one in variants.items()}
    assert study.scenarios == {"as it was": HAMLET, **variants, **points}
    draws = latin_hypercube(HAMLET, Range("behaviour.departures.resign", 0.05, 0.15), points=4, seed=3).draws
    assert study.draws == draws and (study.replications, study.seed) == (6, 2010)
    assert study.measure is headlines and study.series is monthly_heads


def test_files_beside_a_study_file_are_found(tmp_path: Path) -> None:
    """Here these are a scenario and a file of draws."""
    from importlib.resources import files

    for name in ("hamlet.toml", "hamlet-staff.csv"):
        (tmp_path / name).write_bytes((files("nhstransit.data") / "scenarios" / name).read_bytes())
    (tmp_path / "draws.csv").write_text("behaviour.departures.resign\n0.1\n0.2\n")
    study = read(tmp_path, SHORT.replace('"hamlet"', '"hamlet.toml"') + '[draws]\nfile = "draws.csv"\n')
    assert study.scenarios["a"].policies == HAMLET.policies and study.draws is not None
    assert study.draws.rows == ((0.1,), (0.2,))


def test_draws_are_made_for_a_scenario_that_has_their_policies(tmp_path: Path) -> None:
    """The first scenario of the file may lack the policies; then the draws have no effect in it."""
    text = SHORT + 'without = ["mars"]\n[[scenarios]]\nname = "b"\nbase = "hamlet"\n'
    study = read(
        tmp_path, text + '[draws]\nkind = "grid"\nlevels = [{ path = "policies.mars.quota", values = [0.1, 0.2] }]\n'
    )
    assert study.draws is not None and study.draws.rows == ((0.1,), (0.2,))


LEVELS = 'levels = [{ path = "policies.mars.quota", values = [0.1, 0.2] }]\n'
RANGES = 'ranges = [{ path = "policies.mars.quota", low = 0.1, high = 0.2 }]\n'
WRONG = {
    "levels unread": (
        SHORT + '[draws]\nkind = "sobol"\npoints = 4\n' + RANGES + LEVELS,
        "study.toml: draws.levels: is not used with kind 'sobol'; leave it out; the keys used are kind, points, seed",
    ),
    "points unread": (
        SHORT + '[draws]\nkind = "grid"\npoints = 0\n' + LEVELS,
        "study.toml: draws.points: is not used with kind 'grid'; leave it out; the keys used are kind, levels",
    ),
    "seed unread": (SHORT + '[draws]\nkind = "grid"\nseed = 7\n' + LEVELS, "study.toml: draws.seed: is not used"),
    "file and kind": (
        SHORT + '[draws]\nfile = "draws.csv"\nkind = "grid"\n',
        "study.toml: draws.kind: is not used together with `file`; leave it out; the keys used are file",
    ),
    "no kind": (SHORT + "[draws]\n" + LEVELS, "study.toml: draws.kind: is ''; known: grid"),
    "replications": (
        SHORT.replace("replications = 2", "replications = 0"),
        "study.toml: replications: the number is 0; give a whole number of 1 or more",
    ),
    "seed": (SHORT.replace("seed = 1", "seed = -1"), "study.toml: seed: is -1"),
    "path of draws": (
        SHORT + '[draws]\nfile = "wrong.csv"\n',
        "study.toml: scenario 'a'.behaviour.departures.resing: does not exist; did you mean 'resign'?",
    ),
    "no scenarios": (
        "format = 1\nseed = 1\nreplications = 2\n",
        "study.toml: scenarios: are missing; write [[scenarios]]",
    ),
    "no seed": (SHORT.replace("seed = 1\n", ""), "study.toml: seed: is missing; add it"),
    "unknown key": (
        SHORT + "bsae = 1\n",
        "study.toml: scenarios[0].bsae: is not a key that is allowed here; did you mean 'base'?",
    ),
    "text": (
        SHORT.replace("replications = 2", 'replications = "2"'),
        "study.toml: replications: is '2'; write a whole number",
    ),
    "base": (SHORT.replace("hamlet", "hamlt"), "study.toml: scenario 'hamlt': is not bundled; did you mean 'hamlet'?"),
    "policy": (
        SHORT + 'without = ["marz"]\n',
        "study.toml: scenario 'a': policies.marz: is not in this scenario; did you mean 'mars'?",
    ),
    "path": (
        SHORT + "having = { policies.mars.quotta = 1 }\n",
        "study.toml: scenario 'a': policies.mars.quotta: does not exist; did you mean 'quota'?",
    ),
    "twice": (
        SHORT + '[[scenarios]]\nname = "a"\nbase = "hamlet"\n',
        "study.toml: scenarios: the name 'a' is used twice; give each scenario a different name",
    ),
    "design": (
        SHORT + '[[designs]]\nbase = "hamlet"\nkind = "girds"\nlevels = []\n',
        "study.toml: designs[0].kind: is 'girds'; did you mean 'grid'?",
    ),
    "draws": (SHORT + '[draws]\nkind = "latin"\n', "study.toml: draws.kind: is 'latin'; "),
    "range": (
        SHORT
        + '[draws]\nkind = "sobol"\npoints = 4\nranges = [{ path = "policies.mars.quota", low = 0.5, high = 0.1 }]\n',
        "study.toml: range of policies.mars.quota: is given as 0.5 to 0.1; give two numbers",
    ),
    "measure": (
        SHORT.replace("seed = 1", 'seed = 1\nmeasure = "nhstransit:nothing"'),
        "study.toml: measure: is 'nhstransit:nothing'",
    ),
    "code of others": (
        SHORT.replace("seed = 1", 'seed = 1\nmeasure = "nhstransit.cli.main:sys.exit"'),
        "study.toml: measure: is code outside the library (nhstransit.cli.main:sys.exit), which runs only if you allow it",
    ),
    "code within": (
        SHORT.replace("seed = 1", 'seed = 1\nmeasure = "nhstransit.scenario:Scenario.without"'),
        "study.toml: measure: is code outside the library (nhstransit.scenario:Scenario.without)",
    ),
    "code imported": (
        SHORT.replace("seed = 1", 'seed = 1\nmeasure = "nhstransit.cli.main:import_module"'),
        "study.toml: measure: is code outside the library (nhstransit.cli.main:import_module)",
    ),
    "a function that is no measure": (
        SHORT.replace("seed = 1", 'seed = 1\nmeasure = "nhstransit.measures:story"'),
        "study.toml: measure: is 'nhstransit.measures:story'",
    ),
    "a measure of the library's misnamed": (
        SHORT.replace("seed = 1", 'seed = 1\nmeasure = "nhstransit.measures:headcount"'),
        "which is not a measure of the library; did you mean 'nhstransit.measures:headlines'",
    ),
    "draws above": (
        SHORT + '[draws]\nfile = "../draws.csv"\n',
        "study.toml: draws.file: is '../draws.csv', which is outside the study's folder; give a file in the folder",
    ),
    "draws elsewhere": (
        SHORT + '[draws]\nfile = "/etc/hosts"\n',
        "draws.file: is '/etc/hosts', which is outside",
    ),
    "format": (SHORT.replace("format = 1", "format = 9"), "study.toml: format: is 9; write `format = 1`"),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_invalid_study_file_is_refused(what: str, tmp_path: Path) -> None:
    """The error has the file, the key, and what would be right."""
    text, message = WRONG[what]
    (tmp_path / "wrong.csv").write_text("behaviour.departures.resing\n0.1\n")
    with pytest.raises(NhstransitError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value) and "\n" not in str(caught.value)


FROM_A_FIT = """
format = 1
seed = 1
replications = 1
scenarios = [{ name = "hamlet", base = "hamlet" }]

[draws]
kind = "latin-hypercube"
points = 5
seed = 1
ranges = [{ path = "behaviour.departures.resign", low = 0.05, high = 0.09 }]

[draws.fit]
name = "england-2010"
paths = ["behaviour.severance.payout", "behaviour.departures.risk_ratio"]
"""
DESIGN = FROM_A_FIT.partition("[draws]\n")[2].partition("\n[draws.fit]")[0]


def test_draws_of_a_fit_can_be_combined_with_a_design(tmp_path: Path) -> None:
    """There are as many draws as points of the design, or without a design, as many as requested."""
    path = tmp_path / "study.toml"
    path.write_text(FROM_A_FIT, "utf-8")
    draws = read_study(path).draws
    assert draws is not None and len(draws) == 5
    assert draws.paths == (
        "behaviour.severance.payout",
        "behaviour.departures.risk_ratio",
        "behaviour.departures.resign",
    )
    path.write_text(FROM_A_FIT.replace(DESIGN, "points = 7\n"), "utf-8")
    alone = read_study(path).draws
    assert alone is not None and alone.paths == draws.paths[:2] and len(alone) == 7
    assert [row[:2] for row in draws.rows] == list(alone.rows[:5])


@pytest.mark.parametrize(
    ("design", "message"),
    [
        ("points = 201\n", "draws.points: is 201, but the fit has 200 draws; give at least 1"),
        ("", "draws.points: is None, but the fit has 200 draws"),
        ("points = 7\nseed = 1\n", "draws.seed: is not used with `fit` and without `kind`"),
        ('file = "draws.csv"\n', "draws.fit: is not used together with `file`"),
    ],
)
def test_invalid_draws_of_a_fit_are_refused(design: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(FROM_A_FIT.replace(DESIGN, design), "utf-8")
    with pytest.raises(InputError) as error:
        read_study(path)
    assert message in str(error.value) and "study.toml" in str(error.value)


def test_a_changed_scenario_loses_the_description_of_its_base(tmp_path: Path) -> None:
    """The description may be wrong after the change. A scenario without changes keeps it."""
    path = tmp_path / "study.toml"
    path.write_text(WHOLE, "utf-8")
    scenarios = read_study(path).scenarios
    assert scenarios["as it was"].about == load_scenario("hamlet").about != ""
    assert scenarios["none"].about == ""
