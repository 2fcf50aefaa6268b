"""The heuristics that ship with chaintrace: pure functions from facts to findings.

Each rule stands here with its stage, its confidence (0-100) and its version; what it says and how often it errs is
its docstring. chaintrace finds this tuple through the entry point `chaintrace.heuristics`.
"""

from chaintrace.model.finding import Heuristic
from heuristics.control.change import change
from heuristics.control.common_input import common_input
from heuristics.control.funder import funder
from heuristics.control.peel_chain import peel_chain
from heuristics.control.self_authorisation import self_authorisation
from heuristics.control.shared_consolidation import shared_consolidation
from heuristics.control.top_up_sweep import top_up_sweep
from heuristics.services.busy import busy
from heuristics.services.coinjoin_generic import coinjoin_generic
from heuristics.services.coinjoin_joinmarket import coinjoin_joinmarket
from heuristics.services.coinjoin_wasabi1 import coinjoin_wasabi1
from heuristics.services.coinjoin_wasabi2 import coinjoin_wasabi2
from heuristics.services.coinjoin_whirlpool import coinjoin_whirlpool
from heuristics.services.contract import contract
from heuristics.services.deposit_address import deposit_address
from heuristics.services.whirlpool_tx0 import whirlpool_tx0

ALL: tuple[Heuristic, ...] = (
    Heuristic(common_input, stage="control", confidence=50, version=2),
    Heuristic(change, stage="control", confidence=70),
    Heuristic(peel_chain, stage="control", confidence=30),
    Heuristic(funder, stage="control", confidence=20, subject="address"),
    Heuristic(self_authorisation, stage="control", confidence=10, subject="address"),
    Heuristic(shared_consolidation, stage="control", confidence=15, subject="address"),
    Heuristic(top_up_sweep, stage="control", confidence=30),
    Heuristic(busy, stage="services", confidence=40, subject="address"),
    Heuristic(coinjoin_generic, stage="services", confidence=40),
    Heuristic(coinjoin_joinmarket, stage="services", confidence=60),
    Heuristic(coinjoin_wasabi1, stage="services", confidence=90),
    Heuristic(coinjoin_wasabi2, stage="services", confidence=90),
    Heuristic(coinjoin_whirlpool, stage="services", confidence=90),
    Heuristic(contract, stage="services", confidence=80, subject="address"),
    Heuristic(deposit_address, stage="services", confidence=50, subject="address"),
    Heuristic(whirlpool_tx0, stage="services", confidence=90),
)
