"""docs/reliability.md: what each adapter makes of each fault, written down by the tests that try it.

    outcomes = {fault.name: outcome(lambda: source.reply(missing, tip), server.host) for fault in FAULTS}
    compare("esplora", outcomes)

`compare` fails where the page says otherwise; with CHAINTRACE_WRITE_DOCS=1 it writes the page instead.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.errors import AdapterError
from tests.hostile.faults import BY_NAME, FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
HOST = "HOST"
NOT_APPLICABLE = "Not possible"
KINDS = ("Unavailable", "Refused", "Malformed", "Gap", "Answered", NOT_APPLICABLE)
"""How a cell begins: one of our errors, a gap in the report, an answer all the same, or a fault that cannot be."""

Outcomes = dict[str, dict[str, str]]
"""Adapter to fault to `kind: sentence`."""

_INTRODUCTION = """# Reliability

What chaintrace makes of a source that fails, lies or ends early. This page is written by the tests: each cell was
tried over a real connection, and none of the faults ends as an empty history.

- **Unavailable**: the question was asked again, with pauses, and then given up for now. What was fetched is kept; the
  same command goes on from there.
- **Refused**: it is not asked again before something is changed: the sentence says what.
- **Malformed**: the answer is not what it claims to be, and nothing of it is used. What came whole is in the archive.
- **Gap**: the answer is used, and the report says what was not shown.
- **Answered**: the fault was seen through, and the answer is whole.
- **Not possible**: the adapter's protocol has no such thing.
"""


def outcome(ask: Callable[[], object], host: str) -> str:
    """What asking ends as, when it ends as one of our errors; a test fails where it does not."""
    try:
        answer = ask()
    except AdapterError as error:
        return f"{type(error).__name__}: {re.sub(r'127[.]0[.]0[.]1:[0-9]+', HOST, str(error).replace(host, HOST))}"
    message = f"a fault was taken for an answer: {answer!r}"
    raise AssertionError(message)


def compare(adapter: str, outcomes: Mapping[str, str], page: Path = PAGE) -> None:
    """Fail unless every fault has its outcome, and the page says just that."""
    assert set(outcomes) == set(BY_NAME), f"{adapter}: not every fault was tried, or one has no name"
    strange = [f"{fault}: {text}" for fault, text in outcomes.items() if text.partition(":")[0] not in KINDS]
    assert strange == [], f"an outcome begins with one of {KINDS}"
    known = read(page.read_text("utf-8")) if page.exists() else {}
    if os.environ.get("CHAINTRACE_WRITE_DOCS") == "1":
        page.write_text(render({**known, adapter: dict(outcomes)}), "utf-8")
        return
    remedy = "the page is behind: run the test with CHAINTRACE_WRITE_DOCS=1"
    assert known.get(adapter) == dict(outcomes), remedy


def render(outcomes: Outcomes) -> str:
    """The page, adapters in alphabetical order, faults in that of the list."""
    adapters = sorted(outcomes)
    lines = [_INTRODUCTION, "| fault | " + " | ".join(f"`{name}`" for name in adapters) + " |"]
    lines.append("|---" * (len(adapters) + 1) + "|")
    for fault in FAULTS:
        cells = (outcomes[name].get(fault.name, "").partition(":")[0] for name in adapters)
        lines.append(f"| {fault.name}: {fault.meaning} | " + " | ".join(cells) + " |")
    for name in adapters:
        lines += ["", f"## {name}", "", "| fault | what is said |", "|---|---|"]
        for fault in FAULTS:
            lines.append(f"| {fault.name} | {outcomes[name].get(fault.name, '').replace('|', '&#124;')} |")
    return "\n".join(lines) + "\n"


def read(text: str) -> Outcomes:
    """The outcomes that a page has."""
    found: Outcomes = {}
    for section in re.split(r"(?m)^## ", text)[1:]:
        name, _, rest = section.partition("\n")
        rows = (line.strip("| ").split(" | ", 1) for line in rest.splitlines() if line.startswith("| "))
        found[name] = {row[0]: row[1].replace("&#124;", "|") for row in rows if len(row) == 2 and row[0] in BY_NAME}
    return found
