"""The core and the user's store in a case: pinned when used, the same report later, and newer lists only told."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chaintrace import resources
from chaintrace.case import log, pinned_lists
from chaintrace.case.config import load
from chaintrace.case.exports import export
from chaintrace.case.result import open_case
from chaintrace.case.tag_lists import CORE_FILE, HELD_FILE, SHIPPED, STORE_FILE, CaseTags, PinnedStore
from chaintrace.errors import InputError
from chaintrace.model.attribution import Tag
from chaintrace.tags.store import TagStore
from chaintrace.tags.store_import import Declared, import_list
from tests.chaintrace.small_case import CASE, small_case

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
HEADER = "chain,address,label,actor,category,confidence,source,lastmod\n"
SHOP = "ledger,shop,The Shop,shop,exchange,service_api,register,2026-01-01\n"
BOTH = CASE.replace('path = "tags.csv"', 'builtin = "core"\n\n[[tags]]\nstore = true')
ACTORS = "actors:\n- id: shop\n  label: Shop & Sons\n"


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Import a list into the user's store of this test."""
    monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / "home"))

    def put(text: str, name: str = "list.csv") -> None:
        (tmp_path / name).write_text(text, encoding="utf-8")
        with TagStore(tmp_path / "home" / "tags.sqlite") as store:
            import_list(store, tmp_path / name, Declared(), "x", WHEN)

    return put


def traced(folder):
    result = open_case(folder).follow(offline=True)
    held = {path.name: path.read_bytes() for path in sorted((folder / "report").iterdir())}
    return result, held


def test_the_store_stops_a_trace_and_what_was_used_of_it_is_pinned(tmp_path, put):
    put(HEADER + SHOP + "ledger,elsewhere,Nobody met,,,,s,\n")
    put(ACTORS, "actors.yaml")
    folder = small_case(tmp_path / "case", case=BOTH)
    result, _ = traced(folder)
    assert [row["address"] for row in result.endpoints] == ["shop"]
    assert "Shop & Sons" in result.report.sentence
    pinned = (folder / STORE_FILE).read_text("utf-8")
    assert "The Shop" in pinned
    assert "Nobody met" not in pinned
    assert [one["list"] for one in json.loads((folder / HELD_FILE).read_text("utf-8"))] != []
    assert str(tmp_path) not in (folder / HELD_FILE).read_text("utf-8")


def test_later_traces_read_what_was_pinned_and_give_the_same_bytes(tmp_path, put):
    put(HEADER + SHOP)
    put(ACTORS, "actors.yaml")
    folder = small_case(tmp_path / "case", case=BOTH)
    _, first = traced(folder)
    _, again = traced(folder)
    put(HEADER + SHOP.replace("shop,exchange", "bank,exchange"), "newer.csv")
    result, newer = traced(folder)
    assert first == again == newer
    assert [line for line in result.notices if "changed since this case pinned" in line]
    (tmp_path / "home" / "tags.sqlite").rename(tmp_path / "away")
    assert traced(folder)[1] == first


def test_what_is_reached_later_is_looked_up_while_the_store_is_the_same(tmp_path, put):
    put(HEADER + SHOP + "ledger,bank,The Bank,bank,custodian,,s,\n")
    folder = small_case(tmp_path / "case", case=BOTH)
    traced(folder)
    case = (folder / "transfers.csv").read_text("utf-8") + "ledger,t3,0,,1600000020,GOLD,2,taker,bank,40\n"
    (folder / "transfers.csv").write_text(case, encoding="utf-8")
    result, _ = traced(folder)
    assert {row["address"] for row in result.endpoints} == {"shop", "bank"}
    assert {"The Bank", "The Shop"} <= set((folder / STORE_FILE).read_text("utf-8-sig").replace(",", "\n").split("\n"))


class Killed(BaseException):
    """The process ends here."""


def killed(monkeypatch, left):
    """Let a run end before the step of pinning with that number; the list of the steps that were done."""
    done = []

    def mortal(name, step):
        def stepped(*given, **more):
            if len(done) == left and (name != "line" or given[1] == "pin"):
                raise Killed
            done.extend([name] if name != "line" or given[1] == "pin" else [])
            return step(*given, **more)

        return stepped

    monkeypatch.setattr(pinned_lists, "_stage", mortal("beside", pinned_lists._stage))
    monkeypatch.setattr(pinned_lists, "_put", mortal("place", pinned_lists._put))
    monkeypatch.setattr(log.Writer, "append", mortal("line", log.Writer.append))
    return done


STEPS = ["beside", "beside", "line", "place", "place"]


@pytest.mark.parametrize("left", range(6))
def test_a_run_that_is_killed_while_it_pins_is_gone_on_with_by_the_next(tmp_path, put, left):
    put(HEADER + SHOP)
    folder = small_case(tmp_path / "case", case=BOTH.replace('builtin = "core"\n\n[[tags]]\n', ""))
    with pytest.MonkeyPatch.context() as patch:
        done = killed(patch, left)
        if left < len(STEPS):
            with pytest.raises(Killed):
                traced(folder)
        else:
            traced(folder)
        assert done == STEPS[:left]
    result, _ = traced(folder)
    assert not [line for line in result.notices if "changed" in line]
    assert [row["address"] for row in result.endpoints] == ["shop"]


@pytest.mark.parametrize("left", range(4))
def test_a_run_that_is_killed_while_it_adds_to_what_is_pinned_loses_nothing(tmp_path, put, left):
    put(HEADER + SHOP + "ledger,bank,The Bank,bank,custodian,,s,\n")
    folder = small_case(tmp_path / "case", case=BOTH)
    traced(folder)
    rows = (folder / "transfers.csv").read_text("utf-8") + "ledger,t3,0,,1600000020,GOLD,2,taker,bank,40\n"
    (folder / "transfers.csv").write_text(rows, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        steps = ["beside", "line", "place"]  # the store is the same: only its tags are written
        done = killed(patch, left)
        if left < len(steps):
            with pytest.raises(Killed):
                traced(folder)
        else:
            traced(folder)
        assert done == steps[:left]
    result, held = traced(folder)
    assert {row["address"] for row in result.endpoints} == {"shop", "bank"}
    assert traced(folder)[1] == held
    assert not list((folder / "tags").glob("*.part"))


def test_what_a_killed_run_wrote_and_somebody_changed_is_not_taken(tmp_path, put):
    put(HEADER + SHOP)
    folder = small_case(tmp_path / "case", case=BOTH)
    _, before = traced(folder)
    (folder / f"{STORE_FILE}.part").write_text(HEADER + "ledger,taker,Another,,exchange,5,s,\n", encoding="utf-8")
    assert traced(folder)[1] == before
    assert not (folder / f"{STORE_FILE}.part").exists()


def test_a_core_whose_run_was_killed_after_the_line_is_put_in_its_place(tmp_path, monkeypatch):
    folder = small_case(tmp_path / "case", case=CASE + '\n[[tags]]\nbuiltin = "core"\n')
    traced(folder)
    newer = HEADER.encode() + b"ledger,taker,Newer,,exchange,5,s,\n"
    monkeypatch.setattr(resources, "read_bytes", lambda name: newer if name == SHIPPED else b"")
    (folder / CORE_FILE).unlink()
    with pytest.MonkeyPatch.context() as patch:
        killed(patch, 2)
        with pytest.raises(Killed):
            traced(folder)
    result, _ = traced(folder)
    assert (folder / CORE_FILE).read_bytes() == newer
    assert "taker" in {row["address"] for row in result.endpoints}


def test_pinned_anew_after_the_file_was_removed(tmp_path, put):
    put(HEADER + SHOP)
    folder = small_case(tmp_path / "case", case=BOTH)
    traced(folder)
    put(HEADER + SHOP.replace("The Shop", "A Shop"), "newer.csv")
    (folder / STORE_FILE).unlink()
    result, _ = traced(folder)
    assert "A Shop" in (folder / STORE_FILE).read_text("utf-8")
    assert not [line for line in result.notices if "changed" in line]


@pytest.mark.parametrize("name", [CORE_FILE, STORE_FILE, HELD_FILE])
def test_a_pinned_list_that_was_altered_is_refused(tmp_path, put, name):
    put(HEADER + SHOP)
    folder = small_case(tmp_path / "case", case=BOTH)
    traced(folder)
    text = (folder / name).read_bytes()
    (folder / name).write_bytes(text + b"ledger,taker,Another,,exchange,5,s,,,,,,,\n")
    with pytest.raises(InputError, match="was changed since the case pinned it"):
        open_case(folder).follow(offline=True)
    with pytest.raises(InputError, match="was changed since the case pinned it"):
        export(folder, "json", tmp_path / "trace.json", lambda: WHEN)
    (folder / name).write_bytes(text)
    traced(folder)


def test_pinned_tags_without_the_lists_that_they_are_of_are_refused(tmp_path, put):
    put(HEADER + SHOP)
    folder = small_case(tmp_path / "case", case=BOTH)
    traced(folder)
    (folder / HELD_FILE).unlink()
    with pytest.raises(InputError, match=f"remove {STORE_FILE} to pin anew"):
        traced(folder)
    (folder / STORE_FILE).unlink()
    assert [row["address"] for row in traced(folder)[0].endpoints] == ["shop"]


def test_that_there_was_no_store_is_pinned_too(tmp_path, put):
    folder = small_case(tmp_path / "case", case=BOTH)
    result, before = traced(folder)
    assert [line for line in result.notices if "there is no store" in line and "pins that" in line]
    assert traced(folder)[1] == before
    put(HEADER + SHOP)
    result, after = traced(folder)
    assert after == before
    assert [line for line in result.notices if "changed since this case pinned its own" in line]
    (folder / STORE_FILE).unlink()
    assert [row["address"] for row in traced(folder)[0].endpoints] == ["shop"]


def test_the_core_is_pinned_whole_with_its_digest_in_the_log(tmp_path):
    folder = small_case(tmp_path / "case", case=CASE + '\n[[tags]]\nbuiltin = "core"\n')
    traced(folder)
    assert (folder / CORE_FILE).read_bytes() == resources.read_bytes(SHIPPED)
    actions = [entry.action for entry in log.read(folder)]
    assert actions == ["pin", "trace"]
    assert open_case(folder).follow(offline=True).notices == ()


def test_another_core_is_told_and_the_pinned_one_kept(tmp_path, monkeypatch):
    folder = small_case(tmp_path / "case", case=CASE + '\n[[tags]]\nbuiltin = "core"\n')
    _, before = traced(folder)
    newer = HEADER.encode() + b"ledger,taker,Newer,,exchange,5,s,\n"
    monkeypatch.setattr(resources, "read_bytes", lambda name: newer if name == SHIPPED else b"")
    result, after = traced(folder)
    assert after == before
    assert [line for line in result.notices if "another core of tags ships" in line]


def test_a_case_without_store_says_that_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINTRACE_HOME", str(tmp_path / "none"))
    folder = small_case(tmp_path / "case", case=BOTH)
    result, _ = traced(folder)
    assert [line for line in result.notices if "there is no store of tags" in line]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('builtin = "cor"', "did you mean 'core'"),
        ("store = false", "store must be true"),
        ("store = 1", "store must be true"),
        ('path = "tags.csv"\nstore = true', "holds one of path, builtin, store"),
        ("", "holds one of path, builtin, store"),
        ('url = "x"', "unknown key 'url'"),
    ],
)
def test_a_wrong_entry_is_one_sentence(tmp_path, entry, words):
    folder = small_case(tmp_path / "case", case=CASE.replace('path = "tags.csv"', entry))
    with pytest.raises(InputError, match=words):
        load(folder)


def test_a_tag_of_a_file_and_one_of_the_store_stand_together(tmp_path, put):
    put(HEADER + "ledger,shop,Other,other,exchange,90,s,\n")
    own = Tag("ledger", "shop", "Own", "own", "exchange", 50, "file", stops=True)
    store = PinnedStore(tmp_path / "case")
    tags = CaseTags([own], store)
    assert [tag.label for tag in tags["ledger", "shop"]] == ["Other", "Own"]
    assert ("ledger", "nobody") not in tags
    assert (list(tags), len(tags)) == ([("ledger", "shop")], 1)
    store.close()


def test_a_category_that_nobody_knows_is_pinned_and_does_not_stop(tmp_path, put):
    put(HEADER + "ledger,shop,=Odd,,odd kind,,s,\n")
    folder = small_case(tmp_path / "case", case=BOTH)
    _, first = traced(folder)
    assert traced(folder)[1] == first
    assert "'=Odd" in (folder / STORE_FILE).read_text("utf-8")


def test_a_rule_does_not_see_the_labels_that_it_derived(tmp_path):
    from chaintrace.adapters import ADAPTERS
    from chaintrace.case.digests import Digests
    from chaintrace.case.opening import open_view
    from chaintrace.case.rules import findings
    from chaintrace.model.finding import Heuristic, Service
    from chaintrace.store import MemoryStore

    def echo(transaction, view):
        """Whoever is labelled is a service."""
        for transfer in transaction.transfers:
            address = transfer.outputs[0].address
            for tag in view.tags(transaction.chain, address):
                yield Service(transaction.chain, address, tag.label, (transaction.txid,))

    derived = Tag("ledger", "shop", "Derived", "", "exchange", 10, "rule echo", source_family="rule:echo")
    said = Tag("ledger", "shop", "Said", "", "exchange", 50, "register")
    config = load(small_case(tmp_path))
    view = open_view(config.sources, Digests(), MemoryStore(), tmp_path, ADAPTERS)
    paid = view.transaction("ledger", "t2")
    for tags, seen in (((said, derived), ["Said"]), ((derived,), [])):
        tagged = view.with_tags({("ledger", "shop"): tags})
        assert [one.object for one in findings([paid], [Heuristic(echo, "services", 30)], tagged)] == seen
        assert tagged.tags("ledger", "shop") == tags


def test_the_core_is_pinned_anew_after_its_file_was_removed(tmp_path, monkeypatch):
    folder = small_case(tmp_path / "case", case=CASE + '\n[[tags]]\nbuiltin = "core"\n')
    traced(folder)
    newer = HEADER.encode() + b"ledger,taker,Newer,,exchange,5,s,\n"
    real = resources.read_bytes
    monkeypatch.setattr(resources, "read_bytes", lambda name: newer if name == SHIPPED else real(name))
    (folder / CORE_FILE).unlink()
    result, _ = traced(folder)
    assert "taker" in {row["address"] for row in result.endpoints}
    assert traced(folder)[0].notices == ()


def test_a_case_that_asks_a_network_stops_at_a_tag_of_the_store(tmp_path, put):
    from tests.chaintrace.network_case import esplora, network_case, served

    with served() as server:
        plain = network_case(tmp_path / "plain", esplora(server))
        resting = open_case(plain).follow(environment={}).resting
        address = next(str(row["address"]) for row in resting if row["traced_value"] == 900_000_000)
        put(HEADER + f"bitcoin-regtest,{address},An exchange,x,exchange,50,s,\n")
        folder = network_case(tmp_path / "case", esplora(server), more="[[tags]]\nstore = true\n")
        first = open_case(folder).follow(environment={})
        held = (folder / STORE_FILE).read_bytes()
        again = open_case(folder).follow(environment={})
    assert [row["address"] for row in first.endpoints] == [address]
    assert address in held.decode("utf-8")
    assert first.report.tables == again.report.tables
