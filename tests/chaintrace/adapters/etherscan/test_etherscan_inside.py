"""Internal transfers of one transaction: however an explorer pages, cuts or repeats them, none is lost in silence."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from chaintrace.adapters.etherscan.paging import WINDOW, read_numbered
from chaintrace.adapters.etherscan.rows import Row, Rows
from chaintrace.adapters.etherscan.words import NotOffered
from chaintrace.model.provenance import Source
from chaintrace.model.view import MissingTransaction
from tests.chaintrace.adapters.etherscan.town import CHAIN, LIST, asked
from tests.hostile.etherscan_books import Books
from tests.hostile.etherscan_server import refusal

CALLS = [("spread", f"to {place % 7}", 1 + place % 3) for place in range(45)]


def told(a, one):
    """The transaction, and the sentences of its gaps."""
    reply = a.source.reply(MissingTransaction(CHAIN, one.txid), a.at)
    return reply.transactions[0], [gap.text for gap in reply.gaps]


def spread(calls):
    books = Books()
    return books, books.pay("x", "spread", inside=calls)


@pytest.mark.parametrize("records", [1, 2, 3, 7, 9, 10, 44, 45, 46, 1000])
def test_no_call_is_lost_however_few_rows_a_page_has(tmp_path, records):
    books, one = spread(CALLS)
    with asked(tmp_path, books, records=records) as a:
        transaction, gaps = told(a, one)
        assert [each.value for each in transaction.transfers[1:]] == [value for *_, value in CALLS]
        assert gaps == []


@pytest.mark.parametrize("records", [1, 4, 5, 1000])
def test_equal_calls_are_no_page_that_came_twice(tmp_path, records):
    books, one = spread([("spread", "to", 7)] * 20)
    with asked(tmp_path, books, records=records) as a:
        transaction, gaps = told(a, one)
        assert len({each.index for each in transaction.transfers}) == 21
        assert gaps == []


@pytest.mark.parametrize(("number", "cut"), [(3, 1000), (99, 1000), (100, 1000), (120, 100), (1200, 1000)])
def test_an_explorer_without_pages_is_believed_unless_it_looks_cut(tmp_path, number, cut):
    books, one = spread([("spread", "to", 1 + place) for place in range(number)])
    with asked(tmp_path, books) as a:

        def unpaged(asked, _):
            query = {name: values[-1] for name, values in parse_qs(urlsplit(asked.path).query).items()}
            return a.explorer.answer(query | {"page": "1", "offset": str(cut)})

        a.server.change(unpaged, on=f"{LIST}txlistinternal")
        transaction, gaps = told(a, one)
        assert len(transaction.transfers) == 1 + min(number, cut)
        assert ["may be more than" in gap for gap in gaps] == ([True] if number >= 100 else [])


def test_what_is_refused_behind_the_first_page_keeps_it_and_is_a_gap(tmp_path):
    books, one = spread(CALLS)
    with asked(tmp_path, books, records=10) as a:

        def first_alone(asked, answer):
            return answer if "page=1&" in asked.path else refusal("upgrade to a paid plan")

        a.server.change(first_alone, on=f"{LIST}txlistinternal")
        transaction, gaps = told(a, one)
        assert len(transaction.transfers) == 11
        assert ["may be more than" in gap and "larger plan" in gap for gap in gaps] == [True]


def row(number: int) -> Row:
    return Row("a list", {"value": str(number)})


def pages(*sizes: int):
    """Pages of so many rows, one after another, and then none."""
    source = Source("etherscan", "a list", "00")

    def ask(number: int, size: int) -> Rows:
        assert number * size <= WINDOW
        begin = sum(sizes[: number - 1])
        return Rows(tuple(map(row, range(begin, begin + sum(sizes[number - 1 : number])))), source)

    return ask


def test_a_page_that_is_short_before_others_may_have_lost_rows():
    listing = read_numbered(pages(5, 3, 5))
    assert (len(listing.rows), listing.odd) == (13, ["a page in its midst is short"])
    assert read_numbered(pages(5, 5, 3)).odd == []


def test_a_list_longer_than_can_be_asked_for_says_so():
    listing = read_numbered(pages(*[1000] * 12))
    assert (len(listing.rows), listing.odd) == (
        WINDOW,
        [f"it has more than the {WINDOW} rows that can be asked for"],
    )


def test_pages_that_begin_to_repeat_are_noted():
    ask = pages(5, 5)
    listing = read_numbered(lambda number, size: ask(min(number, 2), size))
    assert (len(listing.rows), listing.odd) == (10, ["pages repeat"])


def test_what_the_first_question_refuses_is_raised():
    def refused(*_: int) -> Rows:
        raise NotOffered("not here")

    with pytest.raises(NotOffered, match="not here"):
        read_numbered(refused)
