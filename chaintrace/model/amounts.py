"""How a value is told to a person: exact decimal text in the asset's own unit. No float comes near a value.

The sentences of gaps and of other readings are made where they are found, and the reports print the same numbers.
"""

from chaintrace.model.chain import Asset


def amount(value: int | None, decimals: int | None) -> str | None:
    """The exact decimal text of `value` base units, with every decimal place of the asset: 63.69996546, 10.00000000.

    None where the value or the asset's decimals are not known.
    """
    if value is None or decimals is None:
        return None
    sign, digits = ("-" if value < 0 else ""), str(abs(value)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def prose(value: int, asset: Asset) -> str:
    """An amount for a sentence, with its unit: `190,000 USDT`; `190,000,000 base units of X` without decimals."""
    return f"{figure(value, asset)} {unit(asset)}"


def figure(value: int, asset: Asset) -> str:
    """The number of `prose`, exact: grouped in thousands, without the zeros at its end."""
    whole, _, rest = (amount(value, asset.decimals) or str(value)).partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


def unit(asset: Asset) -> str:
    """What a person calls an asset; its contract or its chain where it has no name."""
    name = asset.name or asset.contract or f"native asset of {asset.chain}"
    return name if asset.decimals is not None else f"base units of {name}"
