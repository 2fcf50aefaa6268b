"""Whom the tags of an address name, where that can part a cluster."""

from collections.abc import Iterable, Mapping

from chaintrace.model.attribution import Tag


def actors(tags: Iterable[Tag], least: int = 0) -> Mapping[str, Tag]:
    """Each actor that tags of at least a confidence name, with the most confident tag that does. Case does not count.

    Where no tag names an actor, the labels of those that stop a trace count: they are all that says whose service it
    is (M21). Other labels are free text. Two names for one actor count as two: nobody here knows better.
    """
    sure = sorted((tag for tag in tags if tag.confidence >= least), key=_most_confident_first)
    said = [(tag.actor, tag) for tag in sure if tag.actor.strip()]
    if not said:
        said = [(tag.label, tag) for tag in sure if tag.stops and tag.label.strip()]
    found: dict[str, Tag] = {}
    for name, tag in said:
        found.setdefault(name.strip().casefold(), tag)
    return found


def _most_confident_first(tag: Tag) -> tuple[int, str, str, str, str]:
    return -tag.confidence, tag.source, tag.actor, tag.label, tag.lastmod
