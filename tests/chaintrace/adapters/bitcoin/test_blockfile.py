"""Files of blocks: frames, padding, damage, obfuscation, and files of another network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintrace.adapters.bitcoin import blockfile
from chaintrace.adapters.bitcoin.blockfile import Bytes, Damage, Frame, block_files, frames, layout, unmask
from chaintrace.errors import InputError
from tests.chaintrace.adapters.bitcoin.making import MAGIC, framed

REGTEST = MAGIC["bitcoin-regtest"]


def read(path, data: bytes, trailer: int = 0, key: bytes = b"") -> list[Frame | Damage]:
    path.write_bytes(data)
    with Bytes(path, key) as file:
        return list(frames(file, REGTEST, trailer))


def test_frames_and_padding(tmp_path):
    data = bytes(5) + framed([b"a" * 100]) + bytes(1000) + framed([b"b" * 7]) + bytes(3)
    assert read(tmp_path / "x", data) == [Frame(13, 100), Frame(1121, 7)]


def test_a_cut_record_is_damage_and_what_stands_before_is_kept(tmp_path):
    data = framed([b"a" * 100, b"b" * 100])
    for cut in range(109, len(data)):
        found = read(tmp_path / "x", data[:cut])
        assert found[0] == Frame(8, 100)
        assert isinstance(found[1], Damage)
        assert found[1].offset == 108
        assert len(found) == 2


def test_reading_goes_on_behind_damage(tmp_path):
    data = framed([b"a" * 9]) + b"rubbish" + framed([b"b" * 9]) + REGTEST + b"\xff" * 4 + framed([b"c" * 9])
    found = read(tmp_path / "x", data)
    assert [entry.length for entry in found if isinstance(entry, Frame)] == [9, 9, 9]
    assert [(entry.offset, entry.reason) for entry in found if isinstance(entry, Damage)] == [
        (17, "7 bytes that are no record"),
        (41, "a record cannot have 4294967295 bytes"),
    ]


def test_a_magic_across_two_windows_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(blockfile, "_WINDOW", 16)
    for padding in range(40):
        found = read(tmp_path / "x", bytes(padding) + framed([b"a" * 9]))
        assert found == [Frame(padding + 8, 9)]


def test_undo_records_have_a_trailer(tmp_path):
    data = b"".join(framed([b"a" * 9]) + b"c" * 32 for _ in range(2))
    assert read(tmp_path / "x", data, trailer=32) == [Frame(8, 9), Frame(57, 9)]
    assert isinstance(read(tmp_path / "x", data[:-1], trailer=32)[1], Damage)


@given(st.binary(max_size=200), st.binary(min_size=8, max_size=8), st.integers(0, 30))
def test_taking_the_key_off_undoes_putting_it_on(data, key, offset):
    masked = unmask(data, key, offset)
    assert unmask(masked, key, offset) == data
    assert masked == bytes(byte ^ key[(offset + place) % 8] for place, byte in enumerate(data))


@given(st.binary(max_size=300))
def test_any_bytes_end(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "x"
    for entry in read(path, REGTEST + data):
        assert 0 <= entry.offset <= len(data) + 4


def test_an_obfuscated_file_is_read_with_its_key(tmp_path):
    key = bytes.fromhex("0102030405060708")
    (tmp_path / "xor.dat").write_bytes(key)
    file = tmp_path / "blk00000.dat"
    file.write_bytes(unmask(framed([b"a" * 100]), key, 0))
    form = layout(file, "bitcoin-regtest")
    assert (form.magic, form.key) == (REGTEST, key)
    file.write_bytes(framed([b"a" * 100]))
    assert layout(file, "bitcoin-regtest").key == b""


@pytest.mark.parametrize("chain", sorted(MAGIC))
def test_a_file_of_another_network_is_named(tmp_path, chain):
    file = tmp_path / "blk00000.dat"
    file.write_bytes(framed([b"a" * 100], chain))
    assert layout(file, chain).magic == MAGIC[chain]
    for other in set(MAGIC) - {chain}:
        with pytest.raises(InputError, match=f"holds blocks of {chain}, not of {other}"):
            layout(file, other)


def test_testnet4_is_testnet_too(tmp_path):
    file = tmp_path / "blk00000.dat"
    file.write_bytes(bytes.fromhex("1c163f28") + bytes(8))
    assert layout(file, "bitcoin-testnet").magic == bytes.fromhex("1c163f28")


def test_what_holds_no_blocks_is_refused_with_its_path(tmp_path):
    for path, reason in ((tmp_path / "none", "no such file"), (tmp_path, r"no blk\*.dat")):
        with pytest.raises(InputError, match=reason) as caught:
            block_files(path)
        assert caught.value.path == path
    (tmp_path / "empty").touch()
    with pytest.raises(InputError, match="empty"):
        layout(tmp_path / "empty", "bitcoin")
    (tmp_path / "full").write_bytes(framed([b"a" * 100]))
    with pytest.raises(InputError, match="'dogecoin' cannot be read"):
        layout(tmp_path / "full", "dogecoin")


def test_a_blocks_directory_is_read_in_order(tmp_path):
    folder = tmp_path / "blocks"
    folder.mkdir()
    for number in (2, 0, 10, 1):
        (folder / f"blk{number:05}.dat").touch()
    (folder / "rev00000.dat").touch()
    names = ["blk00000.dat", "blk00001.dat", "blk00002.dat", "blk00010.dat"]
    assert [path.name for path in block_files(folder)] == [path.name for path in block_files(tmp_path)] == names
