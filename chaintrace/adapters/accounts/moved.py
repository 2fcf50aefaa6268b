"""One movement on a chain of accounts before it has its place, and the transfer that it becomes there."""

from dataclasses import dataclass
from typing import TypeAlias

from chaintrace.adapters.assets import asset
from chaintrace.model.chain import Account, piece
from chaintrace.model.transaction import Kind, Leg, Order, Transfer

Flow: TypeAlias = tuple[str, str | None, str | None, int]
"""Token, sender, receiver and value: what two tellings of one movement have in common."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement: its identity (M1), its token, who, how much.

    `contract` is `""` for the native asset, a token's address, or the id of a TRC-10 token. `sender` is None for a
    mint, `receiver` for a burn and a fee. `value` is in base units; 1 for a token that has an id and no amount.
    `token_id` is None for fungible ones.
    """

    index: str
    kind: Kind
    contract: str
    sender: str | None
    receiver: str | None
    value: int
    token_id: int | None = None

    @property
    def flow(self) -> Flow:
        """The same without its identity and its kind."""
        return self.contract, self.sender, self.receiver, self.value

    def transfer(self, chain: str, order: Order) -> Transfer:
        """The same as a transfer in its place. One side is empty for a mint, a burn and a fee."""
        what = asset(chain, piece(self.contract, self.token_id), None)

        def legs(party: str | None) -> tuple[Leg, ...]:
            return () if party is None else (Leg(self.value, Account(party, what), party),)

        return Transfer(self.index, self.kind, what, legs(self.sender), legs(self.receiver), order, self.token_id)
