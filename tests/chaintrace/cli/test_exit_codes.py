"""Exit codes and sentences of the command line: 0, 3, 2, 4 and 1, each with one line on stderr and no stack."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chaintrace import cli
from chaintrace.cli import run
from chaintrace.errors import Malformed, OutputError, Refused, Unavailable
from tests.chaintrace.small_case import CASE, small_case


def stderr_of(capsys) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_complete_is_0(tmp_path, capsys):
    assert run(["trace", str(small_case(tmp_path))]) == 0
    assert not [line for line in stderr_of(capsys) if line.startswith("not complete")]


def test_finished_and_not_complete_is_3_with_the_reasons(tmp_path, capsys):
    assert run(["trace", str(small_case(tmp_path, complete="# none\n"))]) == 3
    (reason,) = [line for line in stderr_of(capsys) if line.startswith("not complete")]
    assert "history not in the sources" in reason


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trace"], "Missing argument"),
        (["tarce"], "No such command"),
        (["trace", "x", "--ofline"], "No such option"),
        (["trace", "nothing"], "there is no folder 'nothing'"),
        (["trace", "ab" * 32, "--chain", "bitcoin-regtest"], "no public service is known for 'bitcoin-regtest'"),
        (["trace", "ab" * 32, "--from", "http://127.0.0.1"], "add --chain"),
        (
            ["trace", "ab" * 32, "--chain", "tron", "--from", "tcp://127.0.0.1:50001"],
            "which adapter the url is for cannot be told",
        ),
        (["trace", "ab" * 32, "--chain", "bitcoin", "--from", "blocks=http://127.0.0.1"], "reads a file, not a url"),
        (["show", "ab" * 32], "neither a source nor a chain is named"),
        (["show", "ab" * 32, "--from", "esplora=https://example.org"], "add --chain"),
        (["show", "ab" * 32, "--chain", "bitcoin", "--from", "esplroa=https://example.org"], "did you mean 'esplora'"),
        (["findings", "nothing.csv"], "does not exist"),
        (["export", "nothing", "--format", "csv", "--to", "x"], "there is no folder"),
        (["queries", "nothing"], "there is no folder"),
        (["doctor", "nothing"], "there is no folder"),
    ],
)
def test_bad_input_is_2_in_one_sentence(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    (line,) = stderr_of(capsys)
    assert line.startswith("chaintrace: ")
    assert words in line
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_leads_to_itself_is_2_in_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    assert run(["bulk", "cluster", "loop", "--to", "clusters.parquet"]) == 2
    (line,) = stderr_of(capsys)
    assert line.startswith("chaintrace: ")


@pytest.mark.parametrize("group", ["bulk", "case", "tags"])
def test_a_group_without_its_command_says_which_there_are_line_by_line(capsys, group):
    assert run([group]) == 2
    first, *rest = stderr_of(capsys)
    assert first == f"Usage: chaintrace {group} [OPTIONS] COMMAND [ARGS]..."
    assert "Commands:" in rest


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize(
    ("mode", "arguments", "words"),
    [
        ("none", ["trace", "ab" * 32, "--chain", "bitcoin"], "the network is switched off"),
        ("public", ["trace", "ab" * 32, "--chain", "bitcoin", "--offline"], "the network is switched off"),
        ("own", ["trace", "ab" * 32, "--chain", "bitcoin"], "are public and would learn what is asked"),
        ("own", ["show", "ab" * 32, "--chain", "bitcoin"], "are public and would learn what is asked"),
        ("none", ["show", "ab" * 32, "--chain", "bitcoin", "--from", "http://127.0.0.1:1"], "is switched off"),
    ],
)
def test_nobody_to_ask_is_4_before_anything_is_made(tmp_path, monkeypatch, capsys, mode, arguments, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHAINTRACE_NETWORK", mode)
    assert run(arguments) == 4
    (line,) = stderr_of(capsys)
    assert words in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["CHAINTRACE_NETWORK", "CHAINTRACE_PROXY", "CHAINTRACE_CA_FILE"])
def test_a_variable_that_means_nothing_is_2(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setenv(name, "publik")
    for arguments in (["trace", str(small_case(tmp_path))], ["doctor"]):
        assert run(arguments) == 2
        assert "chaintrace: " in capsys.readouterr().err


def test_a_file_that_holds_no_certificate_is_2(tmp_path, monkeypatch, capsys):
    path = tmp_path / "own.pem"
    path.write_text("none", "utf-8")
    monkeypatch.setenv("CHAINTRACE_CA_FILE", str(path))
    assert run(["doctor"]) == 2
    assert "which holds no certificate: give it in PEM" in capsys.readouterr().err


def test_bad_input_in_a_case_is_2_with_file_and_line_and_no_report(tmp_path, capsys):
    folder = small_case(tmp_path, case=CASE.replace("index = 0", "index = true"))
    assert run(["trace", str(folder)]) == 2
    (line,) = stderr_of(capsys)
    assert line.startswith(f"chaintrace: {folder / 'case.toml'}, line 13: index must be an integer")
    assert not (folder / "report").exists()


@pytest.mark.parametrize(
    ("error", "code"),
    [(OutputError("full"), 2), (Malformed("cut"), 2), (Unavailable("later"), 4), (Refused("key"), 4)],
)
def test_other_errors_have_their_codes(tmp_path, monkeypatch, capsys, error, code):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("chaintrace.case.result.Case.follow", fail)
    assert run(["trace", str(small_case(tmp_path))]) == code
    assert stderr_of(capsys) == [f"chaintrace: {error}"]


def test_a_bug_of_ours_is_1_without_a_stack_and_debug_shows_it(tmp_path, monkeypatch, capsys):
    def fail(*_, **__):
        raise RuntimeError("boom")

    monkeypatch.setattr("chaintrace.case.result.Case.follow", fail)
    assert run(["trace", str(small_case(tmp_path))]) == 1
    (line,) = stderr_of(capsys)
    assert "boom" in line
    assert "please report it" in line
    with pytest.raises(RuntimeError, match="boom"):
        run(["--debug", "trace", str(tmp_path)])


def test_a_reader_that_has_enough_is_no_error(tmp_path, root):
    folder = small_case(tmp_path)
    command = [sys.executable, "-m", "chaintrace", "trace", str(folder)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        errors = process.stderr.read()
    assert "Error" not in errors
    assert process.returncode == 0


def test_the_program_leaves_with_the_code_of_the_command(root):
    command = [sys.executable, "-m", "chaintrace", "trace", "nothing"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupt_while_the_program_loads_is_130_without_a_stack(root):
    program = """
import sys

class Interrupting:
    @staticmethod
    def find_spec(name, *_):
        if name == "chaintrace.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting)
from chaintrace.__main__ import main
main()
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (130, "chaintrace: interrupted: no file was left half written\n")


def test_help_says_what_every_command_does(capsys):
    assert run(["--help"]) == 0
    assert run([]) == 0
    for name, command in cli.chaintrace.commands.items():
        assert (command.help or "").strip(), name
        assert run([name, "--help"]) == 0
    assert "Usage: chaintrace" in capsys.readouterr().out
