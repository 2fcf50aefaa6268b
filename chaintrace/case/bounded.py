"""A view for runs over more transactions than memory holds: it remembers the last ones, and nothing that is lacking."""

from dataclasses import dataclass, field, fields
from typing import Final, Generic, TypeVar

from chaintrace.case.remembered import Remembered
from chaintrace.case.view import CaseView
from chaintrace.model.chain import OutPoint
from chaintrace.model.transaction import Transaction
from chaintrace.model.view import MissingSpender

KEPT: Final = 4_096
"""So many transactions are remembered, and so many outputs with what spends them."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Recent(dict[_Key, _Value], Generic[_Key, _Value]):
    """A dict that forgets everything when it is full."""

    def __setitem__(self, key: _Key, value: _Value) -> None:
        """Keep a value, in the place of all others where there is no room."""
        if len(self) >= KEPT:
            self.clear()
        super().__setitem__(key, value)


class _Unkept(dict[_Key, _Value], Generic[_Key, _Value]):
    """A dict that keeps nothing of what is only to be noted."""

    def setdefault(self, key: _Key, default: _Value | None = None) -> _Value | None:  # type: ignore[override]  # as a note
        """Nothing is kept."""
        del key
        return default


@dataclass(slots=True)
class Bounded(CaseView):
    """A view that remembers what spends an output, for each sign of change asks again; not where it is confined."""

    _spent_in: dict[OutPoint, Transaction | MissingSpender | None] = field(default_factory=Recent)

    def spender(self, outpoint: OutPoint) -> Transaction | MissingSpender | None:
        """The transaction that spends an output; None when it is known to be unspent at the end of coverage."""
        if self.end is not None or self.within is not None:
            return CaseView.spender(self, outpoint)
        if outpoint not in self._spent_in:
            self._spent_in[outpoint] = CaseView.spender(self, outpoint)
        return self._spent_in[outpoint]


def bounded(view: CaseView) -> CaseView:
    """The same facts, tags and findings; what it remembers has a bound, and what it lacks is not listed."""
    same = {one.name: getattr(view, one.name) for one in fields(CaseView)}
    bounds = {"_found": Recent(), "_spenders": Recent(), "_missing": _Unkept(), "_moves": Remembered()}
    return Bounded(**(same | bounds))
