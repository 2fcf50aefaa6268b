"""What is folded: how much is shown, that every sum is kept, that ends come first, and that all is placed once."""

from __future__ import annotations

import time

import pytest

from chaintrace.i18n import speaker
from chaintrace.model.trace import Claim, Hop, Resting, Trace
from chaintrace.report import flow_folds
from chaintrace.report.amounts import figure
from chaintrace.report.flow_folds import MOST_KNOWN, MOST_PAYERS, MOST_SHOWN, PAGE
from chaintrace.report.flow_graph import graph
from chaintrace.report.flow_layout import laid_out
from chaintrace.report.flow_texts import Writer
from tests.chaintrace.report.flow_samples import PAID, chain, crowd
from tests.chaintrace.report.samples import T0, USD, accounts, transfer
from tests.chaintrace.report.test_picture import wide


def scene_of(inputs):
    return laid_out({method: graph(inputs, method) for method in inputs.methods})


@pytest.fixture(scope="module")
def timed():
    """A chain of ten thousand hops under four methods, laid out, and the seconds of a processor that it took."""
    inputs = chain(10_000)
    before = time.process_time()
    return scene_of(inputs), time.process_time() - before


@pytest.fixture(scope="module")
def long(timed):
    return timed[0]


@pytest.fixture(scope="module")
def crowded():
    return scene_of(crowd())


def test_what_fits_is_not_folded():
    assert scene_of(accounts()).folds == {}
    assert scene_of(wide(MOST_SHOWN - 2)).folds == {}


def test_at_most_sixty_boxes_are_shown_at_first(crowded, long):
    for made in (crowded, long, scene_of(wide(200))):
        shown = [place for place in made.nodes() if place.page < 0]
        assert MOST_SHOWN - 2 <= len(shown) <= MOST_SHOWN


def test_a_fold_has_the_sum_of_what_is_in_it_to_the_unit(crowded):
    whole = graph(crowd())
    for method in crowded.graphs:
        writer = Writer(crowded, method, speaker("en"))
        into = sum(line.value for line in writer.lines if line.target == crowded.folds[3].box.key)
        shown = sum(line.value for line in writer.lines if line.target[2].startswith("E"))
        assert into + shown == sum(box.inflow[USD] for key, box in whole.boxes.items() if key[2].startswith("E"))
    texts = writer.texts(crowded.folds[3])
    folded = [place for key, place in crowded.places.items() if crowded.hidden.get(key) == 3]
    assert texts.lines[0] == f"{len(folded)} more addresses"
    assert texts.lines[1].endswith("% of all paid")


def many_payers(count: int):
    """So many payments from as many payers, each into an address of its own, where it rests."""
    paid = range(1, count + 1)
    seeds = [transfer(n, f"V{n:03}", f"W{n:03}", 100 * n) for n in paid]
    hops = [
        Hop(n, one, one.txid, "0", f"V{n:03}", f"W{n:03}", USD, 100 * n, 100 * n, "A", 0, "seed")
        for n, one in zip(paid, seeds, strict=True)
    ]
    rests = [Resting("A", USD, 100 * n, f"W{n:03}", "", "", T0, None, since=T0) for n in paid]
    claims = [
        Claim("A", one, "ledger", one.txid, "0", USD, hop.to_address, hop.value, hop.value)
        for one, hop in zip(seeds, hops, strict=True)
    ]
    trace = Trace("fifo", tuple(claims), tuple(hops), tuple(rests), (), ())
    return accounts(traces={"fifo": trace}, methods=("fifo",), tags={})


def test_payers_leave_room_for_what_follows():
    """Five hundred victims, one below the other, would push where their value went off the screen."""
    made = scene_of(many_payers(100))
    shown = [place for place in made.nodes() if place.page < 0 and place.box.kind == "payer"]
    assert len(shown) == MOST_PAYERS
    assert {place.box.address for place in shown} == {f"V{n:03}" for n in range(100, 100 - MOST_PAYERS, -1)}
    texts = Writer(made, "fifo", speaker("en")).texts(made.folds[0])
    folded = sum(100 * n for n in range(1, 101 - MOST_PAYERS))
    assert texts.lines == [f"{100 - MOST_PAYERS} more addresses", "77.5 % of all paid", f"paid {figure(folded, USD)}"]
    few = scene_of(many_payers(20))
    assert few.folds == {}


def test_every_box_is_in_one_page_of_one_fold_or_shown(crowded):
    for column, fold in crowded.folds.items():
        pages: dict[int, int] = {}
        for key, hidden in crowded.hidden.items():
            if hidden == column:
                pages[crowded.places[key].page] = pages.get(crowded.places[key].page, 0) + 1
        assert set(pages) == set(range(len(pages)))
        assert all(count == PAGE for page, count in pages.items() if page < len(pages) - 1)
        assert all(place.y > fold.y for key, place in crowded.places.items() if crowded.hidden.get(key) == column)


def test_the_main_method_is_placed_as_if_it_were_alone():
    inputs = crowd(20, 30)
    several, alone = scene_of(inputs), laid_out({"fifo": graph(inputs, "fifo")})
    assert [place.box.key for place in alone.nodes()] == [
        place.box.key for place in several.nodes() if place.box.key in alone.places
    ]
    assert {key: place.x for key, place in alone.places.items()} == {key: several.places[key].x for key in alone.places}


def test_a_long_chain_shows_its_beginning_its_end_and_a_fold_of_many_hops(long):
    last = ("address", "ledger", "H5000")
    assert last not in long.hidden
    assert ("payer", "ledger", "V") not in long.hidden
    first, end = max(long.columns, key=lambda hops: hops[1] - hops[0])
    assert end - first > 4_000
    fold = long.folds[long.columns.index((first, end))]
    lines = Writer(long, "fifo", speaker("en")).texts(fold).lines
    assert lines[1] == f"hops {first - 1:} to {end - 1}"
    assert lines[0].startswith("9,")


def test_what_is_beyond_the_known_is_kept_as_a_sum(long):
    assert len(long.places) <= MOST_KNOWN + len(long.columns)
    for made in long.graphs.values():
        rests = sum(value for box in made.boxes.values() for value in box.rests.values())
        assert rests == PAID
        assert sum(box.members for box in made.boxes.values() if box.kind == "beyond") > 9_000


def test_a_method_under_which_a_box_lies_at_another_hop_folds_too(monkeypatch):
    monkeypatch.setattr(flow_folds, "MOST_KNOWN", 70)
    graphs = {method: graph(crowd(), method) for method in ("fifo", "lifo")}
    for box in graphs["lifo"].boxes.values():
        box.column += 7 if box.kind != "payer" else 0
    made = laid_out(graphs)
    assert len(made.columns) == 4
    for told in made.graphs.values():
        assert sum(box.members for box in told.boxes.values() if box.kind == "beyond") > 350


def test_ten_thousand_hops_are_placed_in_a_moment(timed):
    assert timed[1] < 8  # 1.4 s where it was measured; the room is for slow machines
