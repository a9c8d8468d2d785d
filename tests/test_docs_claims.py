"""What the documentation says of what is built and what is fitted is so."""

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
HOUSE = ROOT / "nhstransit"
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
NOT_YET = re.compile(  # words by which a page says that something is not there
    r"(?:not built|none|nothing[^.|]{0,40}?|no \w+[^.|]{0,40}?) yet\b|no room yet"
    r"|nothing (?:here )?(?:is|was|has been) fitted|no parameter (?:of [^.]{0,30})?has been fitted",
    re.IGNORECASE,
)


def text_of(page: str) -> str:
    return " ".join((DOCS / page).read_text("utf-8").split())


def _measures_fit_nothing() -> bool:
    """The room of published figures knows nothing of the room that fits."""
    return not any(
        "nhstransit.studies.calibration" in path.read_text("utf-8") for path in (HOUSE / "published").glob("*.py")
    )


TRUE_OF: dict[tuple[str, str], Callable[[], bool]] = {  # page and words: what must hold for the page to say so
    ("docs/architecture.md", "not built yet"): lambda: not (HOUSE / "choice").exists(),
    ("docs/model/choosing-2025.md", "nothing here was fitted"): lambda: (
        not status_of(load_scenario("england-2025")).calibrated
    ),
    ("docs/concepts/published.md", "Nothing is fitted"): _measures_fit_nothing,
    ("docs/concepts/synthesis.md", "Nothing is fitted"): lambda: "staff-transferred" not in bundled_fit().fitted_to,
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_says_of_anything_built_that_it_is_not(page: Path) -> None:
    """Words such as "not built yet" and "nothing has been fitted" stand only where a check says that they are so."""
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
def test_such_words_are_found(words: str) -> None:
    """The words that pages had, when they were no longer so, are among those looked for."""
    assert NOT_YET.search(words)


def test_the_table_of_policies_names_every_one() -> None:
    """Each type has a row with its class, and a heading of its own."""
    text = (DOCS / "concepts" / "policies.md").read_text("utf-8")
    for name, kind in POLICIES.items():
        assert f"| [`{name}`](#{name}) | `{kind.__name__}` | {kind.title} |" in text and f"\n## `{name}`\n" in text


@pytest.mark.parametrize("page", ["model/scope.md", "model/stress.md", "model/odd.md"])
def test_a_page_says_of_the_fit_what_the_fit_says(page: str) -> None:
    """How many numbers were fitted, to how many figures where it says that too."""
    fit = bundled_fit()
    text = text_of(page)
    assert f"{len(fit.setting)} numbers" in text
    for figures in re.findall(r"numbers (?:were )?(?:fitted )?to (\d+)", text):
        assert int(figures) == len(fit.target)


def test_the_page_on_scope_tells_every_kind_of_world() -> None:
    """The kinds are the code's, and so is how many figures are missed."""
    text = text_of("model/scope.md")
    assert all(f"| {kind} | {told} |" in text for kind, told in KINDS.items())
    status = status_of(load_scenario("england-2010"))
    assert f"{status.targets} published figures, of which it still misses {status.missed}" in text


def test_the_files_that_the_odd_names_are_there() -> None:
    """Every module of its table of submodels, and every effect that it says is off by default."""
    text = text_of("model/odd.md")
    named = re.findall(r"`((?:behaviour|engine|kernels|policies|grammar)/[\w/]+\.py)`", text)
    assert len(named) > 25
    assert not [path for path in named if not (HOUSE / path).is_file()]
    assert "`behaviour.departures.contagion`) is off by default" in text and Behaviour().departures.contagion == 0.0


def test_what_is_fitted_of_behaviour_is_said_on_its_page() -> None:
    """Every number of it that was moved, by name."""
    fitted = [path for path in bundled_fit().setting if path.startswith("behaviour.")]
    said = ", ".join(f"`{path}`" for path in fitted)
    assert f"Two are fitted, and only in `england-2010`: {said}." in text_of("concepts/behaviour.md") and fitted


def test_the_mistake_that_the_page_shows_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    """docs/concepts/cli.md quotes what the command says."""
    with pytest.raises(SystemExit):
        main(["run", "hamlt"])
    lines = (DOCS / "concepts" / "cli.md").read_text("utf-8").splitlines()
    quoted = " ".join(line.removeprefix("> ") for line in lines if line.startswith("> "))
    assert quoted == capsys.readouterr().err.strip()
