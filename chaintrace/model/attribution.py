"""Who is said to control an address: tags, actors, categories and the confidence scale of TagPacks."""

from dataclasses import dataclass
from types import MappingProxyType

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

    `stops` is resolved from the category's table when the tag is read. A tag is a claim, never a fact.
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

    @property
    def says(self) -> str:
        """What the tag claims, for telling a conflict: the actor, or the label where no actor is named."""
        return self.actor or self.label


def conflicting(tags: tuple[Tag, ...]) -> bool:
    """Whether tags of one address name different actors or different categories."""
    return len({tag.says for tag in tags}) > 1 or len({tag.category for tag in tags}) > 1
