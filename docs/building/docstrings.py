"""Docstrings as pages show them: examples become blocks. griffe loads this file as an extension (mkdocs.yml)."""

from __future__ import annotations

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"^(?P<indent> *)>>> .*(?:\n(?P=indent)(?:>>> |\.\.\. |(?!>>> )\S).*)*", re.MULTILINE)
"""Lines of one doctest: prompts, and the answers below them, up to an empty line."""


def fenced(text: str) -> str:
    """A docstring with each doctest between fences, so that nothing in it is taken for markup."""

    def block(match: re.Match[str]) -> str:
        indent = match["indent"]
        lines = "\n".join(line.removeprefix(indent) for line in match[0].splitlines())
        return f"\n```pycon\n{lines}\n```\n"

    return EXAMPLE.sub(block, text)


class Examples(griffe.Extension):
    """Puts every doctest of a docstring between fences."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:  # noqa: ANN401  # what griffe hands over besides
        """Called for each module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = fenced(obj.docstring.value)
