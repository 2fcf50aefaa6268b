"""One scale for each asset of a view (M9): the first word of a file, then that of chains.toml, then an observed one.

Files that differ are refused. What a network says is never a reason to refuse a case: the earlier word counts, or
none where networks alone speak and differ, and a Gap says so.
"""

from collections.abc import Mapping
from dataclasses import replace

from chaintrace.errors import InputError
from chaintrace.model.chain import Asset
from chaintrace.model.provenance import Gap
from chaintrace.store.observed import Scale, Told


class Scales:
    """Hears what the sources of a view say of assets, files first, in their order; then knows one scale of each."""

    def __init__(self, told: Told) -> None:
        """`told` is what networks observed of tokens."""
        self._told = told
        self._words: dict[tuple[str, str], Asset] = {}
        self._doubted: dict[tuple[str, str], int] = {}

    def say(self, asset: Asset, *, by_network: bool) -> None:
        """A source tells of an asset. Raises InputError when two files know its decimals and differ (M9)."""
        key = (asset.chain, asset.contract)
        known = self._words.setdefault(key, asset)
        if known is asset or known.decimals == asset.decimals or asset.decimals is None:
            return
        if known.decimals is None:
            self._words[key] = replace(known, decimals=asset.decimals)
        elif by_network:
            self._doubted.setdefault(key, asset.decimals)
        else:
            raise InputError(
                f"{known.name or known.contract} on {known.chain} has {known.decimals} decimals in one source and "
                f"{asset.decimals} in another: an asset has one scale, so correct one of them"
            )

    def assets(self) -> Mapping[tuple[str, str], Asset]:
        """(chain, contract) to the asset, in the words of the first source that told of it, with its one scale."""
        return {key: self._scaled(key, asset) for key, asset in self._words.items()}

    def gaps(self) -> tuple[Gap, ...]:
        """What is said of the scales of these assets and is not used, by chain and contract: one Gap for each."""
        return tuple(
            Gap("source", asset.chain, asset.contract or asset.name, None, text, asset.contract)
            for key, asset in sorted(self._words.items())
            if (text := self._doubt(key, asset))
        )

    def _scaled(self, key: tuple[str, str], asset: Asset) -> Asset:
        """The asset, with the decimals that networks agree on where no other source knows any."""
        values = {decimals for decimals, _ in self._told.get(key, ())}
        return replace(asset, decimals=values.pop()) if asset.decimals is None and len(values) == 1 else asset

    def _doubt(self, key: tuple[str, str], asset: Asset) -> str:
        """One sentence about words that differ; empty where none do."""
        told = self._told.get(key, ())
        if asset.decimals is None:
            if len({decimals for decimals, _ in told}) < 2:
                return ""
            return (
                f"Sources differ in the decimals of {asset.contract}: {_said(told)}: none is used, so its amounts are "
                "given in base units alone; write its decimals into a file of the case once you have checked them."
            )
        others = [scale for scale in told if scale[0] != asset.decimals]
        if key in self._doubted and not others:
            others = [(self._doubted[key], "another source")]
        if not others:
            return ""
        return (
            f"Sources differ in the decimals of {asset.contract or asset.name}: {_said(others)}, and a file of the "
            f"case or the list of known tokens says {asset.decimals}, which is used."
        )


def _said(told: tuple[Scale, ...] | list[Scale]) -> str:
    """Who says what, one after another."""
    return ", ".join(f"{network} says {decimals}" for decimals, network in told)
