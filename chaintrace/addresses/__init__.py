"""Addresses and txids of every chain: recognise, validate, normalise; Bitcoin scripts to addresses."""

from chaintrace.addresses.alike import Alike, alike
from chaintrace.addresses.bitcoin import address_script
from chaintrace.addresses.evm import checksummed
from chaintrace.addresses.families import BITCOIN, EVM, TRON, BitcoinNetwork, family
from chaintrace.addresses.identity import is_address, normalise, normalise_txid, recognise
from chaintrace.addresses.scripts import (
    MAX_SCRIPT_SIZE,
    hash160,
    is_unspendable,
    multisig_keys,
    script_address,
)
from chaintrace.addresses.tron import from_hex as tron_from_hex
from chaintrace.addresses.tron import to_hex as tron_to_hex

__all__ = [
    "BITCOIN",
    "EVM",
    "MAX_SCRIPT_SIZE",
    "TRON",
    "Alike",
    "BitcoinNetwork",
    "address_script",
    "alike",
    "checksummed",
    "family",
    "hash160",
    "is_address",
    "is_unspendable",
    "multisig_keys",
    "normalise",
    "normalise_txid",
    "recognise",
    "script_address",
    "tron_from_hex",
    "tron_to_hex",
]
