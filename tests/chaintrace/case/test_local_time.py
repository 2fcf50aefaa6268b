"""The time on a screenshot: dates, minutes, zones, and clocks that are set."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.case.locating.local_time import window
from chaintrace.errors import InputError
from chaintrace.model.chain import MAX_TIME, MIN_TIME

ZONES = (
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Beirut",
)


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def ends(begin: str, end: str, zone: str | None = "UTC") -> tuple[str, str]:
    made = window(begin, end, zone)
    return tuple(datetime.fromtimestamp(one, UTC).strftime("%Y-%m-%dT%H:%M:%S") for one in (made.begin, made.end))


@pytest.mark.parametrize(
    ("begin", "end", "zone", "wanted"),
    [
        ("2021-08-05", "2021-08-05", "UTC", ("2021-08-05T00:00:00", "2021-08-05T23:59:59")),
        ("2021-08-05 14:03", "2021-08-05T14:03", "UTC", ("2021-08-05T14:03:00", "2021-08-05T14:03:59")),
        ("2021-08-05T14:03:07", "2021-08-05T14:03:07", "UTC", ("2021-08-05T14:03:07", "2021-08-05T14:03:07")),
        ("2021-08-05", "2021-08-05", "Europe/Berlin", ("2021-08-04T22:00:00", "2021-08-05T21:59:59")),
        ("2021-08-05", "2021-08-05", "+05:30", ("2021-08-04T18:30:00", "2021-08-05T18:29:59")),
        ("2021-08-05", "2021-08-05", "utc-3", ("2021-08-05T03:00:00", "2021-08-06T02:59:59")),
        ("2021-08-05T10:00Z", "2021-08-05T10:00+0200", "Asia/Tokyo", None),
        ("2021-08-05T10:00+02:00", "2021-08-05T10:00Z", "Asia/Tokyo", ("2021-08-05T08:00:00", "2021-08-05T10:00:59")),
        ("1628172187", "1628172187", None, ("2021-08-05T14:03:07", "2021-08-05T14:03:07")),
        ("2021-08-05", "2021-08-05", "any", ("2021-08-04T10:00:00", "2021-08-06T11:59:59")),
        ("2021-08-05T10:00Z", "2021-08-05T10:00Z", "any", ("2021-08-05T10:00:00", "2021-08-05T10:00:59")),
    ],
)
def test_a_time_means_its_whole_day_minute_or_second_in_its_zone(begin, end, zone, wanted):
    if wanted is None:
        with pytest.raises(InputError, match=r"lies before --from .*exchange them"):
            window(begin, end, zone)
    else:
        assert ends(begin, end, zone) == wanted


def test_an_hour_that_comes_twice_is_read_both_ways():
    made = window("2021-10-31T02:30", "2021-10-31T02:30", "Europe/Berlin")
    assert (made.begin, made.end) == (seconds("2021-10-31T00:30:00+00:00"), seconds("2021-10-31T01:30:59+00:00"))
    (note,) = made.notes
    assert "comes twice in Europe/Berlin" in note


def test_an_hour_that_a_clock_leaves_out_is_read_both_ways():
    made = window("2021-03-28T02:30", "2021-03-28T02:30", "Europe/Berlin")
    assert (made.begin, made.end) == (seconds("2021-03-28T00:30:00+00:00"), seconds("2021-03-28T01:30:59+00:00"))
    assert "does not exist in Europe/Berlin" in made.notes[0]


def test_a_day_on_which_the_clock_is_set_is_whole():
    made = window("2021-10-31", "2021-10-31", "Europe/Berlin")
    assert made.end + 1 - made.begin == 25 * 3600


def test_without_a_zone_it_is_said_what_was_assumed():
    assert "read as UTC" in window("2021-08-05", "2021-08-05", None).notes[0]
    assert window("2021-08-05T10:00Z", "1628172187", None).notes == ()
    assert window("2021-08-05", "2021-08-05", "UTC").notes == ()


@pytest.mark.parametrize(
    ("begin", "zone", "words"),
    [
        ("05.08.2021", None, "it must be a date such as"),
        ("2021-02-30", None, "there is no such time"),
        ("2021-08-05T25:00", None, "there is no such time"),
        ("1628172187000", None, "it must be a date such as"),
        ("0001-01-01", "+14:00", "there is no such time"),
        ("2008-12-31", None, "2009 to 2100"),
        ("2021-08-05", "Mars/Olympus", "there is no time zone"),
        ("2021-08-05", "../../etc/passwd", "there is no time zone"),
        ("2021-08-05", "Europe", "there is no time zone"),
        ("2021-08-05", "", "there is no time zone"),
        ("2021-08-05", "+25:00", "there is no time zone"),
        ("2021-08-05T10:00+99:00", None, "there is no time zone"),
    ],
)
def test_what_is_no_time_or_no_zone_is_refused(begin, zone, words):
    with pytest.raises(InputError, match=words):
        window(begin, "2021-08-06", zone)


def test_a_moment_is_told_on_the_clock_of_the_person():
    made = window("2021-08-05", "2021-08-05", "Europe/Berlin")
    assert made.local(seconds("2021-08-05T10:17:00+00:00")) == "2021-08-05T12:17:00+02:00"
    assert made.local(None) is None
    assert window("2021-08-05", "2021-08-05", "any").local(0) is None


@given(time=st.integers(MIN_TIME + 86_400, MAX_TIME - 2 * 86_400), name=st.sampled_from(ZONES))
def test_the_minute_that_a_clock_shows_holds_the_moment(time, name):
    shown = datetime.fromtimestamp(time, ZoneInfo(name)).strftime("%Y-%m-%dT%H:%M")
    known = window(shown, shown, name)
    assert known.begin <= time <= known.end
    unknown = window(shown, shown, "any")
    assert unknown.begin <= known.begin
    assert known.end <= unknown.end
