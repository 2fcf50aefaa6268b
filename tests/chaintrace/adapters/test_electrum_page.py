"""The column of the Electrum adapter in docs/reliability.md: every fault tried over a real connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chaintrace.adapters.electrum import Electrum
from chaintrace.adapters.network import Reply
from chaintrace.errors import AdapterError
from tests.chaintrace.adapters.electrum_tale import (
    BALANCE,
    BRANCH,
    GET,
    HISTORY,
    QUESTIONS,
    TIP,
    Desk,
    desk,
    endpoint,
    tale,
    transaction,
)
from tests.hostile.doors import QUICK
from tests.hostile.faults import BY_NAME, HTTP_ONLY
from tests.hostile.reliability import NOT_APPLICABLE, compare, outcome
from tests.nodes.chain import COIN, mine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TALE = tale()

CONTENT: dict[str, Callable[[Desk], object]] = {}


def content(name: str) -> Callable[[Callable[[Desk], object]], Callable[[Desk], object]]:
    def keep(told: Callable[[Desk], object]) -> Callable[[Desk], object]:
        CONTENT[name] = told
        return told

    return keep


def asked(made: Desk, question: str) -> Reply:
    return made.source.reply(QUESTIONS[question], TIP)


def reply_text(reply: Reply, honest: Reply | None = None) -> str:
    """How a reply stands in the table: what it leaves open, or that it is as whole as without the fault."""
    if reply.gaps:
        return f"Gap: {reply.gaps[0].text}"
    assert honest is not None
    assert reply == honest
    return "Answered: as without the fault"


@content("wrong bytes")
def _wrong_bytes(made: Desk) -> object:
    made.server.change(lambda _p, _a: TALE.fund.raw.hex(), GET)
    return asked(made, "transaction")


@content("merkle branch")
def _merkle_branch(made: Desk) -> object:
    made.server.change(lambda _p, a: {**a, "merkle": ["ab" * 32, *a["merkle"][1:]]}, BRANCH)
    return asked(made, "transaction")


@content("page twice")
def _page_twice(made: Desk) -> object:
    made.server.change(lambda _p, a: a + a, HISTORY)
    return asked(made, "history")


@content("page out of order")
def _page_out_of_order(made: Desk) -> object:
    made.server.change(lambda _p, a: a[::-1], HISTORY)
    return asked(made, "history")


@content("page shrinks")
def _page_shrinks(made: Desk) -> object:
    made.server.change(lambda _p, a: a[:1], HISTORY)
    return asked(made, "spender")


@content("counters")
def _counters(made: Desk) -> object:
    made.server.change(lambda _p, a: {**a, "confirmed": a["confirmed"] + 1}, BALANCE)
    return asked(made, "history")


@content("unsynced")
def _unsynced(made: Desk) -> object:
    made.server.ledger = TALE.ledger(blocks=TALE.blocks[:4])
    return asked(made, "spender")


@content("other chain")
def _other_chain(made: Desk) -> object:
    source = Electrum().connect(endpoint(made.server.url, "bitcoin"), made.door)
    return source.reply(transaction(TALE.theft), source.status())


@content("fork")
def _fork(made: Desk) -> object:
    made.server.ledger = TALE.ledger(blocks=(*TALE.blocks[:4], mine(TALE.blocks[3], tag=b"rival")))
    return asked(made, "spender")


@content("floats")
def _floats(made: Desk) -> object:
    made.server.change(lambda _p, a: {**a, "confirmed": a["confirmed"] / COIN}, BALANCE)
    return asked(made, "history")


def test_the_page_says_what_becomes_of_each_fault(tmp_path: Path) -> None:
    with desk(tmp_path / "honest", TALE.ledger(TALE.late)) as made:
        honest = asked(made, "history")
    outcomes = {}
    for number, name in enumerate(BY_NAME):
        if name in HTTP_ONLY:
            outcomes[name] = f"{NOT_APPLICABLE}: the protocol is lines over a socket, without HTTP"
            continue
        with desk(tmp_path / str(number), TALE.ledger(TALE.late), patience=QUICK) as made:
            if name not in CONTENT:
                made.server.fault(name)
            ask = CONTENT.get(name, lambda made: asked(made, "history"))
            try:
                outcomes[name] = reply_text(ask(made), honest).replace(made.server.host, "HOST")
            except AdapterError as error:
                outcomes[name] = outcome(lambda error=error: raised(error), made.server.host)
    compare("electrum", outcomes)


def raised(error: AdapterError) -> object:
    raise error
