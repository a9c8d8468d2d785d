"""What a results folder holds, for readers of its files: a page of text, and every column of every table in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nhstransit.england import status_of
from nhstransit.phrases import date
from nhstransit.run import Run

README = "README.txt"
COLUMNS = "columns.csv"
FILES = {  # what each file holds; those of the run itself come last
    "story.txt": "the story of the run in words and tables, beginning with what its numbers rest on",
    "people.csv": "everyone who was ever in the run, one row per person",
    "posts.csv": "every post, one row per post",
    "log.csv": "every event in order, one row per event",
    "schemes.csv": "what each policy did, one row per policy",
    "routes.csv": "how people left, one row per route",
    "accounts.csv": "money by financial year, rule and line",
    "pay-bill.csv": "people in post and their pay at the start and at each 31 March",
    "headcount-by-kind.csv": "people by month and kind of employer",
    "headcount-by-employer.csv": "people by month and employer",
    "published.csv": "published figures beside the run's own",
    "scope-bridge.csv": "from the people in scope to the people transferred, published and in the run",
    "headcount.png": "a figure: people in post over time",
    "destinations.png": "a figure: where the opening staff went",
    COLUMNS: "what each column of each table means, with its unit",
    "run.json": "the run itself, for nhstransit.load_run",
    "run.npz": "the arrays of the run, for nhstransit.load_run",
    "manifest.json": "the names of these files with their SHA-256, so that a change can be found",
}
_FLOWS = {
    "month": ("the last day of the month", "date"),
    "financial_year": ("the year from 1 April to 31 March", ""),
    "opening": ("people in post when the month begins", "people"),
    "arrivals": ("people who came from outside", "people"),
    "transfers_in": ("people who came from another group of this table", "people"),
    "transfers_out": ("people who went to another group of this table", "people"),
    "departures": ("people who left", "people"),
    "closing": (
        "people in post when the month ends: opening, plus arrivals and transfers in, less leavers and transfers out",
        "people",
    ),
}
_RULE = ("the policy or the rule of the library that made the event: its name in the scenario", "")
_STEP = "people {} by the policy"
GUIDE: dict[str, dict[str, tuple[str, str]]] = {  # of each table: what each column means, and its unit
    "people.csv": {
        "staff": ("identity of the person in this run", ""),
        "employer": ("employer on entering", ""),
        "function": ("what the person works on, on entering", ""),
        "opening_post": ("post held on the first day, as posts.csv numbers it; -1: none", ""),
        "closing_post": ("post held on the last day; -1: none", ""),
        "entry_pay_pounds": ("basic pay of a full year on entering, for the whole-time equivalent of 1", "£ a year"),
        "wte": ("whole-time equivalent", "WTE"),
        "band": ("pay band on entering", ""),
        "age_group": ("age on entering", "years"),
        "service_group": ("reckonable service on entering", "years"),
        "route": ("how the person last left; empty: has not left, or is back in post", ""),
        "left_on": ("the day of it", "date"),
    },
    "posts.csv": {
        "post": ("number of the post in this run", ""),
        "employer": ("the employer that has it", ""),
        "function": ("what its holder works on", ""),
        "band": ("its pay band", ""),
        "ordinal": ("its number among the posts of the same employer, function and band", ""),
        "opens_day": ("the day on which it opens, counted from 0, the first day of the run", "days"),
    },
    "log.csv": {
        "date": ("the day of the event", "date"),
        "phase": ("the part of the day, in the order in which things happen on it", ""),
        "event": ("what happened", ""),
        "rule": _RULE,
        "staff": ("identity of the person it happened to; empty: nobody", ""),
        "from_post": ("post left", ""),
        "to_post": ("post taken", ""),
        "last_day": ("the day until which something holds", "date"),
        "before": ("what held before the event, of events that change it", ""),
        "after": ("what holds after it", ""),
        "body": ("the employer concerned", ""),
        "fund": ("the fund concerned", ""),
        "pounds": ("money, to the penny", "£"),
    },
    "schemes.csv": {
        "policy": ("name of the policy in the scenario", ""),
        "title": ("the policy in words", ""),
        "applied": (_STEP.format("who applied for what was offered"), "people"),
        "approved": (_STEP.format("approved"), "people"),
        "refused": (_STEP.format("refused"), "people"),
        "withdrew": ("people who withdrew after they were approved", "people"),
        "retained": (_STEP.format("given terms for staying"), "people"),
        "appointed": (_STEP.format("appointed to a post"), "people"),
        "moved": (_STEP.format("moved to another employer or post"), "people"),
        "left": ("people who left by the policy", "people"),
        "arrived": (_STEP.format("brought in from outside"), "people"),
        "back_elsewhere": ("people who left by it and returned to the NHS outside these employers", "people"),
        "interims": ("covers of vacant posts by interims", "covers"),
        "posts_removed": ("posts removed for good", "posts"),
        "severance": ("severance paid, to the penny", "£"),
        "in_lieu": ("pay in lieu of notice, to the penny", "£"),
        "pension": ("capital paid for pensions taken early, to the penny", "£"),
        "bought_out": ("guarantees bought out, to the penny", "£"),
        "interim_pay": ("paid for interims, to the penny", "£"),
        "development": ("paid for training, to the penny", "£"),
        "paid_back": ("severance paid back by returners, to the penny", "£"),
        "saving_a_year": ("pay of removed posts with employers' costs", "£ a year"),
    },
    "routes.csv": {
        "route": ("the rule or policy by which people left", ""),
        "title": ("the same in words", ""),
        "people": ("departures by it", "people"),
        "wte": ("their whole-time equivalents", "WTE"),
    },
    "accounts.csv": {
        "financial_year": _FLOWS["financial_year"],
        "rule": _RULE,
        "title": ("the same in words", ""),
        "line": ("what the money is for", ""),
        "sort": ("paid, received, or saved a year from then on", ""),
        "pounds": ("the sum, to the penny", "£"),
        "events": ("events added up in it", "events"),
    },
    "pay-bill.csv": {
        "date": ("the day", "date"),
        "heads": ("people in post", "people"),
        "wte": ("their whole-time equivalents", "WTE"),
        "basic_pay": ("their basic pay", "£ a year"),
        "full_cost": ("the same with employers' National Insurance and pension contributions", "£ a year"),
    },
    "headcount-by-kind.csv": _FLOWS | {"kind": ("kind of employer", ""), "kind_in_words": ("the same in words", "")},
    "headcount-by-employer.csv": _FLOWS | {"employer": ("the employer", "")},
    "published.csv": {
        "figure": ("name of the published figure", ""),
        "what": ("the figure in words", ""),
        "published": ("its published value", "in the unit of the row"),
        "unit": ("the unit of the figures of this row", ""),
        "source": ("who published it, and where", ""),
        "quality": ("grade of the source", ""),
        "use": ("whether it was fitted to, held out, or only checks another", ""),
        "simulated": ("the run's own value", "in the unit of the row"),
        "difference": ("simulated less published", "in the unit of the row"),
        "relative": ("the difference as a share of the published value", "share"),
        "tolerance": ("what rounding or sampling alone allows", "in the unit of the row"),
        "over_draws": ("mean over further samples of employers from the run", "in the unit of the row"),
        "sampling": ("standard deviation over these samples", "in the unit of the row"),
        "why": ("why the two cannot be compared, if they cannot", ""),
    },
    "scope-bridge.csv": {
        "line": ("the line of the bridge", ""),
        "low": ("lowest published or implied value", "people"),
        "high": ("highest published or implied value", "people"),
        "run": ("the run's own value", "people"),
        "outside": ("people of the run outside the published base", "people"),
    },
}


def column_guide(written: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The meaning and the unit of every column of the tables written, as a table of four columns.

    Args:
        written: the names of the columns of each table, by the name of its file.
    """
    rows = [(file, name, *GUIDE[file][name]) for file, names in written.items() for name in names]
    return {title: [row[at] for row in rows] for at, title in enumerate(("file", "column", "meaning", "unit"))}


def readme(run: Run, names: Iterable[str]) -> str:
    """The page that a reader of the folder opens first: what the run is, what it rests on, and what each file holds.

    Args:
        run: the run.
        names: the files of the folder.
    """
    scenario = run.scenario
    files = [f"{name:26} {FILES[name]}" for name in FILES if name in set(names)]
    return "\n".join(
        [
            scenario.title or scenario.name,
            "",
            *([scenario.about, ""] if scenario.about else []),
            status_of(scenario).banner,
            "",
            f"A run of the scenario {scenario.name}, seed {run.seed}, from {date(scenario.start)} to {date(scenario.end)},",
            f"made with nhstransit {run.provenance.library}. Another seed gives other numbers.",
            "",
            "Files",
            "",
            *files,
            "",
            "Sums of money are in pounds: to the penny in the tables, rounded in the story. Tables are CSV in UTF-8, marked",
            f"so that Excel reads accents; an empty cell means that nothing applies. {COLUMNS} explains every column.",
            "",
        ]
    )
