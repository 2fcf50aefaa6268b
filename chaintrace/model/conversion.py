"""One continuation through which traced value went: what of which origin went out, and what came in (M23)."""

from dataclasses import dataclass

from chaintrace.model.chain import Asset
from chaintrace.model.finding import Continues


@dataclass(frozen=True, slots=True)
class Conversion:
    """One continuation through which traced value went (M23), in base units.

    `gross_out` is all that went out less what came back, `gross_in` all that came in. `traced` holds the origins, each
    with what of it went out and what of it came in. `step` is that of the last outgoing leg, `steps` are those of the
    incoming ones: the rows of the hops whose rule is the continuation's. `out_time` and `in_time` (Unix, UTC) are those
    of the last outgoing and of the first incoming leg.
    """

    continues: Continues
    asset_out: Asset
    asset_in: Asset
    gross_out: int
    gross_in: int
    from_address: str
    to_address: str
    traced: tuple[tuple[str, int, int], ...]
    step: int
    steps: tuple[int, ...]
    out_time: int | None
    in_time: int | None
