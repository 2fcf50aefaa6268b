"""What the documents and the course write of commands is there: subcommands, options, keys of a case. None is left out.

Commands that stand in a console block are run by tests/docs/test_commands.py. Here are those inside of sentences too,
and in the cells of the notebooks.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import click
import pytest

from chaintrace import cli
from chaintrace.case import config
from tests.docs.pages import CONSOLE, blocks, site_pages
from tests.docs.test_reference import KEYS
from tests.house.tree import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

FOREIGN = {
    "--check": "sha256sum",
    "--directory": "python -m http.server",
    "--nodes": "neo4j-admin database import",
    "--only": "python -m benchmarks",
    "--relationships": "neo4j-admin database import",
}
"""Options of other programs, and whose they are."""
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
WRITTEN = re.compile(r"`(chaintrace\s[^`]+)`|^ *(?:\$ |%)?(chaintrace (?:.*\\\n)*.*)$", re.MULTILINE)
"""A command in back-ticks, or as a line of a block or of a cell; a sentence may begin with the word as well."""


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    for part, one in command.commands.items() if isinstance(command, click.Group) else ():
        yield from _commands(one, f"{name} {part}".strip())


COMMANDS = dict(_commands(cli.chaintrace, ""))
"""Every command by its name; the program itself is "" here."""


def options(name: str) -> set[str]:
    """The long options of a command."""
    told = {text for param in COMMANDS[name].params for text in (*param.opts, *param.secondary_opts)}
    return {"--help", *(text for text in told if text.startswith("--"))}


@cache
def read() -> dict[str, str]:
    """The pages of the site and the notebooks, as text."""
    told = {name: texts()[name] for name in site_pages()}
    for name, text in texts().items():
        if name.endswith(".ipynb"):
            told[name] = "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return told


def written(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """The commands that a text writes: as it stands there, the name, and what follows it."""
    for match in WRITTEN.finditer(text):
        said = " ".join((match[1] or match[2]).replace("\\\n", " ").split())
        name, rest = "", said.split()[1:]
        while rest and f"{name} {rest[0]}".strip() in COMMANDS:
            name = f"{name} {rest.pop(0)}".strip()
        if name or match[1]:
            yield said, name, rest


@cache
def places() -> dict[str, set[str]]:
    """Each command that some page or notebook writes, and where."""
    found: dict[str, set[str]] = {}
    for page, text in read().items():
        for _, name, _ in written(text):
            found.setdefault(name, set()).add(page)
    return found


def test_a_written_command_is_read():
    text = "See `chaintrace case note DIR --by\nNAME`.\n\n%chaintrace show x \\\n  --json\n"
    assert [(name, rest) for _, name, rest in written(text)] == [
        ("case note", ["DIR", "--by", "NAME"]),
        ("show", ["x", "--json"]),
    ]


@pytest.mark.parametrize("page", sorted(read()))
def test_every_option_that_is_named_is_one(page):
    known = {option for name in COMMANDS for option in options(name)} | set(FOREIGN)
    assert set(OPTION.findall(read()[page])) - known == set()


def test_every_option_of_another_program_is_named():
    assert [option for option in FOREIGN if not any(option in text for text in read().values())] == []


@pytest.mark.parametrize("page", sorted(set(read()) - {"CHANGELOG.md"}))
def test_every_command_that_is_written_has_the_options_that_are_written_with_it(page):
    wrong = []
    for said, name, rest in written(read()[page]):
        is_group = isinstance(COMMANDS[name], click.Group)
        asked = {word.partition("=")[0].rstrip(".,;:") for word in rest if word.startswith("--")}
        if asked - options(name) or (is_group and rest and re.fullmatch("[a-z]+", rest[0])):
            wrong.append(said)
    assert wrong == []


@pytest.mark.parametrize("name", [name for name, one in COMMANDS.items() if not isinstance(one, click.Group)])
def test_every_command_has_a_place_beside_the_list_of_commands(name):
    assert places().get(name, set()) - {"docs/commands.md", "CHANGELOG.md"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name])
def test_every_choice_of_an_option_is_explained_with_its_default(name):
    lines = read()["docs/commands.md"].splitlines()
    for param in COMMANDS[name].params:
        if isinstance(param.type, click.Choice) and isinstance(param, click.Option):
            told = [
                line for line in lines if any(f"`{option} " in line or f" {option} " in line for option in param.opts)
            ]
            wanted = [*map(str, param.type.choices), *(["default"] if param.default in param.type.choices else [])]
            assert any(all(re.search(rf"\b{word}\b", line) for word in wanted) for line in told), (param.name, wanted)


@pytest.mark.parametrize("page", [page for page in site_pages() if any(b.language == "toml" for b in blocks(page))])
def test_every_key_of_a_case_that_is_shown_is_one(page):
    unknown = []
    for block in blocks(page):
        told = tomllib.loads(block.text) if block.language == "toml" else {}
        for table, value in (told if set(told) <= set(config.KEYS) else {}).items():
            rows, name = (value, f"[[{table}]]") if isinstance(value, list) else ([value], f"[{table}]")
            known = KEYS.get("case.toml" if table == "case" and name not in KEYS else name)
            unknown += [f"{name} {key}" for row in rows for key in row if known is not None and key not in known]
    assert unknown == []


@pytest.mark.parametrize("page", site_pages())
def test_no_command_stands_in_a_block_that_is_not_run(page):
    """A block of another language, or of none, shows no command: there nobody would notice that it is wrong."""
    others = [block for block in blocks(page) if block.language not in {*CONSOLE, "python", "diff"} and not block.name]
    shown = [line for block in others for line in block.text.splitlines() if line.startswith(("chaintrace ", "$ "))]
    assert shown == []
