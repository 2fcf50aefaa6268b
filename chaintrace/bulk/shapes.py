"""The shape that coinjoins have, seen in outputs alone: what `coinjoin_like` means in the columns.

It is a caution, not a finding: it says through which transactions no cluster is drawn. The rules that name a family of
coinjoins are findings, and `chaintrace findings` asks them. What it catches and costs is measured in docs/bulk.md.
"""

import numpy as np
import numpy.typing as npt

from chaintrace.bulk.block_bytes import I64
from chaintrace.bulk.compiled import compiled

LEAST_PARTIES = 2
"""Outputs of one value, and inputs, from which a transaction counts as shaped like a coinjoin."""


@compiled
def coinjoin_like(value: I64, first_output: I64, first_input: I64) -> npt.NDArray[np.bool_]:
    """Of each transaction whether at least two outputs have one value, and it has at least as many inputs as those.

    Every party of a coinjoin of equal outputs brings an input and takes such an output, and a JoinMarket round may have
    two. A payment of equal amounts to many from fewer inputs has not this shape. Outputs of no value do not count.
    """
    found = np.zeros(len(first_output) - 1, np.bool_)
    for tx in range(len(found)):
        begin, end = first_output[tx], first_output[tx + 1]
        inputs = first_input[tx + 1] - first_input[tx]
        if end - begin < LEAST_PARTIES or inputs < LEAST_PARTIES:
            continue
        values = np.sort(value[begin:end])
        run = 0
        for at in range(len(values)):
            run = run + 1 if at > 0 and values[at] == values[at - 1] else 1
            if values[at] > 0 and run >= LEAST_PARTIES and run <= inputs and _ends(values, at):
                found[tx] = True
                break
    return found


@compiled
def _ends(values: I64, at: int) -> bool:
    """Whether no further output has the value at `at` of the sorted values."""
    return at + 1 == len(values) or values[at + 1] != values[at]
