"""Assets that a file calls by the symbol of a known token, without its contract: each is an asset of its own.

Anybody may write a symbol, so it decides nothing and no amount changes by it. But who wrote `USDT` may have meant the
token, and nothing that is known of its contract, such as its issuer, is then said of the asset.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from chaintrace.adapters.assets import known_assets
from chaintrace.freeze.recipients import issuer_of
from chaintrace.i18n import message
from chaintrace.model.provenance import Coverage, Gap
from chaintrace.model.trace import Endpoint, Resting, Trace

Held = Iterable[tuple[str, Coverage]]
"""What each file covers, by how the case names the file."""

UNNAMED = message(
    "The asset {asset} of {file} names no contract, so on {chain} it is an asset of its own, apart from the {symbol} "
    "of the contract {contract} and without a known issuer: if that token is meant, write its contract as the asset."
)
SPLIT = message(
    "Beside the asset {asset} of {file}, which names no contract, the sources of {chain} hold the {symbol} of the "
    "contract {contract}: if both are one token, its value is split here between two assets, each traced by itself."
)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An asset of a file that is called by the symbol of a token of chains.toml; `contract` is that of the token."""

    asset: str
    file: str
    chain: str
    symbol: str
    contract: str

    def __str__(self) -> str:
        """What is said of it, a sentence."""
        return UNNAMED.format(**asdict(self))


def unnamed(held: Held) -> tuple[Unnamed, ...]:
    """Every asset of the files that is called by a token's symbol, in any letter case; each once, in their order."""
    found = (
        Unnamed(text, file, coverage.chain, symbol, contract)
        for file, coverage in held
        for text in sorted(coverage.contracts or ())
        for contract, (symbol, _) in _tokens(coverage.chain)
        if text.lower() == symbol.lower()
    )
    return tuple(dict.fromkeys(found))


def split(held: Held, traces: Iterable[Trace]) -> Iterator[Gap]:
    """A gap for each of them that is traced, or whose token is, where the token itself is in the sources too.

    Of networks that counts which the traces met: what else was fetched is left to chance.
    """
    held = tuple(held)
    several = unnamed(held)
    if not several:  # as in most cases: no hop need be looked at
        return
    moved = {(hop.asset.chain, hop.asset.contract) for trace in traces for hop in trace.hops}
    named = {(coverage.chain, text) for _, coverage in held for text in coverage.contracts or ()}
    for one in several:
        own, token = (one.chain, one.asset), (one.chain, one.contract)
        if (own in moved or token in moved) and (token in named or token in moved):
            yield Gap("source", one.chain, one.file, None, SPLIT.format(**asdict(one)))


def no_letters(held: Held, trace: Trace) -> Iterator[str]:
    """A sentence for each of them that rests or is credited, while the contract's issuer could be asked about it."""
    left = {(one.asset.chain, one.asset.contract) for one in trace.outcomes if isinstance(one, Endpoint | Resting)}
    for one in unnamed(held):
        issuer = issuer_of(one.chain, one.contract)
        if (one.chain, one.asset) in left and issuer is not None:
            about = f"no letter to {issuer.name} about {one.asset} on {one.chain}"
            yield f"{about}, for an issuer is found by contract: {one}"


def _tokens(chain: str) -> Iterable[tuple[str, tuple[str, int | None]]]:
    """The tokens that chains.toml names on a chain: contract, symbol and decimals."""
    known = known_assets(chain)
    return known.tokens.items() if known is not None else ()
