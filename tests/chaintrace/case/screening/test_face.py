"""`ct.screen(FILE)`: the same as the command, as rows and frames."""

from __future__ import annotations

import pytest

import chaintrace as ct
from tests.chaintrace.secret_samples import ABANDON
from tests.chaintrace.small_case import small_case

SENDER, RECEIVER = "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S", "1Q2TWHE3GMdB6BZKafqwxXtWAWgFt5Jvm3"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_a_list_is_rows_of_what_is_known_of_links_and_of_what_was_not_read(tmp_path):
    case = ct.demo_case("first-payments")
    (tmp_path / "list.txt").write_text(f"{SENDER} {RECEIVER}\n{SENDER[:-1]}T <b>\n", "utf-8")
    found = ct.screen("list.txt", cases=[case.folder], root=str(tmp_path))
    assert [row["text"] for row in found.listed] == [SENDER, RECEIVER]
    assert {type(row["transactions"]) for row in found.listed} == {int}
    assert [row["cases"] is None for row in found.listed] == [False, False]
    assert {(row["from_address"], row["to_address"]) for row in found.transfers} >= {(SENDER, RECEIVER)}
    assert {type(row["value"]) for row in found.transfers} == {int}
    frame = found.transfers.to_frame()
    assert frame["value"].dtype == object
    assert str(frame["time"].dt.tz) == "UTC"
    assert [row["place"] for row in found.not_read] == ["line 2, column 1"]
    assert repr(found) == "<screening: 2 addresses and txids read, 1 not read>"
    shown = found._repr_html_()
    assert shown.count("<table") == 3
    assert "<b>" not in shown.replace("<b></b>", "")


def test_a_secret_is_refused_before_anything_is_written(tmp_path):
    (tmp_path / "list.txt").write_text(ABANDON, "utf-8")
    small_case(tmp_path / "case")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ct.InputError, match="authorised officer"):
        ct.screen("list.txt", cases=["case"], root=".")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_secret_in_the_place_of_the_name_of_a_list_is_not_repeated():
    with pytest.raises(ct.InputError, match="authorised officer") as told:
        ct.screen(ABANDON)
    assert "abandon" not in str(told.value)
    with pytest.raises(ct.InputError, match="no list: it cannot be read"):
        ct.screen("no list")


def test_what_is_not_known_is_said_without_options_of_the_command(tmp_path):
    (tmp_path / "list.txt").write_text(SENDER, "utf-8")
    with pytest.raises(ct.InputError, match=r"no chain 'etherium' \(did you mean 'ethereum'\?\)") as told:
        ct.screen("list.txt", chain="etherium")
    assert "--" not in str(told.value)


def test_one_case_alone_needs_no_list(tmp_path):
    (tmp_path / "list.txt").write_text("TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR", "utf-8")
    small_case(tmp_path / "case")
    assert ct.screen("list.txt", cases="case").listed == ct.screen("list.txt", cases=["case"]).listed
