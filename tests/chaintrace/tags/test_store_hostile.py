"""Lists that mean harm, or are broken: named with their lines, and never more than a refusal."""

from __future__ import annotations

import sqlite3
import tracemalloc
from datetime import UTC, datetime

import pytest

from chaintrace.errors import InputError, OutputError
from chaintrace.tags.store import TagStore, spoken
from chaintrace.tags.store_import import MOST_PROBLEMS, Declared, import_list

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
HEAD = "title: t\ncreator: c\ncurrency: BTC\nsource: s\ntags:\n"
GOOD = f"- address: {GENESIS}\n  label: good\n"


@pytest.fixture
def put(tmp_path):
    with TagStore(tmp_path / "tags.sqlite") as store:

        def put(text: str | bytes, name: str = "a.yaml", **declared: object):
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
            return import_list(store, tmp_path / name, Declared(**declared), "x", WHEN), store

        yield put


def labels(store) -> list[str]:
    return [tag.claim.label for tag in store.every()]


def test_a_bomb_of_aliases_is_refused_where_it_stands(put):
    bomb = "context:\n  a: &a [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"  {chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(12))
    entry = "- address: 1\n  label: bomb\n  " + bomb.replace("\n", "\n  ").rstrip() + "\n"
    tracemalloc.start()
    done, store = put(HEAD + entry + GOOD)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert labels(store) == ["good"]
    ((line, sentence),) = [(one.line, one.sentence) for one in done.problems]
    assert line == 6
    assert "uses the alias *a" in sentence


def test_an_alias_in_the_header_is_left_out_and_told(put):
    done, store = put(f"x: &x [1]\ncategory: *x\n{HEAD}{GOOD}")
    assert labels(store) == ["good"]
    assert [(one.line, one.refused) for one in done.problems] == [(2, True)]


@pytest.mark.parametrize(
    "entry",
    [
        "- address: 1\n  label: !!python/object/apply:os.system [id]\n",
        "- !!python/name:os.system x\n",
        "- address: 1\n  label: [[[[[[[[[[[[[[[[[[[[deep]]]]]]]]]]]]]]]]]]]]\n",
        "- address: 1\n  label: 1\n  <<: *none\n",
        "- address: 1\n  label: one\n  label: two\n",
        "- just text\n",
        "- [a, list]\n",
        "- address: [a]\n",
        f"- address: {GENESIS}\n  label: {'x' * 5000}\n",
        f"- address: {GENESIS}\n  label: x\n  confidence: {'9' * 5000}\n",
        f"- address: {'1' * 300}\n  label: x\n",
        f"- address: {GENESIS}\n  label: x\n  context: {{{', '.join(f'k{i}: v' for i in range(3000))}}}\n",
        "- ? [a, b]\n  : c\n  address: 1\n",
    ],
)
def test_an_entry_that_means_harm_is_refused_and_the_next_one_kept(put, entry):
    done, store = put(HEAD + entry + GOOD)
    assert labels(store) == ["good"]
    assert [(one.line, one.refused) for one in done.problems] == [(6, True)]
    assert (done.read, done.kept, done.refused) == (2, 1, 1)


def test_numbers_stay_the_text_that_they_are(put):
    huge = "1" + "0" * 4
    _, store = put(
        f"{HEAD}- address: {GENESIS}\n  label: {huge}\n  context: {{a: 0x10, b: 1e9, c: yes, d: 2020-01-01}}\n"
    )
    (tag,) = store.lookup(GENESIS)
    assert (tag.claim.label, tag.claim.more) == (huge, '{"context":{"a":"0x10","b":"1e9","c":"yes","d":"2020-01-01"}}')


@pytest.mark.parametrize(
    "text",
    ["tags:\n- address: %s\nlabel: late\ncurrency: BTC\n", "{tags: [{address: %s}], label: late, currency: BTC}"],
)
def test_a_header_behind_its_tags_is_inherited_too(put, text):
    _, store = put(text % GENESIS)
    assert labels(store) == ["late"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + GOOD + "- {a: [\n", "is no YAML"),
        ("- a\n- b\n", "is a mapping"),
        ("title: x\n", "needs a list"),
        ("tags: none\n", "is none, or stands twice"),
        ("[a, b]: x\ntags: []\n", "plain text"),
        (b"\xff\xfe\xff", "no YAML"),
        (b"", "is a mapping"),
        ("x: &x [1]\ntags: *x\n", r"line 2: the list `tags` is refused: it uses the alias \*x"),
        (HEAD + GOOD + "---\n" + HEAD + GOOD, "line 8: a second document begins here"),
    ],
)
def test_a_file_that_is_no_tagpack_changes_nothing(put, text, words):
    _, store = put(HEAD + GOOD, "before.yaml")
    with pytest.raises(InputError, match=words):
        put(text)
    assert labels(store) == ["good"]


def test_markup_and_formulas_are_text(put):
    evil = "<script>alert(1)</script>\u202e=cmd|' /C calc'!A0"
    _, store = put(f'{HEAD}- address: {GENESIS}\n  label: "{evil}"\n')
    assert labels(store) == [evil.replace("\u202e", " ")]


@pytest.mark.parametrize(
    ("label", "told"),
    [("<b>x</b>", True), ("=1+1", True), ("@x", True), ("a < b", False), ("Exch-1 (a+b=c)", False)],
)
def test_a_label_that_holds_markup_or_a_formula_is_kept_and_named_with_its_line(put, label, told):
    done, store = put(f'{HEAD}- address: {GENESIS}\n  label: "{label}"\n')
    assert labels(store) == [label]
    assert [(one.kind, one.line, one.refused) for one in done.problems] == ([("label", 6, False)] if told else [])


def test_a_date_that_is_none_makes_no_version_newer(put):
    done, _ = put(HEAD + GOOD + "  lastmod: spring 2024\n")
    assert [(one.kind, one.sentence) for one in done.problems] == [
        ("date", "lastmod 'spring 2024' is no date like 2024-12-31: kept as text, compared with nothing")
    ]
    _, store = put(HEAD + GOOD.replace("good", "later") + "  lastmod: 2024-12-31\n")
    assert labels(store) == ["later"]


def test_what_python_itself_complains_of_is_said_too(tmp_path):
    with pytest.raises(OutputError, match="cannot be used"), spoken(tmp_path):
        raise sqlite3.ProgrammingError("Cannot operate on a closed database.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><sdnList>&a;</sdnList>', "DOCTYPE"),
        ("<sdnList><sdnEntry></sdnList>", "is no XML"),
        ("<html></html>", "neither sdnList nor Sanctions"),
        ("", "is no XML"),
    ],
)
def test_an_xml_that_is_no_list_is_refused(put, text, words):
    with pytest.raises(InputError, match=words):
        put(text, "a.xml")


def test_many_bad_rows_are_counted_and_not_all_held(put):
    done, _ = put("nonsense\n" * (MOST_PROBLEMS + 500), "a.txt", fields={"chain": "bitcoin", "label": "x"})
    assert (done.refused, len(done.problems)) == (MOST_PROBLEMS + 500, MOST_PROBLEMS)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(put):
    def peak(entries: int) -> int:
        text = HEAD + "".join(f"- address: a{i}\n  currency: ledger\n  label: x{i}\n" for i in range(entries))
        tracemalloc.start()
        done, _ = put(text, f"{entries}.yaml")
        found = tracemalloc.get_traced_memory()[1] - len(text)
        tracemalloc.stop()
        assert done.kept == entries
        return found

    few, many = peak(500), peak(6_000)
    assert many < few + 8_000_000  # 5,500 more claims are remembered, up to the size of the cache


@pytest.mark.slow
def test_memory_does_not_grow_with_a_tagpack(tmp_path):
    peaks = []
    for number in (2_000, 20_000):
        path = tmp_path / f"{number}.yaml"
        path.write_text(HEAD + (GOOD + f"  note: {'x' * 500}\n") * number, encoding="utf-8")
        with TagStore(tmp_path / f"{number}.sqlite") as store:
            tracemalloc.start()
            done = import_list(store, path, Declared(), "x", WHEN)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert (done.read, done.kept, done.duplicates) == (number, 1, number - 1)
    assert peaks[1] < peaks[0] * 1.1


def test_two_actors_of_one_address_are_both_kept_and_told_with_the_line(put):
    done, store = put(
        f"{HEAD}- {{address: {GENESIS}, label: a, actor: x}}\n- {{address: {GENESIS}, label: b, actor: y}}\n"
    )
    assert labels(store) == ["a", "b"]
    assert [(one.line, one.kind, one.refused) for one in done.problems] == [(7, "conflict", False)]
    assert "is attributed to x / y" in done.problems[0].sentence


def test_a_wrong_checksum_an_unknown_category_and_another_chain_are_each_named_with_their_line(put):
    entries = (
        f"- {{address: {GENESIS[:-1]}b, label: sum}}\n"
        f"- {{address: {GENESIS}, label: kind, category: exchnge}}\n"
        "- {address: TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR, label: chain}\n"
    )
    done, store = put(HEAD + entries + GOOD)
    assert sorted(labels(store)) == ["good", "kind"]
    told = {one.line: (one.kind, one.sentence) for one in done.problems}
    assert (told[6][0], told[7][0], told[8][0]) == ("address", "category", "address")
    assert "checksum does not fit" in told[6][1]
    assert "did you mean 'exchange'" in told[7][1]
    assert "it is an address of tron" in told[8][1]
