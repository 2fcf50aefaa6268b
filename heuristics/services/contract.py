"""Contract: an address that is code. What comes in leaves by its rules, and nobody's pool is followed through it."""

from collections import Counter
from collections.abc import Iterator

from chaintrace.addresses import family
from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding, Service
from chaintrace.model.transaction import PENDING_RANK
from chaintrace.model.view import History, View

NO_CODE = "0 bytes"
"""What a source observes where it looked for code and found none."""


def contract(account: Account, view: View) -> Iterator[AnyFinding]:
    """An address that is a contract, and no account that persons sign for: a trace stops there.

    Value that reaches a pool, a swap or a bridge leaves by its code, mixed with everybody else's: no rule of allocation
    says what of it is whose. The rule speaks where a source saw code at the address, or where the token that arrived is
    the address's own. It abstains where signers were observed, as a Safe names them, for such a contract is an account
    of persons; where a tag stops the trace already; and where the whole history shows that the contract passes on: it
    began with nothing, and each transaction that pays it pays the same value out again, so that it never holds what
    others mixed. A splitter is followed, whatever rule of allocation is chosen. An account that lends itself code
    (EIP-7702) is none: its key still signs.
    Source: docs/method.md, M23 (pools, solvers and routers inherit nothing); EIP-7702.
    Known failures: accounts that are contracts of a kind whose signers are not recognised, as those of ERC-4337 and
    proxies of EIP-1167 are not: pools are proxies too, and paymasters answer for an entry point as wallets do, so that
    neither tells a wallet from a pool; a contract of one person that keeps what comes for a while, as those that drain
    wallets do; an address that was an account and got code later; a chain whose sources see no code, where the contract
    of one token to which another is sent is passed over too.
    Measured: nothing to measure, for that an address has code is a fact of its source; what it is for is not judged.
    """
    chain, address = account.chain, account.address
    if any(tag.stops for tag in view.tags(chain, address)):
        return
    seen = view.observations(chain, address)
    if any(one.what == "signer" for one in seen):
        return
    code = next((one for one in seen if one.what == "code" and one.value != NO_CODE), None)
    if code is not None:
        history = view.history(account)
        if isinstance(history, History) and passes_on(history):
            return
        at = "" if code.height is None else f" at height {code.height}"
        text = f"the address is a contract ({code.value} of code{at}): what it pays out follows its code."
        yield Service(chain, address, "", (), text=text)
    elif family(chain) in {"evm", "tron"} and account.asset.collection == address:
        text = "the address is the contract of the token that was sent to it: what is sent there follows its code."
        yield Service(chain, address, "", (), text=text)


def passes_on(history: History) -> bool:
    """Whether an account had nothing before, was paid, and had nothing again at the end of each transaction."""
    address, left = history.account.address, Counter[str]()
    for movement in history.movements:
        if movement.order[0] != PENDING_RANK:
            for sign, legs in ((1, movement.transfer.outputs), (-1, movement.transfer.inputs)):
                left[movement.transaction.txid] += sum(
                    sign * (leg.value or 0) for leg in legs if leg.address == address
                )
    return not history.opening and bool(left) and not any(left.values())
