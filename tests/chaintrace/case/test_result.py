"""A case from folder to report: what it gives, what it writes, and that nothing is lost when something is wrong."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

import chaintrace as ct
from chaintrace.case import log
from chaintrace.case.lock import hold, remembered
from chaintrace.errors import InputError, OutputError
from tests.chaintrace.freeze.printing import need_printing
from tests.chaintrace.small_case import CASE, TAGS, TRANSFERS, small_case

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_small_case_is_followed_to_the_unit(tmp_path):
    result = ct.open_case(small_case(tmp_path)).follow()
    (endpoint,) = result.endpoints
    assert (endpoint["address"], endpoint["traced_value"], endpoint["entity"]) == ("shop", 60, "shop")
    (resting,) = result.resting
    assert (resting["address"], resting["traced_value"]) == ("taker", 40)
    assert list(result.not_followed) == []
    assert result.complete
    assert result.reasons == ()
    assert len(result.hops) == 2
    assert (
        sum(row["value"] for row in result.reconciliation if row["method"] == "fifo" and row["outcome"] != "seed")
        == 100
    )


def test_the_rows_are_a_sequence_and_a_frame_of_whole_numbers(tmp_path):
    endpoints = ct.open_case(small_case(tmp_path)).follow().endpoints
    assert len(endpoints) == len(endpoints[:]) == 1
    frame = endpoints.to_frame()
    assert list(frame.columns)[:3] == ["rank", "origin", "chain"]
    assert frame["traced_value"].iloc[0] == 60
    assert type(frame["traced_value"].iloc[0]) is int


def test_two_runs_and_a_run_in_a_copy_write_the_same_bytes(tmp_path):
    one = small_case(tmp_path / "one")
    first = contents(ct.open_case(one).follow(clock=lambda: NOW).folder)
    shutil.copytree(one, tmp_path / "elsewhere" / "two")
    second = contents(ct.open_case(one).follow().folder)
    third = contents(ct.open_case(tmp_path / "elsewhere" / "two").follow().folder)
    assert first == second == third
    assert b"2026-01-02" not in b"".join(first.values())


def test_the_methods_of_the_call_replace_those_of_the_case(tmp_path):
    result = ct.open_case(small_case(tmp_path)).follow(methods=("lifo", "poison"))
    assert tuple(result.report.inputs.traces) == ("lifo",)
    with pytest.raises(InputError, match=r"^methods: there is no method 'lefo'"):
        ct.open_case(tmp_path).follow(methods=("lefo",))


def test_one_method_alone_needs_no_list(tmp_path):
    case = ct.open_case(small_case(tmp_path))
    assert set(case.follow(methods="lifo").report.inputs.methods) == {"lifo"}
    with pytest.raises(InputError, match="'lif'"):
        case.follow(methods="lif")


def test_the_report_may_be_written_elsewhere(tmp_path):
    case = small_case(tmp_path / "case")
    assert ct.open_case(case).follow(report=tmp_path / "there").folder == tmp_path / "there"
    assert (tmp_path / "there" / "endpoints.csv").is_file()
    assert not (case / "report").exists()


def test_the_log_keeps_what_was_done_and_the_archive_every_byte(tmp_path):
    ct.open_case(small_case(tmp_path)).follow(clock=lambda: NOW)
    (entry,) = log.read(tmp_path)
    assert (entry.action, entry.time, entry.details["methods"]) == (
        "trace",
        "2026-01-02T00:00:00Z",
        ["fifo", "lifo", "libr", "haircut"],
    )
    kept = {source["request"]: source["sha256"] for source in entry.details["sources"]}
    assert set(kept) == {"case.toml", "transfers.csv", "complete.txt", "tags.csv"}
    for name, digest in kept.items():
        assert (tmp_path / "archive" / "raw" / digest[:2] / digest).read_bytes() == (tmp_path / name).read_bytes()
    assert remembered(tmp_path).hash == entry.hash


@pytest.mark.parametrize(
    ("files", "name", "line"),
    [
        ({"transfers": TRANSFERS.replace(",60\n", ",6.0\n")}, "transfers.csv", 3),
        ({"transfers": TRANSFERS.replace(",60\n", ",-60\n")}, "transfers.csv", 3),
        ({"transfers": TRANSFERS.replace(",value", "")}, "transfers.csv", 1),
        ({"tags": TAGS.replace("exchange", "exchnge")}, "tags.csv", 2),
        ({"case": CASE.replace('"t1"', '"t9"')}, "case.toml", 12),
        ({"case": CASE.replace("index = 0", "index = 5")}, "case.toml", 12),
        ({"case": CASE + '[rules]\nuse = ["common_inputs"]\n'}, "case.toml", 19),
    ],
)
def test_bad_input_names_file_and_line_and_leaves_the_report_as_it_was(tmp_path, files, name, line):
    case = ct.open_case(small_case(tmp_path))
    before = contents(case.follow().folder)
    lines = len(log.read(tmp_path))
    small_case(tmp_path, **files)
    with pytest.raises(InputError) as caught:
        case.follow()
    assert (str(caught.value.path).rsplit("/", 1)[-1], caught.value.line) == (name, line)
    assert "\n" not in str(caught.value)
    assert contents(tmp_path / "report") == before
    assert len(log.read(tmp_path)) == lines


def test_two_runs_at_once_are_refused_and_nothing_is_damaged(tmp_path):
    case = ct.open_case(small_case(tmp_path))
    before = contents(case.follow().folder)
    with hold(tmp_path), pytest.raises(InputError, match="another run"):
        case.follow()
    assert contents(tmp_path / "report") == before
    assert case.follow().complete


def test_an_altered_log_stops_the_run(tmp_path):
    case = ct.open_case(small_case(tmp_path))
    case.follow()
    path = tmp_path / log.FILE_NAME
    path.write_bytes(path.read_bytes().replace(b"fifo", b"lifo", 1))
    with pytest.raises(InputError, match="was altered"):
        case.follow()


def test_a_folder_with_files_of_others_is_not_replaced(tmp_path):
    case = small_case(tmp_path / "case")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="choose another folder"):
        ct.open_case(case).follow(report=tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize(("least", "endpoints"), [(70, 1), (71, 0)])
def test_a_tag_below_the_least_confidence_does_not_stop(tmp_path, least, endpoints):
    text = CASE + f"[limits]\nmin_tag_confidence = {least}\n"
    assert len(ct.open_case(small_case(tmp_path, case=text)).follow().endpoints) == endpoints


def test_no_folder_is_bad_input(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        ct.open_case(tmp_path / "nothing")


def test_a_table_that_is_not_there_is_bad_input(tmp_path):
    with pytest.raises(InputError, match="it has endpoints"):
        ct.open_case(small_case(tmp_path)).follow().table("nothing")


def test_value_that_reaches_a_victims_address_is_returned(tmp_path):
    (tmp_path / "victims.csv").write_text("chain,txid,index,origin,return_address\nledger,t1,0,Ann,shop\n")
    seed = CASE[CASE.index("[[seed]]") : CASE.index("[[tags]]")]
    case = CASE.replace(seed, '[[seed]]\npath = "victims.csv"\n\n')
    result = ct.open_case(small_case(tmp_path, case=case)).follow()
    assert list(result.endpoints) == []
    returned = {row["value"] for row in result.reconciliation if row["outcome"] == "returned"}
    assert returned == {60}


def test_a_pack_of_strangers_leaves_its_line_in_the_report(tmp_path):
    pack = "currency: ledger\nlabel: x\ntags:\n- address: shop\n  category: teapot\n"
    (tmp_path / "pack.yaml").write_text(pack)
    folder = small_case(tmp_path, case=CASE.replace("tags.csv", "pack.yaml"))
    result = ct.open_case(folder).follow()
    assert "teapot" in (result.folder / "report.html").read_text("utf-8")
    assert list(result.endpoints) == []


def test_a_declared_wallet_is_one_pool_where_the_case_says_so(tmp_path):
    transfers = TRANSFERS.replace("taker,shop,60", "other,shop,60")
    wallet = '[method]\npool = "wallet"\n[[wallet]]\nname = "W"\naddresses = ["taker", "other"]\n'
    apart = ct.open_case(small_case(tmp_path / "a", transfers=transfers, complete="taker\nother\n")).follow()
    assert list(apart.endpoints) == []
    case = small_case(tmp_path / "b", case=CASE + wallet, transfers=transfers, complete="taker\nother\n")
    (endpoint,) = ct.open_case(case).follow().endpoints
    assert endpoint["traced_value"] == 60


def test_findings_of_traced_transactions_stand_in_the_report_only_where_rules_are_on(tmp_path, data):
    folder = tmp_path / "case"
    shutil.copytree(data / "cases" / "colonial-pipeline", folder)
    assert list(ct.open_case(folder).follow().table("findings")) == []
    text = (folder / "case.toml").read_text("utf-8").replace("use = []", 'use = ["*"]')
    (folder / "case.toml").write_text(text, encoding="utf-8")
    findings = ct.open_case(folder).follow().table("findings")
    assert {row["rule"] for row in findings} == {"common_input"}


def test_a_least_value_of_an_asset_that_is_not_there_is_said(tmp_path):
    more = '[limits]\nmin_value = { "ledger:GOLT" = "1000" }\n'
    result = ct.open_case(small_case(tmp_path / "wrong", case=CASE + more)).follow()
    assert any("min_value names ledger:GOLT" in line for line in result.notices)
    assert any("min_value names ledger:GOLT" in note for note in result.report.inputs.notes)
    right = ct.open_case(small_case(tmp_path / "right", case=CASE + more.replace("GOLT", "GOLD"))).follow()
    assert right.notices == right.report.inputs.notes == ()
    assert {row["reason"] for row in right.not_followed} == {"below min_value"}


def test_letters_come_back_as_rows_of_what_their_linter_says(tmp_path):
    need_printing()
    case = ct.open_case(small_case(tmp_path))
    requests = case.freeze("preserve")
    assert [(row["kind"], row["complete"]) for row in requests] == [("preserve", "no")]
    assert requests[0]["findings"]
    assert (tmp_path / "freeze" / requests[0]["recipient"] / "request.pdf").is_file()
    assert list(requests.to_frame().columns) == list(requests.columns)
    with pytest.raises(InputError, match="nobody"):
        case.freeze(to=["nobody"])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            {"kind": "freze"},
            r"no kind of letter 'freze' \(did you mean 'freeze'\?\): it is preserve, .* or production$",
        ),
        ({"language": "de"}, "no language 'de': it is en or zh$"),
        ({"kind": None}, "no kind of letter 'None'"),
        ({"today": "2026-12-02"}, "not a date: \"'2026-12-02'\": give a datetime.date"),
        ({"today": datetime(2026, 12, 2, tzinfo=UTC)}, "not a date"),
    ],
)
def test_letters_that_nobody_can_write_are_refused_in_one_sentence(tmp_path, asked, says):
    with pytest.raises(InputError, match=says):
        ct.open_case(small_case(tmp_path)).freeze(**asked)


def test_an_export_is_what_the_command_writes(tmp_path):
    case = ct.open_case(small_case(tmp_path / "case"))
    (path,) = case.export("json", tmp_path / "one.json")
    assert path.read_bytes() == (case.follow().folder / "trace.json").read_bytes()
    with pytest.raises(InputError, match="there is no format 'x'"):
        case.export("x", tmp_path / "x")
