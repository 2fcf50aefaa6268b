"""Who is said to control an address: tags, actors, categories and the confidence scale of TagPacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, TypeAlias

CONFIDENCE = MappingProxyType(
    {
        "override": 100,
        "ownership": 100,
        "ledger_immanent": 100,
        "manual_transaction": 90,
        "service_api": 70,
        "authority_data": 60,
        "trusted_provider": 50,
        "service_data": 50,
        "forensic": 50,
        "forensic_investigation": 50,
        "untrusted_transaction": 40,
        "web_crawl": 20,
        "heuristic": 10,
        "unknown": 5,
    },
)
"""Confidence ids of the TagPack scale and their levels, 0-100 (docs/method.md, second table)."""


EXPLORER = "explorer:"
"""How the family of a block explorer begins: its labels are given by users and staff, without evidence."""

SANCTIONS = MappingProxyType({"ofac-sdn": "OFAC's SDN list"})
"""Families of sources that are sanctions lists, and how they are called."""

RULE = "rule:"
"""How the family of a label begins that a rule of ours derived: it says nothing that the rule did not say."""

Grade: TypeAlias = Literal["claimed", "attributed", "corroborated"]
"""claimed: explorers, or rules of ours, alone say so; attributed: one family of sources; corroborated: two or more."""


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of actor. `stops` says whether a trace ends at an address of it (M21)."""

    id: str
    stops: bool
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """An organisation or service that tags name."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A claim about an address: who said so (`source`), how sure (`confidence`, 0-100), and when (`lastmod`).

    `stops` is resolved from the category's table when the tag is read. `source_family` is whose statement the source
    repeats, `valid_from` and `valid_to` are when the address was listed and delisted (dates; empty where nobody says),
    `programs` under which programmes a sanctions list names it. A tag is a claim, never a fact.
    """

    chain: str
    address: str
    label: str
    actor: str
    category: str
    confidence: int
    source: str
    lastmod: str = ""
    stops: bool = False
    source_family: str = ""
    valid_from: str = ""
    valid_to: str = ""
    programs: str = ""

    @property
    def says(self) -> str:
        """What the tag claims: the actor, or the label where no actor is named."""
        return self.actor or self.label

    @property
    def day(self) -> str:
        """The day of `lastmod`, as YYYY-MM-DD; empty where it is no such date, so that nothing is compared with it."""
        try:
            return date.fromisoformat(self.lastmod[:10]).isoformat()
        except ValueError:
            return ""

    @property
    def family(self) -> str:
        """Whose statement it is; the source's own where nobody says that it repeats another's."""
        return self.source_family or self.source


def contradicting(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """The tags of one address that contradict each other, in their order: those that name two actors or categories.

    An empty actor or category is not said, and contradicts nothing. Labels are free text: they count only where no tag
    names an actor and one stops a trace, for then they are all that says whose service it is. Case does not count.
    """
    actors = {tag.actor.casefold() for tag in tags if tag.actor}
    categories = {tag.category.casefold() for tag in tags if tag.category}
    labels = {tag.label.casefold() for tag in tags if tag.label}
    by_actor, by_category = len(actors) > 1, len(categories) > 1
    by_label = not actors and any(tag.stops for tag in tags) and len(labels) > 1
    return tuple(
        tag for tag in tags if (by_actor and tag.actor) or (by_category and tag.category) or (by_label and tag.label)
    )


def conflicting(tags: Sequence[Tag]) -> bool:
    """Whether tags of one address contradict each other."""
    return bool(contradicting(tags))


def grade(tags: Sequence[Tag], one: Tag) -> Grade:
    """How well a tag is supported by the tags of its address: copies of one list are one source.

    What explorers say alone is claimed, and so is what rules of ours derived: a rule supports no label.
    """
    said = one.says.casefold()
    families = {tag.family for tag in tags if tag.says.casefold() == said and not tag.family.startswith(RULE)}
    if all(family.startswith(EXPLORER) for family in families):
        return "claimed"
    return "attributed" if len(families) == 1 else "corroborated"


def stated_confidence(tags: Sequence[Tag]) -> int:
    """The confidence that a report states of an address: the highest of its tags; of tags in conflict the least.

    Nothing resolves a conflict, so none of its claims counts for more than the weakest of them. 0 without tags.
    """
    return min(
        (tag.confidence for tag in contradicting(tags)), default=max((tag.confidence for tag in tags), default=0)
    )
