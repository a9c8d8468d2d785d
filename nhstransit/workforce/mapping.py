"""The meanings of an extract's headings and words: recognised by rules, written to a file, corrected by the user."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping

import attrs

from nhstransit.errors import StaffError, nearest
from nhstransit.fields import Parent, amount, number, one_of
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, SECTIONS

LEAVE_OUT = "leave out"
KEEP = "keep"
UNKNOWN = "unknown"
NOT_STATED = "not-stated"  # the function of people for whom the extract gives none
BY_SERVICE = "by service"
ORDERS = ("dmy", "mdy", "ymd")
REASONS = ("other", "retired", "resigned")  # of natural departures


def _names(text: str) -> tuple[str, ...]:
    """The names in a text, which are separated by bars."""
    return tuple(text.split("|"))


# The role of each column of an extract, and the headings that identify it, most reliable first.
ROLES: dict[str, tuple[str, ...]] = {
    "staff": _names(
        "employee number|employee no|emp number|emp no|empno|staff number|staff no|staff id|employee id|person number|"
        "personnel number|payroll number|payroll no|esr number|esr id|person id|unique id|uid|pseudonym|staff|employee"
    ),
    "assignment": _names("assignment number|assignment no|asg number|asg no|assignment id|assignment"),
    "employer": _names(
        "employer|employer name|employing organisation|employing authority|organisation name|organisation|trust name|trust|"
        "legal entity|statutory entity|vpd name"
    ),
    "function": _names(
        "function|directorate|department|division|business unit|service area|cost centre name|cost centre"
    ),
    "grade": _names(
        "grade|grade name|pay grade|pay band|afc band|band|grade description|pay scale description|pay scale|payscale"
    ),
    "point": _names(
        "spine point|spinepoint|spinal point|pay spine point|scp|pay point|pay step|step point|grade step|increment point|"
        "point|step"
    ),
    "wte": _names(
        "fte|wte|contracted fte|contracted wte|assignment fte|full time equivalent|whole time equivalent|fte contracted|"
        "wte contracted"
    ),
    "hours": _names("contracted hours|contract hours|weekly hours|hours per week|assignment hours|hours"),
    "sessions": _names("contracted sessions|sessions|programmed activities|contracted pas|pas"),
    "born": _names("date of birth|dob|birth date|birthdate|born"),
    "age": _names("age|age in years|age years|age band|age group"),
    "started": _names(
        "latest start date|latest hire date|hire date|date started|start date|employment start date|"
        "date of appointment|organisation start date"
    ),
    "in_grade": _names("start date in grade|grade start date|date in grade|step date"),
    "service_from": _names(
        "nhs csd date|csd 12mth|csd 12 mth|csd 12 month|nhs csd|csd date|csd|nhs continuous service date|"
        "continuous service date|continuous nhs service|reckonable service date|nhs service date|service date|service from|"
        "csd 3mth|csd 3 mth|csd 3 month|nhs entry date"
    ),
    "sex": _names("gender|sex|legal sex"),
    "contract": _names("assignment category|contract type|employment type|appointment type|contract"),
    "contract_ends": _names(
        "fixed term temp end date|fixed term end date|fixed term temporary end date|contract end date|contract ends|"
        "contract end|projected end date|assignment end date|end date"
    ),
    "status": _names("assignment status|assignment status type|employment status|status"),
    "staff_group": _names("staff group|staff group description|staff category"),
    "clinician": _names("clinician|is clinician"),
    "title": _names("position title|job title|position name|position|job role|role"),
    "section": _names("pension scheme|pension section|pension membership|nhs pension|pension status|pension|section"),
    "pay": _names(
        "pay pounds|full time salary|full time annual salary|fte salary|wte salary|salary fte|whole time salary|"
        "annual salary|annual basic salary|annual basic pay|basic salary|basic pay|annual pay|salary|"
        "actual salary|actual annual salary|pro rata salary"
    ),
    "critical": _names("business critical|critical"),
    "skill": ("skill",),
    "outside": ("outside",),
    "attitude": ("attitude",),
}
NEEDED = {
    "staff": "Employee Number",
    "grade": "Grade",
    "wte|hours|sessions": "FTE",
    "born|age": "Date of Birth",
    "service_from|started": "NHS CSD Date",
}
_ALIASES = {alias: (role, rank) for role, names in ROLES.items() for rank, alias in enumerate(names)}
_IDLE = re.compile(
    r"\b(dd|mm|mon|yyyy|yy|gbp|p a|pa|per annum|as at .*)\b"
)  # words in a heading that describe the column's form, not its content
_SALARY = re.compile(r"\b(salary|basic pay|annual pay)\b")
_NO_SALARY = re.compile(
    r"\b(month\w*|hour\w*|week\w*|grade|band|scale|min\w*|max\w*|date|increment\w*|code|point|step)\b"
)
_LEVEL = re.compile(r"^org(?:anisation)? ?(?:l|level) ?(\d)$")


@attrs.frozen(kw_only=True)
class Grade:
    """The meaning of one grade of the payroll.

    Attributes:
        band: a band of Agenda for Change, or VSM; "" for a local or medical grade, whose band is found from its pay.
        pay_pounds: whole-time basic pay per year of everyone in the grade; 0 if it depends on the point or on each
            row's own pay.
        leave_out: whether people in the grade are left out of the staff list.
    """

    band: str = one_of(("", *BANDS), "")
    pay_pounds: float = amount(0.0, parent=Parent(unit="pounds a year, whole time", source="the user's own"))
    leave_out: bool = False


@attrs.frozen(kw_only=True)
class StaffMapping:
    """The meanings of headings and words of one employer's extracts. Any that it does not contain are recognised by
    rule.

    Attributes:
        on: the day on which the extract is correct; the scenario starts on it.
        employer: name of the employer, if no column gives it.
        pay: whether the pay column is "whole-time" or "actual" (at each person's hours).
        points: whether numbers of the point column are "spine" points or "within-band".
        whole_time_hours, whole_time_sessions: contracted hours or sessions of one whole-time equivalent.
        columns: heading for each role; "" if the role has no column to be used.
        dates: for each heading, the order in which days are written: dmy, mdy or ymd.
        employers, functions: for each word in the file, the name used here.
        kinds: for each employer's name here, its kind.
        grades: for each word, the grade.
        contracts: for each word, permanent, fixed-term or leave out.
        statuses: for each word, keep or leave out.
        sexes: for each word, female, male or unknown.
        clinicians: for each staff group, yes or no.
        sections: for each word, 1995, 2008, 2015, none or "by service".
        reasons: for each word in a list of leavers, resigned, retired, other or leave out.
    """

    on: dt.date | None = None
    employer: str = ""
    pay: str = one_of(("", "whole-time", "actual"), "")
    points: str = one_of(("", "spine", "within-band"), "")
    whole_time_hours: float = number(
        37.5,
        low=1.0,
        high=60.0,
        parent=Parent(unit="hours a week", source="Agenda for Change, section 10", quality="recalled"),
    )
    whole_time_sessions: float = number(
        10.0,
        low=1.0,
        high=20.0,
        parent=Parent(unit="sessions a week", source="consultant contract, 2003", quality="recalled"),
    )
    columns: Named[str] = attrs.field(factory=Named)
    dates: Named[str] = attrs.field(factory=Named)
    employers: Named[str] = attrs.field(factory=Named)
    kinds: Named[str] = attrs.field(factory=Named)
    functions: Named[str] = attrs.field(factory=Named)
    grades: Named[Grade] = attrs.field(factory=Named)
    contracts: Named[str] = attrs.field(factory=Named)
    statuses: Named[str] = attrs.field(factory=Named)
    sexes: Named[str] = attrs.field(factory=Named)
    clinicians: Named[str] = attrs.field(factory=Named)
    sections: Named[str] = attrs.field(factory=Named)
    reasons: Named[str] = attrs.field(factory=Named)

    def __attrs_post_init__(self) -> None:
        for role in self.columns:
            # A misspelled role or meaning would otherwise be ignored.
            if role not in ROLES:
                raise StaffError(f"mapping: columns.{role}", "is not a column of a staff record", nearest(role, ROLES))
        for name, allowed in (
            ("dates", ORDERS),
            ("contracts", ("permanent", "fixed-term", LEAVE_OUT)),
            ("statuses", (KEEP, LEAVE_OUT)),
            ("sexes", ("female", "male", UNKNOWN)),
            ("clinicians", ("yes", "no")),
            ("sections", (*SECTIONS, BY_SERVICE)),
            ("reasons", (*REASONS, LEAVE_OUT)),
        ):
            for word, meaning in getattr(self, name).items():
                if meaning not in allowed:
                    raise StaffError(f"mapping: {name}.{word}", f"is {meaning!r}", f"write one of {', '.join(allowed)}")


def known_heading(text: str) -> bool:
    """Whether a text is a heading of a staff record."""
    plain = normal(text)
    return _role_of(plain) is not None or bool(_LEVEL.match(plain))


def _role_of(plain: str) -> tuple[str, int] | None:
    """The role of a heading in lower case, and its position among the role's headings. None for an unknown heading."""
    if plain in _ALIASES:
        return _ALIASES[plain]
    # Without words that describe the form, such as "(DD/MM/YYYY)".
    shorter = " ".join(_IDLE.sub(" ", plain).split())
    if shorter in _ALIASES:
        return _ALIASES[shorter]
    # Any other heading with a salary is the least reliable one, unless it is a monthly salary or a limit of a scale.
    if _SALARY.search(shorter) and not _NO_SALARY.search(shorter):
        return "pay", len(ROLES["pay"])
    return None


def normal(text: str) -> str:
    """A heading or word in lower case, without accents, and with a single space instead of other signs."""
    bare = text.lower()
    if not bare.isascii():  # most cells are ASCII, and so have no accents to remove
        # Decomposed, an accented letter is a plain letter and a combining accent.
        letters = unicodedata.normalize("NFD", bare)
        bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def said(word: str) -> bool:
    """Whether these rules can read a word. They can read an empty cell, but not a word that consists only of signs."""
    return not word.strip() or bool(normal(word))


def recognised(headings: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """The heading of each role: the `given` one, or else the most reliable known heading. Of organisation levels, the
    highest is the employer.

    Raises StaffError for a given heading that the file does not have.
    """
    names = list(headings)
    for role, heading in given.items():
        if heading and heading not in names:
            raise StaffError(
                f"mapping: columns.{role}",
                f"is {heading!r}, which is not a heading of the file",
                nearest(heading, names),
            )
    spoken_for = set(given.values())
    found: dict[str, tuple[int, str]] = {}
    levels: list[tuple[int, str]] = []
    for heading in names:
        plain = normal(heading)
        level = _LEVEL.match(plain)
        # A heading that the user gave to a role has no other role.
        if heading in spoken_for:
            continue
        if level:
            levels.append((int(level[1]), heading))
        known = _role_of(plain)
        if known is None:
            continue
        role, rank = known
        # A lower rank is more reliable. A role that the user gave is not recognised again.
        if role not in given and (role not in found or rank < found[role][0]):
            found[role] = (rank, heading)
    roles = {role: heading for role, (_, heading) in found.items()}
    # An empty heading in the mapping means that the role has no column.
    roles |= {role: heading for role, heading in given.items() if heading}
    # Levels of the organisation are used for what no other heading gives: the highest for the employer, the next for the
    # function.
    levels.sort()
    for role in ("employer", "function"):
        if role not in roles and role not in given and levels:
            roles[role] = levels.pop(0)[1]
    # In the order of ROLES, so that the same headings in another order give the same mapping.
    return {role: roles[role] for role in ROLES if role in roles}


def missing(roles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Roles that a staff record needs but these headings lack, each with an example of a heading."""
    # A role such as "wte|hours|sessions" needs only one of its columns.
    lacking = []
    for either, example in NEEDED.items():
        if not any(role in roles for role in either.split("|")):
            lacking.append((either, example))
    return lacking


# Words of categories. Each function gives the meaning, or None for an unknown word.


def contract_of(word: str) -> tuple[str, str] | None:
    """Kind of contract, and the reason if the row is left out."""
    plain = normal(word)
    # First the reasons for leaving a row out: "bank, fixed term" is bank work.
    for pattern, reason in (
        (r"bank|zero hours?|as and when|casual|relief|sessional only", "bank or zero-hours work: no contracted post"),
        (r"honorary", "an honorary contract: no pay from this employer"),
        (r"non ?exec|chair(man|woman|person)?\b|lay member|appointee", "an office holder, not an employee"),
        (r"agency|contractor|off payroll|self employed|volunteer", "not on the payroll"),
    ):
        if re.search(pattern, plain):
            return LEAVE_OUT, reason
    if re.search(r"non ?perm|fixed|temp|apprentic|trainee|training|locum|secondee|maternity cover", plain):
        return "fixed-term", ""
    if re.search(r"\bperm|substantive|indefinite|open ended|established|^regular", plain):
        return "permanent", ""
    return None


def status_of(word: str) -> tuple[str, str] | None:
    """Whether a person with this status is in post, and the reason if not."""
    plain = normal(word)
    # First the reasons for leaving a row out: "inactive" also contains "activ".
    for pattern, reason in (
        (
            r"career break|sabbatical",
            "on a career break: unpaid and out of post; rights to return are not modelled",
        ),
        (r"unpaid", "unpaid and out of post"),
        (r"terminat|^left|leaver|ended|retired|deceased|resigned", "no longer employed"),
        (r"inactive", "inactive: no work and no pay"),
        (r"suspended no pay|no pay", "without pay"),
    ):
        if re.search(pattern, plain):
            return LEAVE_OUT, reason
    if re.search(
        r"activ|acting|matern|adopt|patern|parental|paid|second|suspend|sick|in post|current|employed|assigned", plain
    ):
        return KEEP, ""
    return None


def sex_of(word: str) -> str | None:
    """Female, male, or unknown if the word is neither or is not stated."""
    plain = normal(word)
    if plain in ("f", "female", "woman", "fem"):
        return "female"
    if plain in ("m", "male", "man"):
        return "male"
    if re.fullmatch(
        r"|u|x|o|n|z|other|non binary|(gender |sex )?(unknown|undisclosed|indeterminate)|n a|prefer not to (say|disclose)|"
        r".*not (stated|known|specified|disclosed|given|recorded|wish.*)|.*unspecified|.*do not wish.*",
        plain,
    ):
        return UNKNOWN
    return None


def clinician_of(word: str) -> bool:
    """Whether a staff group consists of clinicians."""
    plain = normal(word)
    return bool(
        re.search(
            r"medical|dental|nurs|midwif|allied health|\bahp|scientist|pharmac|prof scientific|professional scientific|"
            r"doctor|therap|paramedic|clinician|health visitor",
            plain,
        )
    )


def section_of(word: str) -> str | None:
    """Section of the pension scheme, "none", or "by service" for a member whose section is not given."""
    plain = normal(word)
    sections: list[str] = re.findall(r"1995|2008|2015", plain)
    # Words that deny membership come first, because they contain the words of membership.
    if re.search(
        r"\bopted out|^no$|^none$|^n$|not? (in|a|enrolled|pensionable|member|pension)|non (member|pension)|ineligible|^$",
        plain,
    ):
        return "none"
    # Two different years do not show the section.
    if len(set(sections)) == 1:
        return str(sections[0])
    if sections or re.search(
        r"^nhs( ?ps| ?bsa)?$|nhs.*(pension|scheme|super)|^y$|^yes$|member|enrolled|pensionable|^active", plain
    ):
        return BY_SERVICE
    # Other pension schemes give no benefits here.
    if re.search(
        r"nest|lgps|local government|teacher|superannuation|uss|stakeholder|private|civil service|other", plain
    ):
        return "none"
    return None


def yes_of(word: str) -> bool | None:
    """Yes or no; an empty cell is no."""
    plain = normal(word)
    if plain in ("yes", "y", "true", "1"):
        return True
    return False if plain in ("", "no", "n", "false", "0") else None


def plain_name(word: str) -> str:
    """The name of an employer without the staff record system's number: "999 Oakdale PCT" becomes Oakdale PCT."""
    name = re.sub(r"^\d{2,4}\s+(?=\D)", "", word.strip())
    name = re.sub(r"\s+(L\d|Org L\d)$", "", name)
    return name.lstrip("=+-@' \t").strip() or "not stated"  # with these signs, a spreadsheet reads a formula


def function_name(word: str) -> str:
    """A function's name here: in lower case, joined by hyphens, without the staff record system's numbers and levels."""
    return "-".join(normal(plain_name(word)).split()) or NOT_STATED


_KINDS = (
    (r"\bpct\b|primary care trust", "pct"),
    (r"\bsha\b|strategic health authority", "sha"),
    (r"\bicb\b|integrated care board", "icb"),
    (r"\bccg\b|clinical commissioning group", "ccg"),
    (r"\bcsu\b|commissioning support", "csu"),
    (r"nhs england", "nhs-england"),
    (r"public health england|\bphe\b", "phe"),
    (r"health education england|\bhee\b", "hee"),
    (r"property services", "property"),
    (r"department of health|\bdhsc\b", "dh"),
    (r"council|borough|local authority|unitary", "council"),
    (r"mental health|partnership .*trust", "mental-health-trust"),
    (r"community .*(trust|health|provider)", "community-provider"),
    (r"(foundation|nhs|hospitals?|university|acute) .*trust|hospital|infirmary", "acute-trust"),
    (r"\bcic\b|community interest|social enterprise", "social-enterprise"),
    (r"authority|agency|commission|institute|resolution|blood and transplant|arm s length", "alb"),
)


def kind_of(name: str) -> str:
    """The kind of an employer, recognised from its name; "" if the name does not show it."""
    # The first pattern that fits decides, so the more specific ones are listed first.
    plain = normal(name)
    return next((kind for pattern, kind in _KINDS if re.search(pattern, plain)), "")
