"""Addresses of Bitcoin's networks as people write them: Base58Check, bech32, bech32m.

The normal form of a base58 address is itself; of a witness address, lower case.
"""

from chaintrace.addresses import base58, bech32
from chaintrace.addresses.families import BITCOIN, BitcoinNetwork

_HASH_LENGTH = 20
_OP_1 = 0x51


def normalise(text: str, chain: str) -> str:
    """The normal form of an address on `chain`. Raises ValueError with the reason.

    An address of another Bitcoin network is refused by name. Testnet and signet write addresses in the same way, and
    regtest shares their base58 form, so those cannot be told apart.
    """
    network = BITCOIN[chain]
    lower = text.lower()
    if lower.startswith(network.hrp + "1"):
        bech32.decode_segwit(network.hrp, text)
        return lower
    for other, parameters in BITCOIN.items():
        if lower.startswith(parameters.hrp + "1"):
            raise ValueError(f"it begins with {parameters.hrp}1 and so is an address of {other}")
    payload = base58.decode_check(text)
    if len(payload) != 1 + _HASH_LENGTH:
        raise ValueError(f"its checksum fits, but it holds {len(payload) - 1} bytes and not 20")
    if payload[0] not in (network.pubkey_version, network.script_version):
        raise ValueError(f"its checksum fits, but its version byte {payload[0]} is not one of {chain}")
    return text


def address_script(text: str, chain: str) -> bytes:
    """The output script that pays an address. Raises ValueError with the reason.

    For a P2PK output, which is shown under its key's P2PKH form, this is the P2PKH script, not the bare one.
    """
    normal = normalise(text, chain)
    network: BitcoinNetwork = BITCOIN[chain]
    if normal.startswith(network.hrp + "1"):
        version, program = bech32.decode_segwit(network.hrp, normal)
        return bytes((_OP_1 + version - 1 if version else 0, len(program))) + program
    payload = base58.decode_check(normal)
    if payload[0] == network.pubkey_version:
        return b"\x76\xa9\x14" + payload[1:] + b"\x88\xac"
    return b"\xa9\x14" + payload[1:] + b"\x87"
