"""TagPack files of GraphSense: YAML whose header fields are inherited by its tags.

Source: github.com/graphsense/graphsense-tagpacks and its tool's README (fields, inheritance, confidence ids).
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from chaintrace.addresses import BITCOIN, EVM, TRON, is_address, normalise
from chaintrace.errors import InputError
from chaintrace.model.attribution import Tag
from chaintrace.tags.actorpack import read_actors
from chaintrace.tags.categories import categories, confidence_level, stops
from chaintrace.tags.source_family import family
from chaintrace.tags.tag_file import TagFile, day, decoded, plain

NETWORKS: Mapping[str, str] = MappingProxyType(
    {
        "ARB": "arbitrum",
        "ARBITRUM": "arbitrum",
        "AVAX": "avalanche",
        "BASE": "base",
        "BEP20": "bsc",
        "BNB": "bsc",
        "BSC": "bsc",
        "BTC": "bitcoin",
        "ETH": "ethereum",
        "GNO": "gnosis",
        "LINEA": "linea",
        "MATIC": "polygon",
        "OP": "optimism",
        "OPTIMISM": "optimism",
        "POL": "polygon",
        "SCROLL": "scroll",
        "TRX": "tron",
        "XDAI": "gnosis",
        "ZKSYNC": "zksync",
    },
)
"""A TagPack's network or currency, and our name of the chain. Other networks keep their own in lower case."""

TOKENS = frozenset({"BUSD", "DAI", "EURC", "TUSD", "USDC", "USDP", "USDT", "WBTC", "WETH"})
"""Currencies that several chains have: the form of the address tells which, Ethereum's or TRON's."""


def read_tagpack(content: bytes, shown: str) -> TagFile:
    """The tags of a TagPack, or the actors of an actor pack.

    A category that we do not know does not stop, and `abuse` never does.

    What is odd in a pack of strangers becomes a note for the report: unknown categories, and tags that are left out
    because their address is none. Raises InputError with the file, and with the line where one is known.
    """
    text = decoded(content, shown)
    pack = _parsed(text, shown)
    if "actors" in pack and "tags" not in pack:
        return TagFile(shown, (), actors=read_actors(pack["actors"], shown))
    entries = pack.pop("tags", None)
    if not isinstance(entries, list):
        raise InputError("a TagPack needs a list `tags`: add it, or name the file .csv", path=shown)
    tags: dict[Tag, None] = {}
    unknown: dict[str, int] = {}
    wrong: list[str] = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise InputError(f"tag {number} is no mapping of fields: correct it", path=shown)
        tag = _tag({**pack, **entry}, number, text, shown)
        if not is_address(tag.chain, tag.address):
            wrong.append(f"{shown}: the tag of {tag.address[:100]!r} is left out, which is no {tag.chain} address")
            continue
        tags.setdefault(replace(tag, address=normalise(tag.chain, tag.address)))
        if tag.category and tag.category not in categories():
            unknown[tag.category] = unknown.get(tag.category, 0) + 1
    odd = [
        f"{shown}: the category {name[:60]!r} ({count} tags) is unknown and does not stop a trace"
        for name, count in sorted(unknown.items())
    ]
    return TagFile(shown, tuple(tags), (*odd, *wrong))


def _parsed(text: str, shown: str) -> dict[str, object]:
    """The mapping of a YAML text in which every scalar stays text: an unquoted 0x… is an address, not a number."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        parsed = yaml.load(text, Loader=loader)  # noqa: S506  # this loader makes text, lists and mappings only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError(f"the file is no YAML ({error.problem}): correct it", path=shown, line=line) from error
    except yaml.YAMLError as error:
        raise InputError("the file is no YAML: save it as plain UTF-8 text", path=shown) from error
    if not isinstance(parsed, dict):
        raise InputError("a TagPack is a mapping of fields with a list `tags`: correct it", path=shown)
    return {str(key): value for key, value in parsed.items()}


def _tag(fields: Mapping[str, object], number: int, text: str, shown: str) -> Tag:
    def field(name: str) -> str:
        value = fields.get(name, "")
        if not isinstance(value, str):
            raise InputError(f"the field {name} of tag {number} must be text: correct it", path=shown)
        return "" if value in {"null", "~"} else plain(value)

    address = field("address")
    if not address:
        raise InputError(f"tag {number} has no address: add it", path=shown)
    line = text.count("\n", 0, max(text.find(address), 0)) + 1
    category = field("category").lower()
    try:
        confidence = confidence_level(field("confidence"))
    except ValueError as error:
        raise InputError(f"{error}: correct tag {number}", path=shown, line=line) from error
    chain = _chain(field("network") or field("currency"), address)
    if not chain:
        raise InputError(f"tag {number} names neither network nor currency: add one", path=shown, line=line)
    source = field("source") or shown
    return Tag(
        chain=chain,
        address=address,
        label=field("label"),
        actor=field("actor"),
        category=category,
        confidence=confidence,
        source=source,
        lastmod=field("lastmod"),
        stops=stops(category),
        source_family=field("source_family") or family(source, shown),
        valid_from=day(field("valid_from")),
        valid_to=day(field("valid_to")),
    )


def _chain(network: str, address: str) -> str:
    """Our name of a TagPack's network; for a token, the chain whose addresses look like this one."""
    name = network.upper()
    if name in TOKENS:
        return next((chain for chain in ("ethereum", "tron") if is_address(chain, address)), network.lower())
    lower = network.lower()
    if lower in BITCOIN or lower in EVM or lower in TRON:
        return lower
    return NETWORKS.get(name, lower)
