"""`locate`: every payment that fits what a victim has: an amount, a time, perhaps an address or half of one."""

import csv
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from chaintrace.cli.printing import clean, notice, say, table
from chaintrace.errors import OutputError
from chaintrace.report.wording import counted

if TYPE_CHECKING:
    from chaintrace.case.locating.candidates import Candidate, Payment
    from chaintrace.case.locating.locate import Located

NONE_FOUND = 3
COLUMNS = ("txid", "index", "time", "local time", "from", "to", "asset", "amount", "why")
CSV_COLUMNS = (
    "chain", "txid", "index", "status", "height", "time", "local_time", "from", "to", "asset", "contract", "decimals",
    "value", "amount", "why",
)  # fmt: skip
"""Of the CSV: `value` in base units, `time` UTC; several senders are parted by `;`."""

Json: TypeAlias = "str | int | list[Json] | dict[str, Json] | None"


@click.command()
@click.option("--chain", help="The chain that it is on; a case of one chain says it.")
@click.option("--amount", required=True, help="As the screenshot shows it, in units of the asset: 1,000.5.")
@click.option("--from", "begin", required=True, metavar="TIME", help="Not before: 2021-08-05, or 2021-08-05T14:03.")
@click.option("--to", "end", required=True, metavar="TIME", help="Not after; a date means its whole day.")
@click.option("--tz", "zone", metavar="ZONE", help="The zone of these times: Europe/Berlin, +02:00, any.")
@click.option("--address", help="The sender or the recipient, whole or cut short (TDX3…ys6m).")
@click.option("--prefix", help="How an address begins.")
@click.option("--suffix", help="How the same address ends.")
@click.option("--fee", help="A fee that the amount may or may not hold.")
@click.option("--asset", help="The symbol or contract; left out: any.")
@click.option("--source", metavar="[ADAPTER=]PATH|URL", help="Where to look: a file, a case's folder, or who is asked.")
@click.option("--offline", is_flag=True, help="Never open a socket.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "target", type=click.Path(path_type=Path), help="Write the candidates there as CSV as well.")
def locate(*, offline: bool, as_json: bool, target: Path | None, **clues: str | None) -> int:
    """Find a payment from a screenshot: list every candidate and why it fits; 3 when there is none."""
    from chaintrace.case.access import access
    from chaintrace.case.locating.locate import Question
    from chaintrace.case.locating.locate import locate as look_for
    from chaintrace.case.overwriting import spare
    from chaintrace.case.result import now

    spare(target, *filter(None, [clues["source"]]))
    located = look_for(Question(**clues), access(os.environ, offline=offline), now, notice)  # type: ignore[arg-type]  # click gives what is required
    if target is not None:
        _write(located, target)
    if as_json:
        click.echo(json.dumps(_shape(located), ensure_ascii=True, indent=2))
    else:
        _print(located)
    for note in located.notes:
        notice(f"note: {note}")
    for reason in located.reasons:
        notice(f"none found: {reason}")
    return 0 if located.candidates else NONE_FOUND


def _print(located: "Located") -> None:
    """The count, then a line for each candidate."""
    number = len(located.candidates)
    say(f"{counted(number, 'candidate')} among {counted(located.searched, 'payment')} of {located.chain}")
    if number > 1:
        say("nothing here says which of them is meant: compare each with the screenshot")
    rows = [[_cells(one, located).get(name.replace(" ", "_")) for name in COLUMNS] for one in located.candidates]
    hidden = {"local time"} if located.clues.window.zone is None else set()
    shown = [place for place, name in enumerate(COLUMNS) if name not in hidden]
    table("Candidates", [COLUMNS[place] for place in shown], [[row[place] for place in shown] for row in rows])


def _cells(one: "Candidate", located: "Located") -> dict[str, str | int | None]:
    """A candidate for a person: of many senders the first, and how many more there are."""
    first, *more = one.payment.senders or ("",)
    return {**_row(one, located), "from": clean(f"{first} and {len(more)} more" if more else first)}


def _write(located: "Located", target: Path) -> None:
    """The candidates as CSV. Raises OutputError when it cannot be written."""
    from chaintrace.report.csv_files import cell_text

    try:
        with target.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(CSV_COLUMNS)
            for one in located.candidates:
                row = _row(one, located)
                writer.writerow([cell_text(row[name]) for name in CSV_COLUMNS])
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error.strerror}): choose another place") from error
    notice(f"{counted(len(located.candidates), 'candidate')} in {target}")


def _row(one: "Candidate", located: "Located") -> dict[str, str | int | None]:
    """A candidate as cells: what is not known is None."""
    from chaintrace.report.amounts import amount, iso

    payment = one.payment
    found = payment.transaction
    return {
        "chain": found.chain,
        "txid": clean(found.txid),
        "index": clean(payment.index),
        "status": found.status,
        "height": found.height,
        "time": iso(found.time) or ("pending" if found.status == "pending" else None),
        "local_time": located.clues.window.local(found.time),
        "from": clean(";".join(payment.senders)),
        "to": clean(payment.receiver),
        "asset": clean(payment.asset.name or payment.asset.contract),
        "contract": clean(payment.asset.contract),
        "decimals": payment.asset.decimals,
        "value": str(payment.value),
        "amount": amount(payment.value, payment.asset.decimals),
        "why": clean(_why(one, located)),
    }


def _why(one: "Candidate", located: "Located") -> str:
    """Why it fits, in one sentence."""
    clues, found = located.clues, one.payment.transaction
    parts = [f"the amount is {' or '.join(map(str, one.fits))}"]
    if one.address_is:
        parts.append(f"the address is the {' and the '.join(one.address_is)}")
    if one.half_is:
        parts.append(f"the {' and the '.join(one.half_is)} fits {clues.half}")
    if found.status == "pending":
        parts.append("it is pending, so it has no time yet")
    elif found.time is None:
        parts.append("its time is not known")
    else:
        parts.append("the time lies in the window")
    return "; ".join(parts)


def _shape(located: "Located") -> dict[str, Json]:
    """`{chain, count, searched, from, to, candidates, notes, reasons}`; values in base units, as text."""
    from chaintrace.report.amounts import iso

    window = located.clues.window
    return {
        "chain": located.chain,
        "count": len(located.candidates),
        "searched": located.searched,
        "from": iso(window.begin),
        "to": iso(window.end),
        "candidates": [_candidate(one, located) for one in located.candidates],
        "notes": list(located.notes),
        "reasons": list(located.reasons),
    }


def _candidate(one: "Candidate", located: "Located") -> dict[str, Json]:
    """A candidate with the columns of the CSV; null where nothing is known, senders as `show` has them."""
    fits: list[Json] = [
        {
            "amount": str(fit.reading),
            "close": fit.close,
            "fee": None if fit.fee is None else str(fit.fee),
            "side": fit.side or None,
            "decimals": fit.decimals,
        }
        for fit in one.fits
    ]
    row: dict[str, Json] = {**_row(one, located)}
    row["time"] = None if one.payment.transaction.time is None else row["time"]
    return {
        **row,
        "from": _senders(one.payment),
        "to": one.payment.receiver or None,
        "contract": one.payment.asset.contract or None,
        "fits": fits,
        "address_is": list(one.address_is),
        "half_address_is": list(one.half_is),
    }


def _senders(payment: "Payment") -> Json:
    """The sender of a transfer between accounts, None of a mint; the addresses of a UTXO transaction's inputs."""
    if payment.transaction.utxo is not None:
        return list(payment.senders)
    return payment.senders[0] if payment.senders else None
