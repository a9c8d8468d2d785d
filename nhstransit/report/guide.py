"""The contents of a results folder, for readers of its files: a page of text, and the meaning of every column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nhstransit.england import status_of
from nhstransit.phrases import date
from nhstransit.run import Run

README = "README.txt"
COLUMNS = "columns.csv"
FILES = {  # the contents of each file; the files of the run itself come last
    "story.txt": "the story of the run in words and tables, beginning with the basis of its numbers",
    "people.csv": "everyone who was ever in the run, one row per person",
    "posts.csv": "every post, one row per post",
    "log.csv": "every event in order, one row per event",
    "schemes.csv": "people, posts and money of each policy, one row per policy",
    "routes.csv": "how people left, one row per route",
    "accounts.csv": "money by financial year, policy or other rule, and line",
    "pay-bill.csv": "people in post and their pay at the start and at each 31 March",
    "headcount-by-kind.csv": "people by month and kind of employer",
    "headcount-by-employer.csv": "people by month and employer",
    "published.csv": "published figures and the run's own figures side by side",
    "scope-bridge.csv": "from the people in scope to the people transferred, published and in the run",
    "headcount.png": "a figure: people in post over time",
    "destinations.png": "a figure: where the opening staff went",
    COLUMNS: "the meaning and the unit of each column of each table",
    "run.json": "the run itself, for nhstransit.load_run",
    "run.npz": "the arrays of the run, for nhstransit.load_run",
    "manifest.json": "the names of these files with their SHA-256 digests, so that a changed file can be detected",
}
_FLOWS = {
    "month": ("the last day of the month", "date"),
    "financial_year": ("the year from 1 April to 31 March", ""),
    "opening": ("people in post at the start of the month", "people"),
    "arrivals": ("people who came from outside", "people"),
    "transfers_in": ("people who moved from another group in this table", "people"),
    "transfers_out": ("people who moved to another group in this table", "people"),
    "departures": ("people who left", "people"),
    "closing": (
        "people in post at the end of the month: opening, plus arrivals and transfers in, less departures and transfers out",
        "people",
    ),
}
_RULE = ("name of the policy or other rule that caused the event, as in the scenario", "")
_STEP = "people {} under the policy"
GUIDE: dict[str, dict[str, tuple[str, str]]] = {  # for each table: the meaning and the unit of each column
    "people.csv": {
        "staff": ("staff number of the person in this run", ""),
        "employer": ("employer when the person entered the run", ""),
        "function": ("function when the person entered the run", ""),
        "opening_post": ("number of the post held on the first day, as in posts.csv; -1: none", ""),
        "closing_post": ("number of the post held on the last day; -1: none", ""),
        "entry_pay_pounds": ("full-time basic pay when the person entered the run", "£ a year"),
        "wte": ("whole-time equivalent", "WTE"),
        "band": ("pay band when the person entered the run", ""),
        "age_group": ("age when the person entered the run", "years"),
        "service_group": ("reckonable service when the person entered the run", "years"),
        "route": ("how the person last left; empty: has not left, or is back in post", ""),
        "left_on": ("the day on which the person last left; empty as in route", "date"),
    },
    "posts.csv": {
        "post": ("number of the post in this run", ""),
        "employer": ("the employer of the post", ""),
        "function": ("the function of the post", ""),
        "band": ("the pay band of the post", ""),
        "ordinal": ("number of the post among those of the same employer, function and band", ""),
        "opens_day": ("the day on which the post opens; 0 is the first day of the run", "days"),
    },
    "log.csv": {
        "date": ("the day of the event", "date"),
        "phase": ("part of the day; the parts of a day follow a fixed order", ""),
        "event": ("what happened", ""),
        "rule": _RULE,
        "staff": ("staff number of the person concerned; empty if nobody is", ""),
        "from_post": ("the post that the person left", ""),
        "to_post": ("the post that the person moved to", ""),
        "last_day": (
            "the last day that the event sets, such as a leaver's last day of work or the end of a guarantee",
            "date",
        ),
        "before": ("for events that change a value: the value before the event", ""),
        "after": ("for events that change a value: the value after the event", ""),
        "body": ("the employer concerned", ""),
        "fund": ("the fund concerned", ""),
        "pounds": ("money, to the penny", "£"),
    },
    "schemes.csv": {
        "policy": ("name of the policy in the scenario", ""),
        "title": ("the policy in words", ""),
        "applied": (_STEP.format("who applied"), "people"),
        "approved": (_STEP.format("approved"), "people"),
        "refused": (_STEP.format("refused"), "people"),
        "withdrew": ("people who withdrew after they were approved", "people"),
        "retained": (_STEP.format("given retention terms"), "people"),
        "appointed": (_STEP.format("appointed to a post"), "people"),
        "moved": (_STEP.format("moved to another employer or post"), "people"),
        "left": (_STEP.format("who left"), "people"),
        "arrived": (_STEP.format("appointed from outside"), "people"),
        "back_elsewhere": (
            "people who left under the policy and returned to the NHS outside these employers",
            "people",
        ),
        "interims": ("periods in which an interim covered a vacant post", "periods"),
        "posts_removed": ("posts removed for good", "posts"),
        "severance": ("severance paid, to the penny", "£"),
        "in_lieu": ("pay in lieu of notice, to the penny", "£"),
        "pension": ("capital paid for pensions taken early, to the penny", "£"),
        "bought_out": ("payments instead of guarantees of a job that could not be kept, to the penny", "£"),
        "interim_pay": ("paid for interims, to the penny", "£"),
        "development": ("paid for training, to the penny", "£"),
        "paid_back": ("severance paid back by returners, to the penny", "£"),
        "saving_a_year": ("pay of removed posts, with employers' costs", "£ a year"),
    },
    "routes.csv": {
        "route": ("name of the policy or other rule under which people left", ""),
        "title": ("the policy or rule in words", ""),
        "people": ("departures", "departures"),
        "wte": ("whole-time equivalents of the leavers", "WTE"),
    },
    "accounts.csv": {
        "financial_year": _FLOWS["financial_year"],
        "rule": _RULE,
        "title": ("the policy or rule in words", ""),
        "line": ("what the money is for", ""),
        "sort": ("paid, received, or saved a year from then on", ""),
        "pounds": ("the sum, to the penny", "£"),
        "events": ("number of events in the sum", "events"),
    },
    "pay-bill.csv": {
        "date": ("the day to which the row applies", "date"),
        "heads": ("people in post", "people"),
        "wte": ("whole-time equivalents of the people in post", "WTE"),
        "basic_pay": ("yearly basic pay of the people in post", "£ a year"),
        "full_cost": (
            "yearly pay of the people in post, with employers' National Insurance and pension contributions",
            "£ a year",
        ),
    },
    "headcount-by-kind.csv": _FLOWS
    | {"kind": ("kind of employer, as a code", ""), "kind_in_words": ("kind of employer, in words", "")},
    "headcount-by-employer.csv": _FLOWS | {"employer": ("the employer", "")},
    "published.csv": {
        "figure": ("name of the published figure", ""),
        "what": ("the figure in words", ""),
        "published": ("its published value", "in the unit of the row"),
        "unit": ("the unit of the figures of this row", ""),
        "source": ("who published it, and where", ""),
        "quality": ("grade of the source", ""),
        "use": ("role of the figure: fitted, held out, or only a check of another figure", ""),
        "simulated": ("the run's own value", "in the unit of the row"),
        "difference": ("simulated less published", "in the unit of the row"),
        "relative": ("the difference as a share of the published value", "share"),
        "tolerance": ("the difference that rounding or sampling alone can explain", "in the unit of the row"),
        "over_draws": ("mean over further samples of employers from the run", "in the unit of the row"),
        "sampling": ("standard deviation over these samples", "in the unit of the row"),
        "why": ("why the two values cannot be compared; empty if they can", ""),
    },
    "scope-bridge.csv": {
        "line": ("the line of the bridge", ""),
        "low": ("lowest published or implied value", "people"),
        "high": ("highest published or implied value", "people"),
        "run": ("the run's own value", "people"),
        "outside": ("people in the run who are outside the published base", "people"),
    },
}


def column_guide(written: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The meaning and the unit of every column of some tables, as a table of four columns.

    Args:
        written: the column names of each table, by the name of its file.
    """
    rows = []
    for file, names in written.items():
        rows += [(file, name, *GUIDE[file][name]) for name in names]
    return {title: [row[at] for row in rows] for at, title in enumerate(("file", "column", "meaning", "unit"))}


def readme(run: Run, names: Iterable[str]) -> str:
    """The text of the file to read first: the run, the basis of its numbers, and the contents of each file.

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
            f"made with nhstransit {run.provenance.library}. The numbers differ from seed to seed.",
            "",
            "Files",
            "",
            *files,
            "",
            "Sums of money are in pounds: to the penny in the tables, rounded in the story. Tables are CSV files in UTF-8",
            f"with a byte-order mark for Excel. An empty cell means: not applicable. {COLUMNS} explains every column.",
            "",
        ]
    )
