"""A silenced check is a bug with a permit: the permit names its rule and its reason, on the same line."""

from __future__ import annotations

import io
import re
import tokenize

import pytest

from tests.house.tree import sources, texts

SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore|ruff:\s*noqa|mypy:|pragma:)", re.IGNORECASE)
WITH_REASON = re.compile(r"#\s*(?:noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w,\s-]+\])\s+#\s*\w.{2,}")
PERMITS = re.compile(r'^\s*"[A-Z]+\d*",(?P<reason>.*)$')


def unexplained(text: str) -> list[str]:
    """The comments of a Python source that silence a check without naming rule and reason."""
    if not SILENCED.search(text):  # most files silence nothing, and need no reading token by token
        return []
    found, held = [], ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            held = token.string
            if SILENCED.search(held) and not WITH_REASON.search(held):
                found.append(f"{token.start[0]}: {held}")
    return found


@pytest.mark.parametrize(
    ("comment", "explained"),
    [
        ("# noqa: BLE001  # a plugin may raise anything", True),
        ("# type: ignore[arg-type]  # the stub is wrong about None", True),
        ("# noqa: BLE001", False),
        ("# noqa", False),
        ("# noqa  # because it is so", False),
        ("# type: ignore", False),
        ("# type: ignore[misc]", False),
        ("# ruff: noqa", False),
        ("# plain words", True),
    ],
)
def test_the_rule_tells_a_reason_from_none(comment, explained):
    assert (unexplained(f"x = 1  {comment}\n") == []) is explained


def test_every_silenced_check_has_a_reason():
    found = {name: lines for name, text in sources().items() if (lines := unexplained(text))}
    assert found == {}


def test_every_rule_that_is_off_has_a_reason_in_the_configuration():
    section = texts()["pyproject.toml"].split("[tool.ruff.lint]", 1)[1].split("[tool.ruff.lint.pydocstyle]", 1)[0]
    off = [match for line in section.splitlines() if (match := PERMITS.match(line))]
    assert len(off) > 10
    assert [match[0] for match in off if not re.search(r"#\s*\w.{5,}", match["reason"])] == []
