"""The columns of every table, in their fixed order, and what kind of thing stands in each.

This is the contract with case systems: a column's name never changes its meaning, new columns go to the right.
"""

from collections.abc import Mapping
from types import MappingProxyType

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name: tuple(text.split())
        for name, text in {
            "endpoints": (
                "rank origin chain address memo entity category confidence label_source asset contract decimals"
                " traced_value traced_amount first_time last_time first_txid last_txid hops method min_value max_value"
                " service_address grade reason route path could_change"
                " issuer issuer_power issuer_state issuer_state_height"
            ),
            "credits": (
                "rank origin chain address txid index time asset contract decimals gross_value gross_amount"
                " traced_value traced_amount share memo"
            ),
            "resting": (
                "origin chain address outpoint asset contract decimals traced_value traced_amount since as_of height"
                " actual_balance holder_kind issuer issuer_power issuer_state issuer_state_height"
                " cluster cluster_with cluster_text cluster_reasons"
            ),
            "hops": (
                "step chain txid index height time from_address to_address asset contract decimals value amount"
                " traced_value traced_amount origin hop rule conversion_step spender"
            ),
            "not_followed": (
                "origin chain address txid outpoint asset contract decimals traced_value traced_amount reason"
            ),
            "reconciliation": "method origin chain asset contract outcome value amount",
            "methods": "origin chain address entity asset contract fifo lifo libr haircut poison_reached",
            "tags": (
                "chain address label actor category confidence source lastmod conflict grade source_family valid_from"
                " valid_to note"
            ),
            "findings": "kind rule confidence subject object evidence text",
            "gaps": "kind chain subject effect_value text contract effect_amount",
            "sources": (
                "origin kind chain address txid index time height asset contract decimals traced_value traced_amount"
                " reach_value reach_amount hop entity category confidence label_source"
            ),
            "convergence": (
                "number chain address entity service_address asset contract decimals origins total_value total_amount"
                " origin traced_value traced_amount first_time last_time hops memo"
            ),
            "conversions": (
                "number step origin rule confidence protocol key from_chain from_address from_txid"
                " from_asset from_contract from_decimals traced_out traced_out_amount gross_out gross_out_amount"
                " from_time to_chain to_address to_txid to_asset to_contract to_decimals traced_in traced_in_amount"
                " gross_in gross_in_amount to_time price difference delay text accepted"
            ),
            "valuation": (
                "what origin chain address txid index time asset contract decimals value amount price price_currency"
                " price_time ecb_from ecb_to ecb_date worth currency rule source reason memo"
            ),
        }.items()
    }
)
"""Table name to columns. `sources` exists only where the payments were followed backward, `convergence` where there are
several payments, `conversions` where something was converted, `valuation` where asked."""

COUNTS = frozenset(
    {
        *("rank", "confidence", "decimals", "hops", "hop", "step", "height", "conversion_step", "number", "origins"),
        *("issuer_state_height", "from_decimals", "to_decimals", "delay"),
    }
)
"""Columns of small whole numbers."""

VALUES = frozenset(
    {
        "value",
        "traced_value",
        "gross_value",
        "min_value",
        "max_value",
        "reach_value",
        "effect_value",
        "total_value",
        "actual_balance",
        "fifo",
        "lifo",
        "libr",
        "haircut",
        *("traced_out", "gross_out", "traced_in", "gross_in"),
    },
)
"""Columns of base units: whole numbers up to 2**256 - 1 and sums of them."""

TIMES = frozenset({"time", "first_time", "last_time", "since", "as_of", "price_time", "from_time", "to_time"})
"""Columns of times: UTC, ISO 8601 with `Z`."""

ALWAYS = tuple(name for name in COLUMNS if name not in {"sources", "convergence", "conversions", "valuation"})
"""The tables of every report."""
