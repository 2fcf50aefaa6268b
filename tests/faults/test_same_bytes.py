"""One case, one report: whatever the folder is called, wherever and when it is traced."""

from __future__ import annotations

import os
import random
import shutil

import pytest

from tests.faults.running import process, trace, tree
from tests.oracle.generate import write_case

ELSEWHERE = [
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "C"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
]


@pytest.mark.parametrize("options", [(), ("--backward",)], ids=["forward", "backward"])
@pytest.mark.parametrize(("kind", "seed"), [("account", 1), ("account", 7), ("utxo", 3), ("utxo", 8)])
def test_two_copies_give_the_same_bytes(tmp_path, kind, seed, options):
    first, second = tmp_path / "first", tmp_path / "an øther name, of the same case"
    write_case(random.Random(seed), first, kind)
    shutil.copytree(first, second)
    for path in second.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    came = trace(first, *options)  # in this process, whose environment is that of the tests
    assert came.code in {0, 3}
    wanted = tree(first / "report")
    other = process(second, *options, env=ELSEWHERE[0])
    assert other.code == came.code
    assert tree(second / "report") == wanted
    assert other.out.replace(str(second), "") == came.out.replace(str(first), "")
    assert process(first, *options, env=ELSEWHERE[1]).code == came.code
    assert tree(first / "report") == wanted


def test_no_file_of_a_report_knows_where_it_was_made(tmp_path):
    folder = tmp_path / "a very special name"
    write_case(random.Random(2), folder, "account")
    assert process(folder).code in {0, 3}
    for path in (folder / "report").iterdir():
        assert b"very special" not in path.read_bytes()
