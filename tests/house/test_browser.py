"""The browser of the page tests: it draws, it runs what a page brings, and it has no network."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def test_a_page_is_drawn_and_runs_its_own_code(page):
    page.set_content("<p id=a>before</p><script>document.getElementById('a').textContent = 'after'</script>")
    assert page.inner_text("#a") == "after"
    assert page.screenshot().startswith(b"\x89PNG")


def test_a_page_reaches_nothing(page, httpserver):
    httpserver.expect_request("/").respond_with_data("answer")
    assert not page.evaluate(
        "async url => { try { return !!await fetch(url) } catch { return false } }", httpserver.url_for("/")
    )
    assert httpserver.log == []
