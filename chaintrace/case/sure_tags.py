"""The tags that are sure enough for a case: what does not stop its traces supports no rule either (M21)."""

from collections.abc import Iterator, Mapping

from chaintrace.case.view import CaseView, Tags
from chaintrace.model.attribution import Tag


class _Sure(Mapping[tuple[str, str], tuple[Tag, ...]]):
    """Tags of at least a confidence, looked up one address at a time: a store of them is not read as a whole."""

    def __init__(self, tags: Tags, least: int) -> None:
        self._tags, self._least = tags, least

    def __getitem__(self, place: tuple[str, str]) -> tuple[Tag, ...]:
        """The sure tags of a place. Raises KeyError where there is none."""
        found = tuple(tag for tag in self._tags[place] if tag.confidence >= self._least)
        if not found:
            raise KeyError(place)
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._tags)

    def __len__(self) -> int:
        return len(self._tags)


def sure(view: CaseView, least: int) -> CaseView:
    """The same view without tags below a confidence; 0 leaves every tag."""
    return view.with_tags(_Sure(view.all_tags, least)) if least else view
