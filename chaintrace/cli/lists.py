"""`methods`, `rules`, `adapters`, `formats`: what there is, one line each."""

import sys

import click

from chaintrace.cli.printing import say, table


@click.command()
def methods() -> None:
    """List the methods of allocation."""
    from chaintrace.accounting import METHODS
    from chaintrace.report.wording import METHOD_TEXTS

    rows = [[name, METHOD_TEXTS.get(name, "")] for name in (*METHODS, "poison")]
    table("Methods", ("method", "what it does"), rows)


@click.command()
def rules() -> None:
    """List the installed rules, how often they err, and whether a case uses each by itself (`*`) or by its name."""
    from chaintrace.case.measured import measured
    from chaintrace.plugins import heuristics
    from chaintrace.report.wording import NOT_MEASURED

    known = measured()
    rows = [
        [
            *(rule.id, rule.stage, rule.version, rule.confidence, "by name" if rule.by_name else "*"),
            *((rule.rule.__doc__ or "").strip().splitlines()[0], known.get(rule.id, NOT_MEASURED)),
        ]
        for rule in heuristics()
    ]
    columns = ("rule", "stage", "version", "confidence", "use", "what it says", "how often it errs")
    if not sys.stdout.isatty():
        table("Rules", columns, rows)
        return
    # Drawn, a cell with several data sets is a column of forty lines: on a terminal the rates stand below.
    table("Rules", columns[:-1], [row[:-1] for row in rows])
    for rule_id, *_, told in rows:
        if told != NOT_MEASURED:
            say(f"how often {rule_id} errs: {told}")
    say(f"how often the others err: {NOT_MEASURED}")


@click.command()
def adapters() -> None:
    """List the kinds of sources."""
    from chaintrace.adapters import ADAPTERS, NETWORK

    rows = [[name, one.summary] for name, one in ADAPTERS.items()] + [
        [name, one.summary] for name, one in NETWORK.items()
    ]
    table("Adapters", ("adapter", "what it reads or asks"), rows)


@click.command()
def formats() -> None:
    """List the formats of reports and exports."""
    from chaintrace.case.exports import FORMATS

    table("Formats", ("format", "what it is"), [[name, form.summary] for name, form in FORMATS.items()])
