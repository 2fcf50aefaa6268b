"""Every public name shows an example in its docstring, and every example says what comes of it."""

from __future__ import annotations

import doctest

import pytest

import chaintrace

FINDER = doctest.DocTestFinder()


def examples(name: str) -> list[doctest.DocTest]:
    if not name:  # the package's own
        return [doctest.DocTestParser().get_doctest(chaintrace.__doc__, {}, "chaintrace", None, None)]
    return [one for one in FINDER.find(getattr(chaintrace, name), name) if one.examples]


def test_every_public_name_shows_an_example():
    assert [name for name in chaintrace.__all__ if name not in {one.name for one in examples(name)}] == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("examples")


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("name", ["", *chaintrace.__all__])
def test_its_examples_say_what_comes_of_them(name, folder, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_HOME", str(folder / "home"))
    monkeypatch.chdir(folder)
    told: list[str] = []
    for one in examples(name):
        doctest.DocTestRunner().run(one, out=told.append)
    assert "".join(told) == ""
