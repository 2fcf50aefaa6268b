"""Actor packs of GraphSense: YAML with a list `actors`, which says how a person calls the actors that tags name.

Source: github.com/graphsense/graphsense-tagpacks, `actors/graphsense.actorpack.yaml`. An actor pack attributes nothing:
only its ids and labels are read, and no number depends on them.
"""

from collections.abc import Iterator

from chaintrace.errors import InputError
from chaintrace.model.attribution import Actor
from chaintrace.tags.tag_file import plain


def read_actors(entries: object, shown: str) -> tuple[Actor, ...]:
    """The actors of a pack's list, in its order. Raises InputError with the file and the number of the actor."""
    if not isinstance(entries, list) or not entries:
        raise InputError("an actor pack needs a list `actors` that is not empty: correct it", path=shown)
    return tuple(_actors(entries, shown))


def _actors(entries: list[object], shown: str) -> Iterator[Actor]:
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries, 1):
        fields = entry if isinstance(entry, dict) else {}
        named, called = fields.get("id", ""), fields.get("label", "")
        if not isinstance(named, str) or not isinstance(called, str) or not named.strip() or not called.strip():
            raise InputError(f"actor {number} needs an id and a label: add them", path=shown)
        actor = Actor(plain(named), plain(called))
        first = seen.setdefault(actor.id, number)
        if first != number:
            sentence = f"the actor {actor.id[:60]!r} stands twice, as {first} and {number}: leave one"
            raise InputError(sentence, path=shown)
        yield actor
