"""`ct.screen(FILE)`: a list screened, as Python has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chaintrace.case.notebook_bar import watched
from chaintrace.case.result import now
from chaintrace.case.rows import Rows
from chaintrace.case.rules import Observer
from chaintrace.case.screening import tables
from chaintrace.case.screening.screen import Screened
from chaintrace.case.screening.screen import screen as looked


@dataclass(frozen=True, slots=True)
class Screening:
    """What is known of a list: `listed`, the `transfers` among them, and what was `not_read`."""

    found: Screened

    def __repr__(self) -> str:
        return f"<screening: {len(self.found.items)} addresses and txids read, {len(self.found.unread)} not read>"

    def _repr_html_(self) -> str:
        """How a notebook shows it: its three tables."""
        return "".join(one._repr_html_() for one in (self.listed, self.transfers, self.not_read))

    @property
    def listed(self) -> Rows:
        """A row for each address and txid: its places, tags, balances, what issuers say, which cases hold it."""
        return Rows(tables.listed(self.found))

    @property
    def transfers(self) -> Rows:
        """A row for each transfer among them, and each listed transaction that moves value of one of them."""
        return Rows(tables.transfers(self.found))

    @property
    def not_read(self) -> Rows:
        """What looks like an address or a txid, where it stands, and why it was not read."""
        return Rows(tables.not_read(self.found))

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the person who asked."""
        return self.found.notices


def screen(
    file: Path | str,
    *,
    chain: str = "",
    cases: Sequence[Path | str] = (),
    root: Path | str | None = None,
    observer: Observer | None = None,
) -> Screening:
    """What is known of each address and txid in a CSV, a workbook or a text. No network is asked.

    `chain` is the one chain that the addresses are of ("": each is recognised), `cases` are folders of cases whose
    facts are looked at, `root` is a folder below which it is said which cases hold each. Nothing is corrected: what is
    damaged or disguised is in `not_read`. Raises InputError, for a secret in the list before anything is written.

    >>> import chaintrace as ct
    >>> with open("list.txt", "w") as file:
    ...     _ = file.write("TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR or TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VS")
    >>> screening = ct.screen("list.txt", cases=[ct.demo_case("tron-usdt").folder])
    >>> screening
    <screening: 1 addresses and txids read, 1 not read>
    >>> screening.listed[0]["tags"][:37], screening.not_read[0]["reason"][:25]
    ('huobi (exchange, confidence 70, by Tr', 'its checksum does not fit')
    """
    with watched(observer) as watching:
        return Screening(
            looked(
                Path(file),
                now,
                chain=chain,
                cases=[Path(folder) for folder in ((cases,) if isinstance(cases, str | Path) else cases)],
                root=None if root is None else Path(root),
                observer=watching,
            )
        )
