"""`bulk`: from a node's files to a screening on the command line, its exit codes, and what it loads."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest

from chaintrace.bulk import compiled
from chaintrace.cli import run
from tests.chaintrace.adapters.bitcoin.making import Made, framed

REGTEST = ("--chain", "bitcoin-regtest")


@pytest.fixture
def node(tmp_path):
    made = Made()
    for _ in range(5):
        made.add()
    (tmp_path / "blk00000.dat").write_bytes(framed(made.blocks))
    return tmp_path


def test_from_files_to_a_screening(node, capsys):
    chain, clusters, asked = str(node / "chain"), str(node / "clusters.parquet"), node / "asked.txt"
    assert run(["bulk", "parse", str(node), "--to", chain, *REGTEST]) == 0
    assert "5 blocks, 5 transactions, 5 inputs, 5 outputs, 1 script" in capsys.readouterr().out
    assert run(["bulk", "parse", str(node), "--to", chain, "--chain", "bitcoin-signet"]) == 2
    assert "it holds blocks of bitcoin-regtest, not of bitcoin-signet" in capsys.readouterr().err
    assert run(["bulk", "cluster", chain, "--to", clusters]) == 0
    assert "1 script in 1 cluster, from 0 transactions" in capsys.readouterr().out
    asked.write_text("mfWyW5fc9NUj75YAnFgoRLrjxgLDn2MMth\n")
    assert run(["bulk", "screen", clusters, "--addresses", str(asked)]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["status"], row["type"], row["cluster"]) == ("known", "p2pkh", "0")
    asked.write_text("mfWyW5fc9NUj75YAnFgoRLrjxgLDn2MMti\n=HYPERLINK(1)\n")
    assert run(["bulk", "screen", clusters, "--addresses", str(asked), "--to", str(node / "out.csv")]) == 3
    assert "2 invalid" in capsys.readouterr().err
    text = (node / "out.csv").read_bytes().decode("utf-8-sig")
    assert "checksum" in text
    assert "\r\n'=HYPERLINK(1),invalid," in text  # a spreadsheet would calculate it


def test_what_was_left_out_is_said_and_ends_with_3(node, capsys):
    path = node / "blk00000.dat"
    path.write_bytes(path.read_bytes()[:-1])
    assert run(["bulk", "parse", str(node), "--to", str(node / "chain"), *REGTEST]) == 3
    said = capsys.readouterr()
    assert "the file ends inside this record" in said.err
    assert "4 blocks" in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("parse", "absent", "--to", "out"), "there is no such file or directory"),
        (("parse", ".", "--to", "out", "--chain", "ethereum"), "blocks of the chain 'ethereum' cannot be read"),
        (("parse", ".", "--to", "out"), "holds blocks of bitcoin-regtest, not of bitcoin"),
        (("cluster", ".", "--to", "out"), "it is no finished parsing"),
        (("cluster", ".", "--to", "out", "--skip", "absent"), "cannot be read as CSV"),
        (("screen", "absent", "--addresses", "absent"), "absent: the file cannot be read"),
    ],
)
def test_bad_input_is_one_sentence(node, capsys, monkeypatch, arguments, words):
    monkeypatch.chdir(node)
    assert run(["bulk", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_without_the_extra_it_is_asked_for(node, capsys, monkeypatch):
    monkeypatch.setattr(compiled, "find_spec", lambda name: None if name == "numba" else name)
    for arguments in (
        ("parse", str(node), "--to", "out"),
        ("cluster", str(node), "--to", "out"),
        ("screen", "x", "--addresses", "x"),
    ):
        assert run(["bulk", *arguments]) == 2
        assert "needs numba, which is not installed: install chaintrace with its extra" in capsys.readouterr().err


def test_the_help_loads_neither_numba_nor_pyarrow():
    code = (
        "import sys; from chaintrace.cli import run; run(['bulk', '--help']); import chaintrace.bulk;"
        "print(sorted({'numba', 'pyarrow', 'llvmlite'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
