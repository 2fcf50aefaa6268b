"""A page's diff goes where the page says, and is refused where the file is not as the page shows it."""

from __future__ import annotations

import pytest

from tests.docs.checkout import patched

TEXT = "one\ntwo is long\nthree\nfour\n"


def test_lines_are_added_below_above_and_between():
    assert patched(TEXT, " one\n+a\n") == "one\na\ntwo is long\nthree\nfour\n"
    assert patched(TEXT, "+a\n+b\n three\n") == "one\ntwo is long\na\nb\nthree\nfour\n"
    assert patched(TEXT, " one\n two…\n+a\n three\n+b\n") == "one\ntwo is long\na\nthree\nb\nfour\n"
    assert patched(TEXT, " three\n+a\n@@\n one\n+b\n") == "one\nb\ntwo is long\nthree\na\nfour\n"


@pytest.mark.parametrize("diff", [" five\n+a\n", " two\n+a\n", " three\n one\n+a\n", "-one\n"])
def test_a_file_that_is_not_as_the_page_shows_it_is_noticed(diff):
    with pytest.raises(AssertionError, match=r"has no line|begins with"):
        patched(TEXT, diff)
