"""What is installed beside the package: heuristics, through the entry point group `chaintrace.heuristics`.

Our own rules come through the same door (`builtin = "heuristics:ALL"`). An entry names a tuple of heuristics, so a new
rule is one line there and needs no new installation.
"""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from chaintrace.errors import InputError
from chaintrace.model.finding import STAGES, Heuristic

GROUP = "chaintrace.heuristics"


@cache
def heuristics() -> tuple[Heuristic, ...]:
    """Every installed rule, by stage and then by id. Raises InputError when none is installed or one is unusable."""
    return loaded(entry_points(group=GROUP))


def loaded(entries: Iterable[EntryPoint]) -> tuple[Heuristic, ...]:
    """The rules of some entry points, by stage and then by id. Raises InputError as `heuristics` does."""
    found: dict[str, Heuristic] = {}
    for entry in sorted(entries, key=lambda entry: entry.name):
        for rule in _rules(entry):
            if rule.id in found:
                raise InputError(f"two installed rules are called {rule.id!r}: remove one of their packages")
            found[rule.id] = rule
    if not found:
        raise InputError(f"no rules are installed (entry point group {GROUP}): install chaintrace again")
    return tuple(sorted(found.values(), key=lambda rule: (STAGES.index(rule.stage), rule.id)))


def _rules(entry: EntryPoint) -> tuple[Heuristic, ...]:
    """The heuristics that one entry point names."""
    try:
        rules = entry.load()
    except Exception as error:  # a stranger's module may raise anything when it is loaded
        sentence = (
            f"the rules {entry.value!r} cannot be loaded ({type(error).__name__}): repair or remove their package"
        )
        raise InputError(sentence) from error
    if not isinstance(rules, tuple) or not all(isinstance(rule, Heuristic) for rule in rules):
        raise InputError(f"the entry point {entry.value!r} must name a tuple of heuristics: correct its package")
    return rules
