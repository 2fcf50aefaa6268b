"""The heuristics that ship with chaintrace: pure functions from facts to findings.

Each rule stands here with its stage, its confidence (0-100) and its version; what it says and how often it errs is
its docstring. chaintrace finds this tuple through the entry point `chaintrace.heuristics`.
"""

from chaintrace.model.finding import Heuristic
from heuristics.control.common_input import common_input

ALL: tuple[Heuristic, ...] = (Heuristic(common_input, stage="control", confidence=50),)
