"""`findings`: what the heuristics say about every transaction and address of a file or a case."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaintrace.cli.printing import Progress, clean, notice
from chaintrace.errors import InputError, OutputError

if TYPE_CHECKING:
    from chaintrace.model.finding import AnyFinding, Heuristic

HEADER = ("kind", "rule", "confidence", "subject", "object", "evidence", "text")


@click.command()
@click.argument("source", metavar="FILE|DIR")
@click.option("--rule", "ids", multiple=True, help="Only this rule; may be repeated.")
@click.option("--chain", help="The chain of a FILE; bitcoin for files of UTXO transactions.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Write the CSV there instead of stdout.")
def findings(source: str, ids: tuple[str, ...], chain: str | None, target: Path | None) -> None:
    """Say what the heuristics find in a file or a case, as CSV."""
    from chaintrace.case.config import load
    from chaintrace.case.look import chain_of, everything, look, named
    from chaintrace.case.reached import touched
    from chaintrace.case.result import now
    from chaintrace.case.rules import findings as say_of

    found = named(source)
    rules = _rules(ids)
    chains = load(found.path).chains if found.is_case and chain is None else (chain_of(found, chain),)
    progress = Progress()
    with look(found, chains[0], now) as view:
        transactions = tuple(tx for name in chains for tx in everything(view, name))
        of_addresses = any(rule.subject == "address" for rule in rules)
        said = say_of(transactions, rules, view, progress, touched(transactions) if of_addresses else ())
    progress.done()
    text = as_csv(said)
    if target is None:
        click.echo(text, nl=False)
        return
    try:
        target.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode("utf-8"))
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error.strerror}): choose another place") from error
    notice(f"{len(said)} findings in {target}")


def _rules(ids: Sequence[str]) -> "tuple[Heuristic, ...]":
    """The installed rules, or those that are named. Raises InputError for a name that is none."""
    from chaintrace.plugins import heuristics

    installed = heuristics()
    for rule_id in ids:
        if rule_id not in {rule.id for rule in installed}:
            raise InputError(f"there is no rule {rule_id[:60]!r}: see `chaintrace rules`")
    return tuple(rule for rule in installed if not ids or rule.id in ids)


def as_csv(said: "Iterable[AnyFinding]") -> str:
    """The findings as CSV with the columns of the contract; evidence is a JSON list: txids first, then the details."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for one in said:
        evidence = json.dumps([*one.evidence, *one.details])
        said_of = (clean(one.subject), clean(one.object), evidence, clean(one.text))
        writer.writerow([one.kind, one.rule, one.confidence, *said_of])
    return text.getvalue()
