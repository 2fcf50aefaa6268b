"""Airdrop spam: a token whose name is an advertisement, sent to addresses that never asked for it."""

import re
from collections.abc import Iterator

from chaintrace.model.chain import Account
from chaintrace.model.finding import AnyFinding
from chaintrace.model.view import View
from heuristics.noise.fake_token import CLAIMS, folded
from heuristics.noise.received import dealings, noise

SITE = re.compile(
    r"(?:https?://|www\.|\bt\.me/)|\b[a-z0-9-]+\.(?:com|net|org|io|vip|xyz|cc|top|site|app|info|me|link|live|pro|club)\b"
)
"""A web address: with its beginning, or a name under one of the endings that such tokens were seen with."""


def airdrop_spam(account: Account, view: View) -> Iterator[AnyFinding]:
    """A transfer of a token whose symbol or name is a web address, to an account that never sent any of it.

    Such tokens are made to be seen in a wallet: who follows the address is asked for a key or an approval. The rule
    looks at what sources observed of the contract's own symbol and name. It abstains where the account sent some of it.
    Source: the names of tokens in Tronscan's answers about 40 wallets; no study.
    Known failures: a token of a company that bears its site's name; names with other endings; advertisements that are
    no web address; tokens whose name nobody observed.
    Measured (docs/accuracy.md): of 80 transfers of 32 tokens other than USDT to 40 wallets on TRON it names 63, of 25
    tokens; the other names are no web addresses. Nobody wrote down which of them were asked for.
    """
    contract = account.asset.collection
    told = [seen.value for seen in view.observations(account.chain, contract) if contract and seen.what in CLAIMS]
    site = next((name for name in told if SITE.search(folded(name))), None)
    if site is None:
        return
    several = tuple(dealings(account, view))
    if not any(one.is_sent and one.value for one in several):
        for one in several:
            if not one.is_sent:
                yield noise(account, one, f"the token at {contract} calls itself {site[:60]!r}, a web address")
