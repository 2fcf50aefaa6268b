"""A view for runs over more transactions than memory holds: it remembers the last ones, and nothing that is lacking."""

from dataclasses import replace
from typing import Final, Generic, TypeVar

from chaintrace.case.remembered import Remembered
from chaintrace.case.view import CaseView

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


def bounded(view: CaseView) -> CaseView:
    """The same facts, tags and findings; what it remembers has a bound, and what it lacks is not listed."""
    return replace(view, _found=Recent(), _spenders=Recent(), _missing=_Unkept(), _moves=Remembered())
