"""Random damage to a text: changed letters, removed or repeated lines, other values, or a removed end."""

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


def mutant(text: str, rng: Random) -> str:
    """The text with one to three kinds of damage."""
    for _ in range(rng.randint(1, 3)):
        lines = text.split("\n")
        at = rng.randrange(len(lines))
        match rng.randrange(7):
            case 0 | 1:  # another value
                head, equals, _ = lines[at].partition("=")
                lines[at] = f"{head}{equals} {rng.choice(VALUES)}" if equals else rng.choice(VALUES)
            case 2:  # another number within the line
                lines[at] = re.sub(r"\d+", rng.choice(("0", "-7", "99999999999", "1e9")), lines[at], count=1)
            case 3:
                del lines[at]
                lines = lines or [""]
            case 4:
                lines.insert(rng.randrange(len(lines)), lines[at])
            case 5:
                index = rng.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:index] + rng.choice(LETTERS) + lines[at][index + rng.randint(0, 2) :]
            case _:
                lines = lines[: at + 1] if rng.random() < 0.2 else lines
        text = "\n".join(lines)
    return text
