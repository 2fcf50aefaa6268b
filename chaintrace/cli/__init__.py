"""The command line: `chaintrace.cli.main`. One file for each group of commands; exit codes are those of the contract.

0 complete; 3 finished, with the reasons why not complete on stderr; 2 bad input; 4 the network refused; 1 our bug.
"""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from chaintrace.cli import (
    bulk,
    candidates,
    case,
    cluster,
    compare,
    demo,
    doctor,
    evidence,
    export,
    findings,
    freeze,
    lists,
    locate,
    queries,
    report,
    screen,
    show,
    tags,
    trace,
)
from chaintrace.cli.printing import notice
from chaintrace.errors import InputError, Malformed, OutputError, Refused, Unavailable

OK, BUG, BAD_INPUT, INCOMPLETE, NETWORK, INTERRUPTED = 0, 1, 2, 3, 4, 130
SHOWN = 120
"""How many characters of a path a sentence shows."""
GARBAGE = 50_000
"""Objects that are made before Python looks for circles among them: we make few, and every look takes time."""
SHORTEST = 47
"""Characters of a command, at least, in which a secret has room: a phrase of twelve words of three letters."""


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chaintrace", prog_name="chaintrace")
@click.option("--debug", is_flag=True, help="Show the stack when chaintrace itself fails.")
@click.pass_context
def chaintrace(context: click.Context, debug: bool) -> None:
    """Follow value on public ledgers to the last base unit, under each legal method."""
    del debug  # read by `run`, which sees the errors
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (
    demo.demo,
    trace.new,
    trace.trace,
    show.show,
    locate.locate,
    screen.screen,
    compare.compare,
    findings.findings,
    candidates.candidates,
    cluster.cluster,
    queries.queries,
    doctor.doctor,
    export.export,
    freeze.freeze,
    evidence.evidence,
    evidence.verify,
    evidence.replay,
    case.case,
    report.report,
    bulk.bulk,
    tags.tags,
    lists.methods,
    lists.rules,
    lists.adapters,
    lists.formats,
):
    chaintrace.add_command(_command)


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(GARBAGE, 20, 20)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever started us closed it: what we say goes nowhere
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # open until we end
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    _let_go()
    sys.exit(code)


def _let_go() -> None:
    """Give up what a stream does not take: Python would fail at it again at the end, and leave with its own code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every error becomes one sentence on stderr."""
    try:
        _without_secret("; ".join(arguments))  # a sign that parts them: a txid behind a folder "secret" is no key
        code = chaintrace.main(args=list(arguments), prog_name="chaintrace", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has enough of it (click leaves then); what is not flushed yet goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except click.exceptions.NoArgsIsHelpError as asked:  # a group without its command: its help, line by line
        click.echo(asked.format_message(), err=True)
        return BAD_INPUT
    except Exception as error:  # our own bug, whatever it is, must not show an investigator a stack
        from chaintrace.private_keys import redacted  # whatever is wrong, its sentence shows no secret

        sentence, exit_code = _told(error)
        if exit_code == BUG and "--debug" in arguments:
            raise
        with suppress(OSError):  # stderr may be what is full
            notice(f"chaintrace: {redacted(' '.join(sentence.split()))}")
        return exit_code
    return code if isinstance(code, int) else OK


def _without_secret(typed: str) -> None:
    """Raise InputError where a secret was typed as an argument: it would name a folder, or stand in a message."""
    if len(typed) < SHORTEST:
        return
    from chaintrace.private_keys import ADVICE, found

    if several := found(typed):
        raise InputError(f"the command holds {several[0].kind}: {ADVICE}, and from the history of your shell")


def _told(error: Exception) -> tuple[str, int]:
    """What a person is told of an error, and with which code the program ends."""
    match error:
        case click.ClickException():
            return error.format_message(), BAD_INPUT
        case click.Abort():
            return "interrupted: no file was left half written", INTERRUPTED
        case InputError() | OutputError() | Malformed():
            return str(error), BAD_INPUT
        case Unavailable() | Refused():
            return str(error), NETWORK
        case _ if isinstance(error, OSError | MemoryError) or _is_of_database(error) or _is_of_a_link(error):
            return _refused(error), BAD_INPUT
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"this is an error in chaintrace ({what}): please report it with the output of --debug", BUG


def _is_of_database(error: Exception) -> bool:
    """Whether SQLite complains. It is not loaded for that: without it no error is its own."""
    loaded = sys.modules.get("sqlite3")
    return loaded is not None and isinstance(error, loaded.Error)


def _is_of_a_link(error: Exception) -> bool:
    """Whether pathlib complains of a link that leads to itself: before Python 3.13 it has no OSError for it."""
    return isinstance(error, RuntimeError) and str(error).startswith("Symlink loop")


def _refused(error: Exception) -> str:
    """The system's refusal, not our bug: a path that is too long, a folder that nobody may enter, a full disk."""
    if _is_of_database(error):
        return f"a file of the case is damaged ({error}): take the case's folder cache away and run again"
    if _is_of_a_link(error):
        return f"a link leads to itself ({error}): name the file or folder that it was to lead to"
    if not isinstance(error, OSError):
        return "the memory of this machine is too small for these sources: use a larger one"
    why = error.strerror or type(error).__name__
    if not error.filename:
        return f"the output or a file cannot be used ({why}): make room, or choose another place"
    name = str(error.filename)
    cut = name if len(name) <= SHOWN else f"{name[:SHOWN]}…"
    return f"{cut}: the system refuses it ({why}): correct the path or its rights"
