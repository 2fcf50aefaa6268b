"""One row of any list becomes a claim, or is refused with one sentence; every format goes through here."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chaintrace.addresses import is_address, normalise
from chaintrace.addresses.families import family as chain_family
from chaintrace.tags.categories import categories, confidence_level, nearest
from chaintrace.tags.chain_names import TICKERS, chain_name, looks_like
from chaintrace.tags.claims import Claim, More, Problem, Raw, RowError
from chaintrace.tags.formula_cells import is_formula
from chaintrace.tags.source_family import family
from chaintrace.tags.tag_file import day, plain

FIELDS = (
    "chain", "network", "currency", "address", "label", "actor", "category", "abuse", "confidence", "source",
    "source_family", "lastmod", "licence", "valid_from", "valid_to",
)  # fmt: skip
"""The fields of a row that have a meaning here; every other one is kept under its own name."""

LONGEST = 4_000
"""The most characters of one field, and of all the fields without a column: nobody reads more of a tag."""

LONGEST_NAME, DEEPEST = 100, 5
"""How long the name of a field may be, and how deep fields may stand in one another."""

AS_GIVEN = "confidence_as_given"
"""Where a confidence is kept that a list states on a scale of its own."""

_RUNS = re.compile(r"<[a-zA-Z/!?]")
"""How markup begins that a browser would read."""

_FORMS = (
    ("ethereum", re.compile(r"0[xX][0-9A-Za-z]{38,42}\Z")),
    ("bitcoin-testnet", re.compile(r"(?i:tb1)[0-9A-Za-z]{20,90}\Z")),
    ("bitcoin-regtest", re.compile(r"(?i:bcrt1)[0-9A-Za-z]{20,90}\Z")),
    ("bitcoin", re.compile(r"(?:(?i:bc1)[0-9A-Za-z]{20,90}|[13][0-9A-Za-z]{25,34})\Z")),
    ("tron", re.compile(r"T[0-9A-Za-z]{32,34}\Z")),
)
"""What an address of each of these chains looks like, right or with a wrong letter, or a few too few or too many."""

_CHAIN = re.compile(r"[a-z0-9][a-z0-9 ._-]{0,59}\Z")


@dataclass(frozen=True, slots=True)
class Checked:
    """A row that can be kept, its key, and what is odd about it."""

    chain: str
    address: str
    claim: Claim
    problems: tuple[Problem, ...] = ()


def checked(raw: Raw, declared: Mapping[str, str], pack: str) -> Checked:
    """The claim of a row; what it leaves empty comes from what was declared for the whole list.

    Raises RowError for a row that cannot be kept.
    """
    cells = dict.fromkeys(FIELDS, "")
    for fields in (declared, raw.fields):
        cells.update((name, _cell(name, text)) for name, text in fields.items() if text)
    address = cells["address"]
    if not address:
        raise RowError("address", "a tag without an address: fill it in")
    chain = chain_name(cells["chain"] or cells["network"] or cells["currency"], address)
    if not chain:
        raise RowError("field", "a tag without a chain: name it in the list, or with --chain")
    if not _CHAIN.match(chain):
        raise RowError("field", f"{chain[:60]!r} is no name of a chain: correct it")
    if not cells["label"] and not cells["actor"]:
        raise RowError("field", "a tag without label and actor claims nothing: add a label, or give --label")
    address = _address(chain, address)
    confidence, level, given = _confidence(cells["confidence"], declared.get("confidence", ""))
    problems = [Problem("date", sentence, raw.line) for sentence in _dates(cells)]
    if _RUNS.search(cells["label"]) or is_formula(cells["label"]):
        sentence = f"the label {cells['label'][:60]!r} holds markup or begins like a formula: kept as text, never run"
        problems.append(Problem("label", sentence, raw.line))
    if given:
        sentence = f"the confidence {given[:60]!r} is no TagPack id and not 0 to 100: it counts as {confidence}"
        problems.append(Problem("confidence", sentence, raw.line))
    category = cells["category"].lower()
    if category and category not in categories():
        close = nearest(category, categories())
        problems.append(
            Problem("category", f"the category {category[:60]!r} is unknown{close}: kept, stops no trace", raw.line)
        )
    source = cells["source"] or pack
    claim = Claim(
        label=cells["label"],
        actor=cells["actor"],
        category=category,
        abuse=cells["abuse"],
        confidence=confidence,
        level=level,
        source=source,
        source_family=cells["source_family"] or family(source, pack),
        lastmod=cells["lastmod"],
        licence=cells["licence"],
        valid_from=cells["valid_from"],
        valid_to=cells["valid_to"],
        more=_more(chain, cells, {**raw.more, **({AS_GIVEN: given} if given else {})}),
    )
    return Checked(chain, address, claim, tuple(problems))


def _confidence(text: str, declared: str) -> tuple[str, int, str]:
    """The confidence, its level, and what the row said where that is on no scale that we know.

    Then what was declared for the list counts, and `unknown` without that. Raises RowError for a wrong declaration.
    """
    try:
        return text or "unknown", confidence_level(text), ""
    except ValueError:
        try:
            return declared or "unknown", confidence_level(declared), text
        except ValueError as error:
            raise RowError("field", str(error)) from error


def _cell(name: str, text: str) -> str:
    if not text:
        return ""
    if len(text) > LONGEST:
        raise RowError("field", f"the field {name} has {len(text)} characters, more than {LONGEST}: shorten it")
    return "" if text in {"null", "~"} else plain(text)


def _address(chain: str, text: str) -> str:
    """The address in its one form. An explorer's link or a `bitcoin:` prefix is no address and is refused."""
    try:
        return normalise(chain, text)
    except ValueError as error:
        raise RowError("address", f"{error}{looks_like(text)}") from error


def _dates(cells: dict[str, str]) -> Iterator[str]:
    """Bring the dates of validity into the form YYYY-MM-DD; one that is none is taken out and told. `lastmod` stays."""
    for name in ("valid_from", "valid_to"):
        given = cells[name]
        if given and not (found := day(given)):
            cells[name] = ""
            yield f"{name} {given[:60]!r} is no date like 2024-12-31: left empty"
        elif given:
            cells[name] = found
    if cells["lastmod"] and not day(cells["lastmod"]):
        yield f"lastmod {cells['lastmod'][:60]!r} is no date like 2024-12-31: kept as text, compared with nothing"


def _more(chain: str, cells: Mapping[str, str], others: Mapping[str, More]) -> str:
    """The fields without a column as JSON: `network` and `currency` only where they say more than the chain does."""
    usual = network_of(chain)
    kept = {_key(name): _texts(value, 0) for name, value in others.items()}
    given = [cells["network"], kept.pop("network", ""), cells["currency"]]
    network = next((str(name) for name in given if name), usual)
    currency = cells["currency"] or str(kept.pop("currency", ""))
    kept.pop("currency", None)
    if any(name in FIELDS or name == "license" for name in kept):
        raise RowError("field", "the other fields name one that has a column of its own: put it there")
    if network != usual:
        kept["network"] = network
    if currency and currency != network:
        kept["currency"] = currency
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if kept else "{}"
    if len(text) > LONGEST:
        raise RowError("field", f"the other fields have {len(text)} characters, more than {LONGEST}: shorten them")
    return text


def _texts(value: More, depth: int) -> More:
    """The value without control characters. Raises RowError for one that a TagPack could not hold."""
    if depth > DEEPEST:
        raise RowError("field", "the other fields stand too deep in one another: make them flat")
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_texts(item, depth + 1) for item in value]
    return {_key(name): _texts(item, depth + 1) for name, item in value.items()}


def _key(name: str) -> str:
    found = plain(name)
    if len(found) > LONGEST_NAME or not found:
        raise RowError("field", f"a field has a name of {len(found)} characters: it needs 1 to {LONGEST_NAME}")
    return found


def network_of(chain: str) -> str:
    """How a TagPack that we write names the network of a chain."""
    return TICKERS.get(chain, chain)


def forms(text: str, chain: str | None) -> tuple[tuple[str, ...], str | None]:
    """The forms under which an address may be kept, and our name of the chain, None for any.

    Raises ValueError when the named chain has no such address.
    """
    address = plain(text)
    if chain is not None:
        name = chain_name(chain, address)
        return (normalise(name, address),), name
    found = {address}
    for one in ("bitcoin", "bitcoin-testnet", "bitcoin-regtest", "ethereum", "tron"):
        if chain_family(one) and is_address(one, address):
            found.add(normalise(one, address))
    return tuple(sorted(found)), None


def unmistaken(text: str) -> None:
    """Raise ValueError for what looks like an address of a chain whose addresses we check, and is none.

    Nearly all addresses of other chains have another form or length; one that a store holds is not asked here.
    """
    address = plain(text)
    for name, form in _FORMS:
        if form.match(address):
            normalise(name, address)
