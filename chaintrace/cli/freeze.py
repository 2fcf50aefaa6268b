"""`freeze`: one pack of letter, schedule, picture and checklist for each recipient of a case."""

from datetime import datetime
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
@click.option(
    "--today", type=click.DateTime(("%Y-%m-%d",)), help="The day from which dates are counted (UTC); else that of now."
)
def freeze(folder: Path, recipients: tuple[str, ...], language: str, kind: str, today: datetime | None) -> int:
    """Write letters to those who can freeze, one folder each, and say what they lack."""
    from chaintrace.case.freezing import freeze as write
    from chaintrace.case.result import now
    from chaintrace.freeze import Asked
    from chaintrace.freeze.extras import at_hand

    at_hand()
    progress = Progress()
    try:
        frozen = write(folder, Asked(cast("Kind", kind), language, recipients, (today or now()).date()), now, progress)
    finally:
        progress.done()
    printed(frozen)
    return 0 if frozen.complete else INCOMPLETE


def printed(frozen: "Frozen") -> None:
    """A row for each request on stdout; on stderr what its linter found, and what else lies in the folder."""
    from chaintrace.freeze.amounts import sums
    from chaintrace.freeze.findings import FINDING_KINDS
    from chaintrace.i18n import speaker

    rows = []
    for pack in frozen.packs:
        request = pack.request
        asked = sums(request.asked()) if request.names_amount else ""
        blocking = sum(finding.kind != "warning" for finding in pack.findings)
        state = "complete" if pack.complete else f"{blocking} to mend"
        rows.append((request.folder, request.kind, len(request.places), asked, state))
    table("Requests", ("recipient", "kind", "rows", "asked for", "letter"), rows)
    for path in (*(pack.folder for pack in frozen.packs), *frozen.notes):
        say(str(path))
    for pack in frozen.packs:
        named = speaker(pack.request.language)
        for finding in pack.findings:
            notice(f"{pack.request.folder}: {named(FINDING_KINDS[finding.kind])}: {finding.sentence} ({finding.where})")
    if frozen.unnamed:
        notice(f"endpoints that nobody attributes to anybody: {frozen.unnamed}; no letter until a tag names them")
    for sentence in frozen.notices:
        notice(sentence)
    for path in frozen.unmet:
        notice(f"{path} is not of this run, and nothing in the report concerns it: if it was sent, narrow or release")
    for path in frozen.older:
        notice(f"{path} rests on another report: write it again before you send it")
