"""`freeze`: one pack of letter, schedule, picture and checklist for each recipient of a case."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from chaintrace.cli.printing import Progress, notice, say, table

if TYPE_CHECKING:
    from chaintrace.case.freezing import Frozen
    from chaintrace.freeze import Kind

INCOMPLETE = 3
KINDS = ("preserve", "hold", "disclose", "freeze", "seize", "release", "production")
LANGUAGES = ("en", "zh")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--to", "recipients", multiple=True, help="A recipient, by its folder's name (htx); may be repeated.")
@click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language: one a run."
)
@click.option("--kind", type=click.Choice(KINDS), default="freeze", show_default=True, help="What is asked.")
def freeze(folder: Path, recipients: tuple[str, ...], language: str, kind: str) -> int:
    """Write letters to those who can freeze, one folder each, and say what they lack."""
    from chaintrace.case.freezing import freeze as write
    from chaintrace.case.result import now
    from chaintrace.freeze import Asked
    from chaintrace.freeze.extras import at_hand

    at_hand()
    progress = Progress()
    try:
        frozen = write(folder, Asked(cast("Kind", kind), language, recipients), now, progress)
    finally:
        progress.done()
    printed(frozen, now())
    return 0 if frozen.complete else INCOMPLETE


def printed(frozen: "Frozen", at: datetime) -> None:
    """A row for each request on stdout, what its linter found on stderr, and which dates of the case have passed."""
    from chaintrace.freeze.amounts import sums
    from chaintrace.freeze.findings import FINDING_KINDS
    from chaintrace.freeze.request import AMOUNTS

    rows = []
    for pack in frozen.packs:
        request = pack.request
        asked = sums(request.asked()) if request.kind in AMOUNTS else ""
        blocking = sum(finding.kind != "warning" for finding in pack.findings)
        state = "complete" if pack.complete else f"{blocking} to mend"
        rows.append((request.folder, request.kind, len(request.places), asked, state))
    table("Requests", ("recipient", "kind", "rows", "asked for", "state"), rows)
    for path in (*(pack.folder for pack in frozen.packs), *frozen.notes):
        say(str(path))
    for pack in frozen.packs:
        for finding in pack.findings:
            notice(f"{pack.request.folder}: {FINDING_KINDS[finding.kind]}: {finding.sentence} ({finding.where})")
    if frozen.unnamed:
        notice(f"endpoints that nobody attributes to anybody: {frozen.unnamed}; no letter until a tag names them")
    for when, key in frozen.packs[0].request.asker.clock.expiries() if frozen.packs else ():
        if when < at.astimezone(UTC):
            notice(f"{key} of [clock] has passed: {when:%Y-%m-%d %H:%M} UTC")
