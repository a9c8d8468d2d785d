"""Damage to any text: letters changed, lines lost or doubled, values put in the place of others, an end cut off."""

from __future__ import annotations

import re
from random import Random

VALUES = (
    *(
        "",
        "0",
        "-1",
        "1.5",
        "1e400",
        "nan",
        "inf",
        "true",
        '""',
        '"x"',
        "[]",
        "{}",
        "2010-02-30",
        "9999-12-31",
        "2**63",
    ),
    *("9223372036854775808", '"../../etc/passwd"', '"a\\u0000b"', '"\\u001b[31m"', '"=1+1"', "1_0", "0x10", "'''"),
    *('"os:system"', '"builtins:eval"', "[[1], [2]]", "2010-04-01T12:00:00", "1" * 400, '"' + "y" * 5_000 + '"'),
)
LETTERS = "\"'\n\r,[]{}=\\#\0 \t.0é\u202e\x1b"


def mutant(text: str, luck: Random) -> str:
    """The text with one to three kinds of damage."""
    for _ in range(luck.randint(1, 3)):
        lines = text.split("\n")
        at = luck.randrange(len(lines))
        match luck.randrange(7):
            case 0 | 1:  # another value
                head, equals, _ = lines[at].partition("=")
                lines[at] = f"{head}{equals} {luck.choice(VALUES)}" if equals else luck.choice(VALUES)
            case 2:  # another number within the line
                lines[at] = re.sub(r"\d+", luck.choice(("0", "-7", "99999999999", "1e9")), lines[at], count=1)
            case 3:
                del lines[at]
                lines = lines or [""]
            case 4:
                lines.insert(luck.randrange(len(lines)), lines[at])
            case 5:
                place = luck.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:place] + luck.choice(LETTERS) + lines[at][place + luck.randint(0, 2) :]
            case _:
                lines = lines[: at + 1] if luck.random() < 0.2 else lines
        text = "\n".join(lines)
    return text
