"""Questions to networks: what each is about, its place among others, and the largest ones first."""

from collections.abc import Mapping
from itertools import zip_longest

from chaintrace.adapters.assets import native_asset
from chaintrace.addresses import family
from chaintrace.model.amounts import prose
from chaintrace.model.chain import Account, Asset
from chaintrace.model.view import Missing, MissingHistory, MissingLogs, MissingSpender, MissingTransaction, chain_of

_NOT_KNOWN = "?"
"""Stands for the contract of an asset that nobody knows yet."""


def place_of(question: Missing) -> tuple[str, str, str, int]:
    """A question's place among those with the same amount: the same in every run."""
    match question:
        case MissingTransaction(chain, txid):
            return chain, "transaction", txid, 0
        case MissingSpender(outpoint):
            return outpoint.chain, "spender", outpoint.txid, outpoint.vout
        case MissingHistory(account, since):
            return account.chain, "history", f"{account.address} {account.asset.contract}", since
        case MissingLogs(chain, contract, topic, key, place, since, _):
            return chain, "logs", f"{contract} {topic} {key} {place}", since


def subject_of(question: Missing) -> str:
    """What a question is about, as a gap names it: a txid, an outpoint or an address."""
    match question:
        case MissingTransaction(_, txid):
            return txid
        case MissingSpender(outpoint):
            return str(outpoint)
        case MissingHistory(account, _):
            return account.address
        case MissingLogs(_, contract):
            return contract


def topic_of(question: Missing) -> Missing | Account:
    """What a question is about, from whichever rank on."""
    return question.account if isinstance(question, MissingHistory) else question


def asset_of(question: Missing) -> Asset | None:
    """The asset that waits for an answer: that of the account, else the native one of a chain of outputs.

    None for a transaction or a key on a chain of accounts: what goes on behind it may be any asset.
    """
    if isinstance(question, MissingHistory):
        return question.account.asset
    is_known = isinstance(question, MissingSpender) or family(chain_of(question)) not in {"evm", "tron"}
    return native_asset(chain_of(question)) if is_known else None


def largest(waiting: Mapping[Missing, int], least: Mapping[tuple[str, str], int], most: int) -> list[Missing]:
    """At most so many questions, those for which the largest amounts wait first; those of several assets in turn.

    Amounts of two assets cannot be compared. What waits with less than the `least` of its asset is left out (base
    units, by chain and contract); where the asset is not known, nothing is.
    """
    lines: dict[tuple[str, str], list[tuple[int, Missing]]] = {}
    for question, value in waiting.items():
        asset = asset_of(question)
        key = (chain_of(question), _NOT_KNOWN if asset is None else asset.contract)
        if value >= least.get(key, 0):
            lines.setdefault(key, []).append((value, question))
    in_turn = zip_longest(*(_first(lines[key], most) for key in sorted(lines)))
    return [question for rank in in_turn for question in rank if question is not None][:most]


def _first(line: list[tuple[int, Missing]], most: int) -> list[Missing]:
    """The largest of one asset; of equal ones the first by their places."""
    if len(line) > most:
        last = sorted((value for value, _ in line), reverse=True)[most - 1]
        line = [one for one in line if one[0] >= last]
    return [question for _, question in sorted(line, key=lambda one: (-one[0], place_of(one[1])))]


def waiting_said(waiting: Mapping[Missing, int], most: Mapping[Asset, int]) -> str:
    """What waits, asset by asset, for a line of progress; of an asset never more than `most` says, where it does."""
    sums: dict[Asset, int] = {}
    for question, value in waiting.items():
        if (asset := asset_of(question)) is not None:
            sums[asset] = sums.get(asset, 0) + value
    told = sorted(sums.items(), key=lambda one: (one[0].chain, one[0].contract))
    return ", ".join(prose(min(value, most.get(asset, value)), asset) for asset, value in told) or "an unknown amount"
