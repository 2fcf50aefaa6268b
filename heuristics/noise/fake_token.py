"""Fake token: a contract whose token calls itself by the name of another one."""

import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding
from chaintrace.model.view import View
from heuristics.noise.received import dealings, noise

CLAIMS = frozenset({"symbol", "name"})
"""What a source observes of how a token calls itself."""

KNOWN: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "ethereum": {
            "0xdac17f958d2ee523a2206206994597c13d831ec7": frozenset({"usdt", "tether usd"}),
            "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48": frozenset({"usdc", "usd coin"}),
        },
        "tron": {
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": frozenset({"usdt", "tether usd"}),
            "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8": frozenset({"usdc", "usd coin"}),
        },
    }
)
"""By chain and contract, how the tokens of Tether and Circle call themselves there. A test holds the contracts against
data/chains.toml. On other chains bridges make tokens of the same name: nothing is said."""


def fake_token(account: Account, view: View) -> Iterator[AnyFinding]:
    """A transfer of a token that calls itself USDT or USDC, or by their long names, and is at another contract.

    The contract decides, never the name: whoever makes a token writes any name into it. The rule looks at what sources
    observed of the contract's own symbol and name, on Ethereum and on TRON, where Tether and Circle name one contract
    each, and compares them without regard to case, width and invisible letters. Only what arrives is named.
    Source: the issuers' lists of contracts (data/chains.toml); Tsuchiya et al. 2025 (arXiv 2501.16681) for the form.
    Known failures: letters of another script that look alike; names of other tokens; tokens whose name nobody observed;
    a token of the same name that somebody issues in earnest.
    Measured (docs/accuracy.md): of 80 transfers of 32 tokens other than USDT to 40 wallets on TRON it names 1. Nobody
    wrote down which of them are fakes.
    """
    told = imitated(account, view)
    if told is None:
        return
    name, real = told
    for one in dealings(account, view):
        if not one.is_sent:
            text = (
                f"the token at {account.asset.contract} calls itself {name}, as the one at {real} does, and is not it"
            )
            yield noise(account, one, text)


def imitated(account: Account, view: View) -> tuple[str, str] | None:
    """The known name that the account's token bears, and the contract that it is the name of; None for no fake."""
    known = KNOWN.get(account.chain, {})
    contract = account.asset.collection
    if not contract or contract in known or not known:
        return None
    for seen in view.observations(account.chain, contract):
        if seen.what in CLAIMS:
            plain = folded(seen.value)
            real = next((one for one, names in known.items() if plain in names), None)
            if real is not None:
                return plain, real
    return None


def folded(name: str) -> str:
    """A name without regard to case, width and letters that nobody sees."""
    shown = (
        letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) not in {"Cf", "Cc"}
    )
    return " ".join("".join(shown).casefold().split())
