"""The asset that a person names on the command line, and the accounts of an address that are asked about."""

from collections.abc import Sequence

from chaintrace.adapters.assets import asset, asset_keys, known_assets, native_asset
from chaintrace.addresses import normalise, recognise
from chaintrace.case.table import shown
from chaintrace.case.typed import typed_address
from chaintrace.errors import InputError
from chaintrace.model.chain import Account, Asset
from chaintrace.resources import read_table


def contracts(chain: str, text: str, held: Sequence[Asset] = ()) -> frozenset[str]:
    """The contracts that a person may mean by an asset's name; `held` are the assets of the sources.

    The symbols of chains.toml count in any letter case. A symbol that a token gives itself decides nothing: then the
    sentence of the InputError names the contracts.
    """
    try:
        keys = asset_keys(chain, text)
    except ValueError as error:
        raise InputError(f"--asset {error}") from error
    known = known_assets(chain)
    if known is None:
        _check_held(chain, text, keys, held)
        return frozenset(keys)
    symbols = {contract: symbol for contract, (symbol, _) in known.tokens.items()} | {"": known.symbol}
    same = frozenset(contract for contract, symbol in symbols.items() if symbol.lower() == text.lower())
    if same or keys[0] != text or keys[0] in {one.contract for one in held}:
        return same or frozenset(keys)
    if text == normalised(chain, text):
        return frozenset(keys)
    called = sorted(one.contract for one in held if one.name.lower() == text.lower())
    if called:
        raise InputError(
            f"--asset {shown(text)} is what {', '.join(called)} calls itself, and anybody may: name the contract"
        )
    named = ", ".join(symbols.values())
    raise InputError(f"--asset {shown(text)} is not known on {chain}: give its contract, or one of {named}")


def _check_held(chain: str, text: str, keys: Sequence[str], held: Sequence[Asset]) -> None:
    """On a private ledger, refuse a name that none of its assets has."""
    if held and not {one.contract for one in held} & set(keys):
        names = ", ".join(sorted({one.name or one.contract or chain for one in held})[:20])
        raise InputError(f"--asset {shown(text)} is not in the sources of {chain}: they hold {names}")


def normalised(chain: str, text: str) -> str:
    """An address in its one form; `""` for what is none on this chain."""
    try:
        return normalise(chain, text)
    except ValueError:
        return ""


def address_of(chain: str, text: str) -> str:
    """An address in its one form. Raises InputError, naming the chains on which it is one."""
    try:
        return typed_address(chain, text)
    except ValueError as error:
        others = recognise(text)
        also = f"; it is one of {', '.join(others)}" if others else ""
        raise InputError(f"{error}{also}: correct it, or --chain") from error


def accounts(chain: str, address: str, text: str | None) -> tuple[Account, ...]:
    """The accounts of an address that networks are asked about: of one asset, else of those that chains.toml names.

    The native one comes last: it is the history that a source is most likely to refuse, and one that has refused is not
    asked again.
    """
    if text is not None:
        wanted = sorted(contracts(chain, text))
    else:
        known = known_assets(chain)
        wanted = [*(known.tokens if known else ()), ""]
    return tuple(Account(address, asset(chain, one, None) if one else native_asset(chain)) for one in wanted)


def chains_with(symbol: str) -> tuple[str, ...]:
    """The chains of chains.toml on which a token or the native asset has this symbol."""
    having = []
    for chain in read_table("chains.toml"):
        known = known_assets(chain)
        symbols = {known.symbol, *(name for name, _ in known.tokens.values())} if known else set()
        if symbol.lower() in {name.lower() for name in symbols}:
            having.append(chain)
    return tuple(having)
