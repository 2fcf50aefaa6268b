"""How often each host is asked: what services say of themselves (data/hosts.toml), or what a person's plan allows."""

import re
from collections.abc import Mapping

from chaintrace.adapters.transport import Keys, Rate, Rates
from chaintrace.case.table import shown
from chaintrace.errors import InputError
from chaintrace.resources import read_table

VARIABLE = "CHAINTRACE_RATES"
"""The variable of the environment with a person's own rates: `host=number` with commas between, requests a second."""

MOST = 1_000
"""Requests a second that nobody means."""

_ENTRY = re.compile(r"([A-Za-z0-9.:_-]+)=([0-9]{1,4})")


def rates(environment: Mapping[str, str], keys: Keys) -> Rates:
    """The rate of every host that is known. Raises InputError for a variable that is no list of rates."""
    hosts: dict[str, Rate | None] = {}
    for host, entry in read_table("hosts.toml").items():
        keyed = entry.get("keyed") if keys.of(entry["adapter"]).key else None
        number = keyed or entry["per_second"]
        hosts[host] = Rate(number)
    return Rates(hosts={**hosts, **own_rates(environment)})


def own_rates(environment: Mapping[str, str]) -> dict[str, Rate]:
    """What the environment says of single hosts. Raises InputError for what is no list of rates."""
    found: dict[str, Rate] = {}
    for text in environment.get(VARIABLE, "").split(","):
        entry = text.strip()
        if not entry:
            continue
        match = _ENTRY.fullmatch(entry)
        number = int(match[2]) if match else 0
        if match is None or not 1 <= number <= MOST:
            raise InputError(
                f"{VARIABLE} has {shown(entry)}: write host=number, requests a second from 1 to {MOST:,}, with commas "
                "between, as in api.etherscan.io=30"
            )
        found[match[1].lower()] = Rate(number)
    return found
