"""`findings`: what the heuristics say about every transaction and address of a file or a case."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from chaintrace.cli.printing import Progress, clean, notice
from chaintrace.errors import InputError, OutputError
from chaintrace.report.wording import counted

if TYPE_CHECKING:
    from chaintrace.case.look import Named
    from chaintrace.model.finding import AnyFinding, Heuristic
    from chaintrace.model.provenance import Gap

INCOMPLETE = 3
MOST_GAPS = 20
"""So many sentences of a kind are printed about what had to be mended or assumed; what was not read is told whole."""

UNREAD = "source"
"""The kind of a gap that tells of a part of a source that could not be used."""

HEADER = ("kind", "rule", "confidence", "subject", "object", "evidence")


@click.command()
@click.argument("source", metavar="FILE|DIR")
@click.option("--rule", "ids", multiple=True, help="Only this rule; may be repeated.")
@click.option("--chain", help="The chain of a FILE; without it, the Bitcoin network that its addresses or blocks name.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Write the CSV there instead of stdout.")
def findings(source: str, ids: tuple[str, ...], chain: str | None, target: Path | None) -> int:
    """Say what the heuristics find in a file or a case, as CSV."""
    from chaintrace.adapters import ADAPTERS
    from chaintrace.adapters.transactions_asked import AskedTransactions
    from chaintrace.case.kept import KeptFindings
    from chaintrace.case.look import look, named
    from chaintrace.case.overwriting import spare
    from chaintrace.case.result import now
    from chaintrace.case.streaming import hears, stream

    found = named(source)
    spare(target, found.path)
    rules = _rules(ids)
    chains = _chains(found, chain)
    progress = Progress()
    asked = AskedTransactions(lambda lines: progress("reading the file", lines))
    with closing(KeptFindings()) as kept:
        with look(found, chains[0], now, {**ADAPTERS, asked.name: asked}) as view:
            unknown = stream(view, chains, rules, kept, progress)
            gaps, silent = view.gaps, _silent(rules) if not hears(view) else ""
        progress.done()
        for sentence in (*_first(gaps), *unknown.sentences(), *filter(None, [silent])):
            notice(sentence)
        _write(kept.said(), target)
        if target is not None:
            notice(f"{counted(len(kept), 'finding')} in {target}")
    return _code(gaps)


def _chains(found: "Named", chain: str | None) -> tuple[str, ...]:
    """The chains that are looked at; one that a file names by itself is said."""
    from chaintrace.case.config import load
    from chaintrace.case.look import chain_of
    from chaintrace.case.recognised import MAINNET

    if found.is_case and chain is None:
        return load(found.path).chains
    told = chain_of(found, chain)
    if chain is None and told != MAINNET:
        notice(f"{found.path.name} is of {told}, by its addresses or blocks: --chain says otherwise")
    return (told,)


def _rules(ids: Sequence[str]) -> "tuple[Heuristic, ...]":
    """The installed rules that `"*"` means, or those that are named. Raises InputError for a name that is none."""
    from chaintrace.plugins import heuristics

    installed = heuristics()
    for rule_id in ids:
        if rule_id not in {rule.id for rule in installed}:
            raise InputError(f"there is no rule {rule_id[:60]!r}: see `chaintrace rules`")
    return tuple(rule for rule in installed if (rule.id in ids if ids else not rule.by_name))


def _silent(rules: "Sequence[Heuristic]") -> str:
    """Which rules looked for nothing in a file of which nothing is known of its addresses; "" where all did."""
    ids = [rule.id for rule in rules if rule.subject == "address"]
    if not ids:
        return ""
    return (
        "a file by itself holds no tag, and nobody says that it has every movement of an address: rules about "
        f"addresses looked for nothing ({', '.join(ids)}); make a case of it"
    )


def _first(gaps: "Sequence[Gap]") -> Iterator[str]:
    """What the first gaps of each kind say, and how many more there are; what was not read is named one by one."""
    for kind in dict.fromkeys(gap.kind for gap in gaps):
        several = [gap for gap in gaps if gap.kind == kind]
        told = len(several) if kind == UNREAD else MOST_GAPS
        yield from (gap.text for gap in several[:told])
        if len(several) > told:
            yield f"and {len(several) - told:,} more of this kind ({kind})"


def _code(gaps: "Iterable[Gap]") -> int:
    """How the command ends: not complete where a part of a source could not be used."""
    return INCOMPLETE if any(gap.kind == UNREAD for gap in gaps) else 0


def _write(said: "Iterable[AnyFinding]", target: Path | None) -> None:
    """The findings as CSV on stdout, or into a file as spreadsheets want it. Raises OutputError."""
    if target is None:
        _rows(said, sys.stdout, "\n")
        return
    try:
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            _rows(said, file, "\r\n")
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error.strerror}): choose another place") from error


def _rows(said: "Iterable[AnyFinding]", file: TextIO, end: str) -> None:
    """The header and a row for each finding."""
    writer = csv.writer(file, lineterminator=end)
    writer.writerow(HEADER)
    writer.writerows(cells(said))


def cells(said: "Iterable[AnyFinding]") -> Iterator[tuple[object, ...]]:
    """The cells, none of which a spreadsheet would calculate.

    Evidence is a JSON list: txids first, then the details, and last what was found in a sentence.
    """
    from chaintrace.report.csv_files import cell_text

    for one in said:
        evidence = json.dumps([*one.evidence, *one.details, *([one.text] if one.text else [])])
        subject, about = (cell_text(clean(text)) for text in (one.subject, one.object))
        yield one.kind, one.rule, one.confidence, subject, about, evidence
