"""Retry-After in its two forms, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chaintrace.adapters.transport.statuses import retry_after

NOW = datetime(2026, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("999999999999", 999_999_999),
        ("Thu, 01 Jan 2026 00:00:10 GMT", 10),
        ("Thu, 01 Jan 2026 01:00:10 +0100", 10),
        ("Wed, 31 Dec 2025 23:59:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Thu, 01 Jan 2026 00:00:00 -" + "9" * 30, None),
        ("Thu, 01 Jan 99999999999 00:00:00 GMT", None),
    ],
)
def test_seconds_and_dates_are_understood(value, seconds):
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_without_the_header_nothing_is_said():
    assert retry_after({}, NOW) is None
