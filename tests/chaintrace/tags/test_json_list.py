"""Lists of objects in JSON: one object at a time, each with its line, and what is none refused."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime

import pytest

from chaintrace.errors import InputError
from chaintrace.tags.store import TagStore
from chaintrace.tags.store_import import Declared, import_list

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
HUOBI = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"


@pytest.fixture
def put(tmp_path):
    with TagStore(tmp_path / "tags.sqlite") as store:

        def put(text: str | bytes, **declared: object):
            path = tmp_path / "a.json"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            return import_list(store, path, Declared(**declared), "x", WHEN), store

        yield put


def test_fields_of_ours_are_read_and_the_others_kept(put):
    entry = {"address": HUOBI, "chain": "tron", "name": "Huobi", "category": "exchange", "rank": 1, "on": True}
    more = {"notes": {"a": [1.50, None]}, "empty": None, "confidence": "high"}
    done, store = put(json.dumps([{**entry, **more}]))
    (tag,) = store.lookup(HUOBI)
    assert (done.kind, done.kept, tag.claim.label, tag.claim.category) == ("json", 1, "Huobi", "exchange")
    assert json.loads(tag.claim.more) == {
        "rank": "1",
        "on": "true",
        "notes": {"a": ["1.5", ""]},
        "confidence_as_given": "high",
    }
    assert (tag.claim.confidence, [one.kind for one in done.problems]) == ("unknown", ["confidence"])


def test_a_declared_confidence_counts_where_the_list_has_a_scale_of_its_own(put):
    entry = {"address": HUOBI, "chain": "tron", "label": "Huobi", "confidence": "high"}
    _, store = put(json.dumps([entry]), fields={"confidence": "web_crawl"})
    assert store.lookup(HUOBI)[0].claim.level == 20


def test_fields_are_named_and_their_lines_told(put):
    text = '[\n {"a": "%s", "tag": "One"},\n {"a": "%s",\n  "tag": "Two"},\n 5,\n {"a": ["x"], "tag": "y"}\n]\n'
    done, store = put(text % (HUOBI, HUOBI[:-1] + "X"), fields={"chain": "tron"}, columns={"address": "a"})
    assert [tag.claim.label for tag in store.lookup(HUOBI)] == ["One"]
    assert [(one.line, one.kind) for one in done.problems] == [(3, "address"), (5, "field"), (6, "field")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"addresses": []}', "no JSON list of objects"),
        ("", "ends too early"),
        ("[{", "an entry is broken"),
        ('[{"a": 1} {"a": 2}]', "a comma or a ] is missing"),
        ('[{"a": 1},', "ends too early"),
        (b'[{"a": "\xff"}]', "not UTF-8"),
        ("[" + "[" * 100_000 + "]" * 100_000 + "]", "too deep"),
        ('[{"a": "' + "x" * 2_000_000, "broken or too long"),
    ],
)
def test_what_is_no_list_of_objects_is_one_sentence(put, text, words):
    with pytest.raises(InputError, match=words):
        put(text)


def test_an_empty_list_holds_nothing(put):
    assert put(" [ ] ")[0].read == 0


def test_memory_does_not_grow_with_the_list(tmp_path):
    entry = json.dumps({"address": HUOBI, "chain": "tron", "label": "Huobi", "note": "x" * 500})
    peaks = []
    for number in (2_000, 20_000):
        path = tmp_path / f"{number}.json"
        path.write_text(f"[{', '.join([entry] * number)}]", encoding="utf-8")
        with TagStore(tmp_path / f"{number}.sqlite") as store:
            tracemalloc.start()
            done = import_list(store, path, Declared(), "x", WHEN)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert (done.read, done.kept, done.duplicates) == (number, 1, number - 1)
    assert peaks[1] < peaks[0] * 1.1
