"""Statements in the documentation about features and about the fit are true."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from nhstransit.behaviour import Behaviour
from nhstransit.cli import main
from nhstransit.england import bundled_fit, status_of
from nhstransit.england.status import KINDS
from nhstransit.policies import POLICIES
from nhstransit.scenario import load_scenario

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "nhstransit"
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
NOT_YET = re.compile(  # words with which a page says that something does not exist
    r"(?:not built|none|nothing[^.|]{0,40}?|no \w+[^.|]{0,40}?) yet\b|no room yet"
    r"|nothing (?:here )?(?:is|was|has been) fitted|no parameter (?:of [^.]{0,30})?has been fitted",
    re.IGNORECASE,
)


def text_of(page: str) -> str:
    return " ".join((DOCS / page).read_text("utf-8").split())


def _measures_fit_nothing() -> bool:
    """Whether the package of published figures does not import the package that fits."""
    return not any(
        "nhstransit.studies.calibration" in path.read_text("utf-8") for path in (PACKAGE / "published").glob("*.py")
    )


TRUE_OF: dict[tuple[str, str], Callable[[], bool]] = {  # page and words: the condition under which the page may say so
    ("docs/architecture.md", "not built yet"): lambda: not (PACKAGE / "choice").exists(),
    ("docs/model/choosing-2025.md", "nothing here was fitted"): lambda: (
        not status_of(load_scenario("england-2025")).calibrated
    ),
    ("docs/concepts/published.md", "Nothing is fitted"): _measures_fit_nothing,
    ("docs/concepts/synthesis.md", "Nothing is fitted"): lambda: "staff-transferred" not in bundled_fit().fitted_to,
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_says_that_an_existing_feature_does_not_exist(page: Path) -> None:
    """Words such as "not built yet" and "nothing has been fitted" need a check in `TRUE_OF`."""
    name = str(page.relative_to(ROOT))
    for found in NOT_YET.findall(" ".join(page.read_text("utf-8").split())):
        assert (name, found) in TRUE_OF, f"{name} says {found!r}"
        assert TRUE_OF[name, found](), found


@pytest.mark.parametrize(
    "words",
    [
        "Nothing has been fitted to them yet.",
        "Designed sweeps with intervals are not built yet",
        "none yet: uncalibrated",
        "have their floor in the house and no room yet",
        "no parameter has been fitted to what happened",
        "No contagion between colleagues yet.",
    ],
)
def test_the_search_finds_such_words(words: str) -> None:
    """These are words from earlier pages, which were no longer true."""
    assert NOT_YET.search(words)


def test_the_table_of_policies_is_complete() -> None:
    """Each type has a row with its class, and a heading."""
    text = (DOCS / "concepts" / "policies.md").read_text("utf-8")
    for name, kind in POLICIES.items():
        assert f"| [`{name}`](#{name}) | `{kind.__name__}` | {kind.title} |" in text and f"\n## `{name}`\n" in text


@pytest.mark.parametrize("page", ["model/scope.md", "model/stress.md", "model/odd.md"])
def test_a_page_states_the_size_of_the_fit(page: str) -> None:
    """The number of fitted numbers and, if the page has it, the number of figures are those of the fit."""
    fit = bundled_fit()
    text = text_of(page)
    assert f"{len(fit.setting)} numbers" in text
    for figures in re.findall(r"numbers (?:were )?(?:fitted )?to (\d+)", text):
        assert int(figures) == len(fit.target)


def test_the_page_on_scope_lists_every_kind_of_scenario() -> None:
    """The kinds and the number of missed figures are those of the code."""
    text = text_of("model/scope.md")
    assert all(f"| {kind} | {description} |" in text for kind, description in KINDS.items())
    status = status_of(load_scenario("england-2010"))
    assert f"{status.targets} published figures, of which it still misses {status.missed}" in text


def test_the_files_named_in_the_odd_protocol_exist() -> None:
    """This covers every module of its table of submodels. The effect that it says is off by default is off."""
    text = text_of("model/odd.md")
    named = re.findall(r"`((?:behaviour|engine|kernels|policies|grammar)/[\w/]+\.py)`", text)
    assert len(named) > 25
    assert not [path for path in named if not (PACKAGE / path).is_file()]
    assert "`behaviour.departures.contagion`) is off by default" in text and Behaviour().departures.contagion == 0.0


def test_the_page_on_behaviour_lists_its_fitted_numbers() -> None:
    fitted = [path for path in bundled_fit().setting if path.startswith("behaviour.")]
    paths = ", ".join(f"`{path}`" for path in fitted)
    assert f"Two are fitted, and only in `england-2010`: {paths}." in text_of("concepts/behaviour.md") and fitted


def test_the_error_message_quoted_on_a_page_is_the_real_one(capsys: pytest.CaptureFixture[str]) -> None:
    """docs/concepts/cli.md quotes a message of the command."""
    with pytest.raises(SystemExit):
        main(["run", "hamlt"])
    lines = (DOCS / "concepts" / "cli.md").read_text("utf-8").splitlines()
    quoted = " ".join(line.removeprefix("> ") for line in lines if line.startswith("> "))
    assert quoted == capsys.readouterr().err.strip()
