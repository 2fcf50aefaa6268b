"""`methods`, `rules`, `adapters`, `formats`: what there is, one line each."""

import click

from chaintrace.cli.printing import table


@click.command()
def methods() -> None:
    """List the methods of allocation."""
    from chaintrace.accounting import METHODS
    from chaintrace.report.wording import METHOD_TEXTS

    rows = [[name, METHOD_TEXTS.get(name, "")] for name in (*METHODS, "poison")]
    table("Methods", ("method", "what it does"), rows)


@click.command()
def rules() -> None:
    """List the installed rules."""
    from chaintrace.plugins import heuristics

    rows = [
        [rule.id, rule.stage, rule.version, rule.confidence, (rule.rule.__doc__ or "").strip().splitlines()[0]]
        for rule in heuristics()
    ]
    table("Rules", ("rule", "stage", "version", "confidence", "what it says"), rows)


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
