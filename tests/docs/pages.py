"""The documents as tests read them: their fenced blocks, and the commands and answers inside the console ones.

A fence is ```` ```language ````; a second word after the language is the name of a file, which the reader is told to
save, or to change where the language is `diff`. In `console` and `sh` blocks a line with `$ ` is a command and the
lines below it are a part of its answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.house.tree import texts

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*) *(?P<name>\S*)\n(?P<body>.*?)^(?P=indent)``` *$", re.MULTILINE | re.DOTALL
)
CONSOLE = ("console", "sh")


@dataclass(frozen=True)
class Block:
    """One fenced block. `line` counts from 1, `name` is the file that it is to be saved as."""

    page: str
    line: int
    language: str
    name: str
    text: str


@dataclass
class Command:
    """One command of a console block, and the lines that the page shows as its answer."""

    line: int
    text: str
    answer: list[str] = field(default_factory=list)


def pages() -> list[str]:
    """The README, what stands beside it, and every page of docs/."""
    return sorted(name for name in texts() if name.endswith(".md") and ("/" not in name or name.startswith("docs/")))


def site_pages() -> list[str]:
    """Those and the pages of the course and of the data that ships: all that the site is made of."""
    beside = (name for name in texts() if name.endswith(".md") and name.startswith(("data/", "notebooks/")))
    return sorted({*pages(), *beside})


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = texts()[page]
    found = []
    for match in FENCE.finditer(text):
        indent = len(match["indent"])
        body = "".join(line[indent:] if line.strip() else line for line in match["body"].splitlines(keepends=True))
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, match["language"], match["name"], body))
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a console block; one that ends in a backslash goes on in the next line."""
    found: list[Command] = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if found and found[-1].text.endswith("\\"):
            found[-1].text = found[-1].text[:-1] + line.removeprefix("> ").strip()
        elif line.startswith("$ "):
            found.append(Command(number, line[2:].strip()))
        elif line.strip():
            assert found, f"{block.page}, line {number}: an answer without a command"
            found[-1].answer.append(line.rstrip())
    return found
