"""A file that is read from first to last into the store: what every such adapter opens has in common.

Look-ups are the store's, so the file itself is never asked for a transaction.
"""

from chaintrace.adapters.interface import SourceSpec
from chaintrace.model.chain import OutPoint
from chaintrace.model.provenance import Coverage, Gap, Source
from chaintrace.model.transaction import Transaction


class WholeFile:
    """One opened file: read whole, once. `transactions` and `line_of` are the adapter's own."""

    whole = True

    def __init__(self, spec: SourceSpec, source: Source) -> None:
        """Nothing was read yet. `source` names the bytes in the archive."""
        self._spec = spec
        self._source = source
        self._coverage: tuple[Coverage, ...] = ()
        self._gaps: tuple[Gap, ...] = ()

    @property
    def source(self) -> Source:
        """The path as the case shows it, and the digest of the file's bytes."""
        return self._source

    def coverage(self) -> tuple[Coverage, ...]:
        """What the case declares (M10), from the file's first row to its last; known once it was read."""
        return self._coverage

    def gaps(self) -> tuple[Gap, ...]:
        """What had to be mended while it was read; known once it was."""
        return self._gaps

    def transaction(self, txid: str) -> Transaction | None:
        """None: the file is read whole, the store is asked."""
        del txid
        return None

    def spender(self, outpoint: OutPoint) -> Transaction | None:
        """None: the file is read whole, the store is asked."""
        del outpoint
        return None
