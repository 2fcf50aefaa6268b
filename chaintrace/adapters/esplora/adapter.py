"""The adapter's entry: its name, its chains, and what makes a url one of its servers.

Source of the API: Blockstream/esplora `API.md`; mempool.space answers the same questions.
"""

from chaintrace.adapters.esplora.source import EsploraSource
from chaintrace.adapters.network import Endpoint, Reach
from chaintrace.adapters.transport import Door
from chaintrace.errors import InputError


class Esplora:
    """Asks a server of the Esplora API for transactions, spenders and histories. It holds one chain."""

    name = "esplora"
    summary = "an Esplora server: mempool.space, blockstream.info, or one of your own"
    reach: Reach = "public"
    chains: tuple[str, ...] = ("bitcoin", "bitcoin-testnet", "bitcoin-signet", "bitcoin-regtest")

    def connect(self, endpoint: Endpoint, door: Door) -> EsploraSource:
        """Make a source of an endpoint, without asking it anything. Raises InputError for a url that cannot be one."""
        if not endpoint.is_web:
            raise InputError(
                f"{endpoint.shown} is no url of an esplora server: "
                "write it with http or https and without a query, as in https://mempool.space/api"
            )
        return EsploraSource(endpoint, door)
