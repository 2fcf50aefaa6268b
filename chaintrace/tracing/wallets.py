"""The wallets that a case declares to be one pool each, by chain and address (M5, M8)."""

from collections.abc import Callable

from chaintrace.model.trace import Options, Wallet


class Wallets:
    """Which declared wallet an address is part of. False where none is declared."""

    def __init__(self, options: Options, is_stop: Callable[[str, str], object]) -> None:
        """Sort them by chain and address; one that names no chain is of every chain.

        `is_stop` says of a chain and an address whether it is a stop, which is part of none: others' value lies there
        too (M21).
        """
        self._by_place = {(one.chain, address): one for one in options.wallets for address in one.addresses}
        self._is_stop = is_stop

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._by_place)

    def of(self, chain: str, address: str) -> Wallet | None:
        """The wallet of an address on a chain; None where it is in none."""
        if not self._by_place:
            return None
        found = self._by_place.get((chain, address)) or self._by_place.get(("", address))
        return None if found is None or self._is_stop(chain, address) else found

    def together(self, chain: str, address: str) -> tuple[str, ...]:
        """The addresses of the pool of an address: itself first, then the other ones of its wallet, sorted."""
        wallet = self.of(chain, address)
        members = wallet.addresses if wallet is not None else ()
        return address, *sorted(one for one in members if one != address and self.of(chain, one) is wallet)

    def inside(self, chain: str, sender: str, receiver: str) -> bool:
        """Whether what one address sends another stays where it is: in one address, or in one wallet (M8)."""
        if sender == receiver:
            return True
        wallet = self.of(chain, sender)
        return wallet is not None and wallet is self.of(chain, receiver)
