"""The answers that the notebook about one's own node plays back are those of the real blocks."""

from __future__ import annotations

import json

import pytest

from chaintrace.adapters.bitcoin.rawblock import parse_transaction
from tests.notebooks import node_answers


@pytest.mark.slow
@pytest.mark.usefixtures("shared")
def test_the_file_is_what_the_stand_in_answers_over_the_real_blocks():
    assert node_answers.FILE.read_text("utf-8") == node_answers.recorded()


def test_each_transaction_in_it_hashes_to_its_name():
    answers = json.loads(node_answers.FILE.read_text("utf-8"))
    told = {tuple(json.loads(key)[1]): value for key, value in answers.items() if "getrawtransaction" in key}
    raw = {params[0]: value for params, value in told.items() if params[1] == 0}
    assert len(raw) == 10
    assert {txid: parse_transaction(bytes.fromhex(value)).txid for txid, value in raw.items()} == {
        one: one for one in raw
    }
