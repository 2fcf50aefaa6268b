"""Whose code an account lends itself from a transaction on (EIP-7702): dated changes of control, and never links.

A transaction of type 4 carries authorizations, each signed by the account that it is about; anybody may send them. Who
signed one is recovered from its signature. They hold even where the transaction failed. The chain passes over one whose
nonce is not that of its account, and nothing says which: so this is what was signed, and what stands at a height is the
code of the account (`observing.py` of `evm_rpc`). Source: EIP-7702.
"""

from collections.abc import Iterator
from typing import Final

from chaintrace.adapters.evm.chains import EvmChain
from chaintrace.adapters.evm.quantities import address, listing, quantity, table
from chaintrace.adapters.evm.records import Sent
from chaintrace.adapters.transport import Json
from chaintrace.errors import Malformed
from chaintrace.model.provenance import Observation, Source

SET_CODE: Final = 4
"""The type of such transactions."""
_MAGIC: Final = b"\x05"
"""What stands before the signed list."""
_MOST: Final = 100
"""Authorizations of one transaction that are read: to recover who signed takes milliseconds each."""
_HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half the order of secp256k1, the largest `s` that is valid (EIP-2)."""


def delegations(chain: EvmChain, sent: Sent, source: Source | None) -> tuple[Observation, ...]:
    """What a transaction in a block says of whose code accounts run: `delegation signed`, and the address of the code.

    The zero address ends a delegation. What is no valid authorization, or is one for another chain, is passed over, as
    the chain does.
    """
    if sent.type != SET_CODE or sent.height is None:
        return ()
    try:
        told = listing(sent.authorizations, "the authorizations")[:_MOST]
    except Malformed:
        return ()
    return tuple(
        Observation(chain.name, signer, "delegation signed", sent.height, code, source)
        for one in told
        for signer, code in _signed(one, chain.chain_id)
    )


def _signed(told: Json, chain_id: int) -> Iterator[tuple[str, str]]:
    """Who signed an authorization, and whose code it names; nothing where it is not valid on this chain."""
    try:
        fields = table(told, "an authorization")
        code = address(fields.get("address"), "whose code")
        named, nonce, parity, r, s = (
            quantity(fields.get(name), name) for name in ("chainId", "nonce", "yParity", "r", "s")
        )
    except Malformed:
        return
    if named not in {0, chain_id} or parity > 1 or s > _HALF_ORDER:
        return
    signer = _signer((named, code, nonce), (parity, r, s))
    if signer:
        yield signer, code


def _signer(said: tuple[int, str, int], signature: tuple[int, int, int]) -> str:
    """The address whose key signed; empty where no key can have."""
    import rlp  # heavy, as the next ones: only where it is needed
    from eth_keys.datatypes import Signature
    from eth_keys.exceptions import BadSignature
    from eth_utils.crypto import keccak
    from eth_utils.exceptions import ValidationError

    named, code, nonce = said
    signed = keccak(_MAGIC + rlp.encode([named, bytes.fromhex(code[2:]), nonce]))
    try:
        key = Signature(vrs=signature).recover_public_key_from_msg_hash(signed)
    except (BadSignature, ValidationError):
        return ""
    return str(key.to_address()).lower()
