"""What `candidates` prints for a person."""

from typing import Any

from chaintrace.cli.printing import notice, say, table

NONE_FOLLOWED = "Candidates, and no path: no trace follows any of them."
"""What is said under every answer."""

PAID = "counted so that one participant may have been paid {maker} by the others, and one may have paid them {taker}"
UNPAID = (
    "counted as if no participant had paid another: where some do, most deterministic links are wrong "
    "(docs/accuracy.md)"
)
"""What is said of payments inside a coinjoin, in base units; of links that allow for none."""

PART = "not every movement of the pool is in the sources: there may be more deposits"
"""What is said of a pool whose history is not held whole."""

MOST = 100
"""Lines of one table; JSON has all of them."""


def print_outputs(shaped: dict[str, Any]) -> None:
    """The links inside a transaction of outputs."""
    readings = shaped["readings"]
    word = "reading" if readings == "1" else "readings"
    say(f"{shaped['chain']} {shaped['txid']}: {readings} {word}, entropy {shaped['entropy_bits']} bits")
    rows = []
    for output in shaped["outputs"]:
        told = output["candidates"]
        links = ", ".join(f"{one['input']} ({one['readings']}/{readings})" for one in told)
        rows.append([output["output"], output["value"], output["address"], len(told), links])
    table("Outputs", ("output", "value", "address", "candidates", "inputs"), rows)
    sure: dict[int, list[int]] = {}
    for one in shaped["deterministic"]:
        sure.setdefault(one["output"], []).append(one["input"])
    rows = [[output, ", ".join(map(str, several))] for output, several in sure.items()]
    table("Deterministic links", ("output", "inputs"), rows)
    merged = [
        [one["txid"], ", ".join(map(str, one["outputs"])), ", ".join(map(str, one["candidates"]))]
        for one in shaped["merged"]
    ]
    table("Spent together later", ("txid", "outputs", "inputs that may have paid all"), merged)
    if shaped["is_without_intrafees"]:
        notice(UNPAID)
    elif shaped["intrafees"]["maker"] != "0":
        notice(PAID.format(**shaped["intrafees"]))
    notice(NONE_FOLLOWED)


def print_withdrawals(shaped: dict[str, Any]) -> None:
    """The deposits that withdrawals may be of."""
    for one in shaped["withdrawals"]:
        say(f"{shaped['chain']} {shaped['txid']}: {one['protocol']}, {one['size']}, pool {one['pool']}, to {one['to']}")
        say(f"deposits before: {one['deposits_before']}, withdrawals before: {one['withdrawals_before']}")
        rows = [[said["name"], said["strength"], said["size"], said["reason"]] for said in one["reveals"]]
        table("What narrows them down", ("set", "worth", "size", "why"), rows)
        for said in one["reveals"]:
            if said["candidates"]:
                table(said["name"], ("txid", "from"), [[it["txid"], it["from"]] for it in said["candidates"][:MOST]])
        if not one["pool_is_whole"]:
            notice(PART)
    notice(NONE_FOLLOWED)
