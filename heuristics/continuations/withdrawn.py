"""Withdrawn: whether whoever burned a token of a bridge did so to be paid out elsewhere, as the bridge asks it.

A bridge that is shown a burn pays out to the address that burned, and its tokens burn for whoever asks them, or signed
for it. Another bridge may have the right to burn the same token, and so may its issuer: nothing of the burn says which.
Source: maticnetwork/pos-portal, contracts/child/ChildToken/UpgradeableChildERC20/UChildERC20.sol (`withdraw`),
contracts/common/NativeMetaTransaction.sol, contracts/root/TokenPredicates/ERC20Predicate.sol (`exitTokens`).
"""

from heuristics.continuations.crossings import Crossing
from heuristics.continuations.flows import parties
from heuristics.continuations.swappers import accounts
from heuristics.continuations.verdict import Seen


def of_others(one: Crossing, payer: str) -> str:
    """Why a burn brings what a payer gave nowhere: somebody else burned it, and is paid out; `""` where it may."""
    if one.said.event.shape != "burned" or one.payer == payer:
        return ""
    return f"{one.payer} burned it, to whom alone the bridge would pay out, and no such payment is known"


def unasked(seen: Seen, one: Crossing) -> str:
    """Why a burn may be that of another bridge or of the issuer; `""` where whoever burned asked the token for it.

    They called the token itself, signed a call that it logs, or are an account that is a contract and was made to act.
    """
    if one.said.event.shape != "burned":
        return ""
    token, burner, called = one.said.log.emitter, one.payer, seen.sent.to if seen.sent is not None else ""
    signed = any(
        said.log.emitter == token and said.address(said.event.said("payer"), said.log.chain) == burner
        for said in seen.said("detail")
    )
    if signed or (called == token and seen.sender == burner) or burner in accounts(seen, parties(seen.transaction)):
        return ""
    how = f"the call was one of {called}" if called else "no source tells what was called"
    return f"another bridge, or whoever issues {token}, may have burned it: {how}, and it logs no signature"
