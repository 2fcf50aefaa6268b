"""How often each host is asked: by data, by whether a key is set, and by what a person's plan allows."""

from __future__ import annotations

import tomllib

import pytest

from chaintrace.adapters import NETWORK
from chaintrace.adapters.prices import CoinbaseExchange
from chaintrace.adapters.transport import Keys, Rate, Request
from chaintrace.case.access import access
from chaintrace.case.endpoints import public_endpoints
from chaintrace.case.rates import VARIABLE, own_rates, rates
from chaintrace.errors import InputError
from chaintrace.resources import read_text

HOSTS = tomllib.loads(read_text("hosts.toml"))


def asked(host, reach="public"):
    return Request("trongrid", f"https://{host}/x", reach=reach)


@pytest.mark.parametrize(("key", "expected"), [("", 5), ("secret", 15)])
def test_a_host_is_asked_as_often_as_its_documents_allow_with_or_without_a_key(key, expected):
    known = rates({}, Keys({"CHAINTRACE_TRONGRID_KEY": key}))
    assert known.of(asked("api.trongrid.io")) == Rate(expected)
    assert known.of(asked("API.TRONGRID.IO")) == Rate(expected)
    assert known.of(asked("nobody.example")) == known.public
    assert known.of(asked("127.0.0.1:8090", "own")) is None


def test_a_plan_that_was_paid_for_is_the_persons_word():
    known = rates({VARIABLE: " api.etherscan.io=30, 127.0.0.1:8545=7,"}, Keys({}))
    assert known.of(asked("api.etherscan.io")) == Rate(30)
    assert known.of(asked("127.0.0.1:8545", "own")) == Rate(7)


@pytest.mark.parametrize("text", ["api.etherscan.io", "a=0", "a=1001", "a=2.5", "a=-1", "a=1 b=2", "=3", "<b>=3"])
def test_what_is_no_list_of_rates_is_refused_before_anybody_is_asked(text):
    with pytest.raises(InputError, match=VARIABLE):
        own_rates({VARIABLE: text})
    with pytest.raises(InputError, match=VARIABLE):
        access({VARIABLE: text})


def test_every_rate_has_a_source_and_an_adapter_that_exists():
    for host, entry in HOSTS.items():
        assert entry["source"], host
        assert entry["adapter"] in (*NETWORK, CoinbaseExchange.name), host
        assert 1 <= entry["per_second"] <= entry.get("keyed", entry["per_second"]), host


def test_every_public_service_with_a_rate_is_found_by_its_host():
    """A host in the data that is written in another way than requests name it would never be slowed down."""
    chains = tomllib.loads(read_text("chains.toml"))
    hosts = {Request(one.adapter, one.url).host for chain in chains for one in public_endpoints(chain)}
    assert hosts
    assert all(host == host.lower() and "/" not in host for host in (*HOSTS, *hosts))
