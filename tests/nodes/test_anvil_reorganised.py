"""Blocks are replaced while a case follows a real node: it notices, and its report is that of a fresh case."""

from __future__ import annotations

import pytest

import chaintrace as ct
from tests.nodes import anvil as nodes
from tests.nodes import evm_case, evm_story
from tests.nodes.test_reorganised import differing
from tests.oracle.compare import against

FINAL = ("--slots-in-an-epoch", "1")
"""So that all but the last two blocks are final: those that are replaced here."""
METHODS, ORIGINS = ("fifo", "haircut"), ("theft", "drained")
pytestmark = pytest.mark.usefixtures("anvil_program")


class Rival:
    """Watches a follow, and has the node's last blocks replaced when its line of progress comes for the n-th time."""

    def __init__(self, replace, moment):
        self._replace, self._left = replace, moment
        self.lines = 0

    def __call__(self, what, _done=0, _total=0):
        if what.startswith("following"):
            self.lines += 1
            self._left -= 1
            if self._left == 0:
                self._replace()


def case_of(folder, story):
    source = f"adapter = 'evm-rpc'\nurl = '{story.node.url}'"
    return evm_case.write_case(folder, source, story.books, methods=METHODS, origins=ORIGINS)


def expected(folder, story):
    """What the oracle finds in the books as they are now."""
    return evm_case.expected(folder, story.books, methods=METHODS, origins=ORIGINS)


def emptied(story):
    """The last two blocks again, with nothing in them (`anvil_reorg`)."""
    story.node.rpc("anvil_reorg", 2, [])
    story.books.forget(story.node.height - 2)


def given_back(story):
    """The last two blocks again, with one of their payments in the later one (`anvil_reorg` with transactions)."""
    txid = story.books.pages["late cash"].txid
    story.node.rpc("anvil_reorg", 2, [[story.books.raw["late cash"], 1]])
    story.books.forget(story.node.height - 2)
    story.books.again("late cash", txid)


def told_otherwise(story):
    """Back to before the last two blocks (`evm_revert`), and another end."""
    story.back()
    story.other_end()


KINDS = {"emptied": emptied, "given back": given_back, "told otherwise": told_otherwise}


QUICK = {("emptied", 2), ("told otherwise", 4)}
EVERY = [(kind, moment) for kind in KINDS for moment in (1, 2, 3, 4)]
MOMENTS = [pytest.param(*one, marks=() if one in QUICK else pytest.mark.soak) for one in EVERY]


@pytest.mark.parametrize(("kind", "moment"), MOMENTS)
def test_a_re_organisation_under_a_running_follow_leaves_the_report_of_a_fresh_case(tmp_path, kind, moment):
    with nodes.anvil(tmp_path / "node", *FINAL) as node:
        story = evm_story.told(node)
        story.end()
        rival = Rival(lambda: KINDS[kind](story), moment)
        case = case_of(tmp_path / "case", story)
        result = ct.open_case(case).follow(observer=rival)
        assert rival.lines >= moment
        assert story.books.settled() == []
        fresh = case_of(tmp_path / "fresh", story)
        ct.open_case(fresh).follow()
    assert differing(case / "report", fresh / "report") == []
    assert any("is no longer part of the chain" in notice for notice in result.notices)
    assert against(expected(tmp_path / "oracle", story), case / "report") == []
    assert result.complete


def test_a_case_that_was_followed_before_a_re_organisation_tells_what_then_stands(tmp_path):
    with nodes.anvil(tmp_path / "node") as node:
        story = evm_story.told(node)
        story.end()
        case = case_of(tmp_path / "case", story)
        ct.open_case(case).follow()
        before = expected(tmp_path / "oracle", story)
        assert against(before, case / "report") == []
        given_back(story)
        ct.open_case(case).follow()
    after = expected(tmp_path / "oracle", story)
    assert after["endpoints"] != before["endpoints"]
    assert against(after, case / "report") == []
