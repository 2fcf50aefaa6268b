"""Recipients of requests: dated data on how each wants to be asked. Who is meant is decided by id, not by likeness."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal, TypeAlias, get_args

from chaintrace.adapters.issuers import issued
from chaintrace.i18n import ENGLISH, LANGUAGES
from chaintrace.resources import resource

Kind: TypeAlias = Literal["exchange", "issuer", "swapper", "service"]
"""An exchange or a custodian with accounts, the issuer of a token, an instant swapper, anybody else."""

FOLDER = "recipients"
GENERIC = "generic"
"""The id of the recipient that stands for everybody without a file."""

NOT_KNOWN = "not known"
"""What a field says of which no source speaks."""

TEXTS = (
    *("entity", "channel", "legal_basis", "formats", "language", "response_time"),
    *("preservation", "freeze", "production", "time_zone"),
)
"""The fields that are one text each, or `not known`."""

NAMES = frozenset({"entity", "time_zone"})
"""Those of them that are names, the same in every language."""

TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)
"""Languages of which a file may hold translations of its texts, each under its own key."""

KEYS = frozenset({"id", "name", "kind", "actors", "issuer", "requires", "sources", "checked", *TRANSLATED, *TEXTS})


@dataclass(frozen=True, slots=True)
class Page:
    """Where something about a recipient was read, and how far that can be relied on."""

    url: str
    grade: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """How one recipient wants to be asked, as read on the day `checked`. Fields that no source speaks of are not known.

    `actors` are the ids by which tags name it. `issuer` is how data/issuers.toml names it, empty for others.
    `requires` are keys of `[authority]` that it asks for besides those that every letter needs. `translations` are its
    texts by language and field.
    """

    id: str
    name: str
    kind: Kind
    actors: tuple[str, ...]
    issuer: str
    texts: Mapping[str, str]
    requires: tuple[str, ...]
    sources: tuple[Page, ...]
    checked: date
    translations: Mapping[str, Mapping[str, str]]

    def __getitem__(self, field: str) -> str:
        """One of the texts, or `not known`."""
        return self.texts[field]

    def knows(self, field: str) -> bool:
        """Whether a source speaks of this field."""
        return not self.texts[field].startswith(NOT_KNOWN)


@cache
def recipients() -> Mapping[str, Recipient]:
    """Every recipient that ships, by id. Raises ValueError for a file that is not as README.md says."""
    entries = (entry for entry in resource(FOLDER).iterdir() if entry.name.endswith(".yaml"))
    found = (parsed(entry.read_text("utf-8"), entry.name) for entry in sorted(entries, key=lambda entry: entry.name))
    return {recipient.id: recipient for recipient in found}


def parsed(text: str, name: str) -> Recipient:
    """One recipient's file. Raises ValueError with the file and what is wrong in it."""
    import yaml

    fields = yaml.safe_load(text)
    if not isinstance(fields, dict) or not fields.keys() <= KEYS or not KEYS - {"issuer", *TRANSLATED} <= fields.keys():
        raise ValueError(f"{name}: the keys must be {', '.join(sorted(KEYS))}")
    if f"{fields['id']}.yaml" != name or fields["kind"] not in get_args(Kind):
        raise ValueError(f"{name}: id must be the file's name, kind one of {', '.join(get_args(Kind))}")
    texts = {key: fields[key] for key in TEXTS}
    if not all(isinstance(value, str) and value.strip() for value in (fields["name"], *texts.values())):
        raise ValueError(f"{name}: {', '.join(TEXTS)} must be text, {NOT_KNOWN!r} where no source speaks of it")
    if not isinstance(fields["checked"], date):
        raise ValueError(f"{name}: checked must be a date")  # noqa: TRY004  # a wrong file, not a wrong call
    return Recipient(
        id=fields["id"],
        name=fields["name"],
        kind=fields["kind"],
        actors=tuple(fields["actors"]),
        issuer=fields.get("issuer", ""),
        texts=texts,
        requires=tuple(fields["requires"]),
        sources=tuple(_page(page, name) for page in fields["sources"]),
        checked=fields["checked"],
        translations={language: _translations(fields, language, name) for language in TRANSLATED},
    )


def _translations(fields: Mapping[str, Any], language: str, name: str) -> Mapping[str, str]:
    """The texts of a file in another language: of fields of which a source speaks, and that are no names."""
    found = fields.get(language, {})
    if not isinstance(found, dict) or not all(isinstance(text, str) and text.strip() for text in found.values()):
        raise ValueError(f"{name}: {language} must hold texts, each under the name of its field")
    for field in found:
        if field not in TEXTS or field in NAMES or fields[field] == NOT_KNOWN:
            raise ValueError(f"{name}: {language} translates {field!r}, of which there is nothing to translate")
    return dict(found)


def _page(page: Any, name: str) -> Page:  # noqa: ANN401  # whatever YAML holds
    if not isinstance(page, dict) or page.keys() != {"url", "grade"}:
        raise ValueError(f"{name}: a source has a url and a grade")
    return Page(str(page["url"]), str(page["grade"]))


def of_actor(entity: str) -> Recipient | None:
    """The recipient that a tag's actor id names, letter by letter; None where there is none."""
    return next((one for one in recipients().values() if entity and entity in one.actors), None)


def issuer_of(chain: str, contract: str) -> Recipient | None:
    """The issuer of a token, by its exact contract and never by its symbol.

    One that has no file of its own is asked as `generic`, by its name. None where nobody looked at the contract, and
    where it gives its issuer no power over an address.
    """
    found = issued(chain, contract)
    if found is None or found.power == "none":
        return None
    named = next((one for one in recipients().values() if one.issuer == found.issuer), None)
    return named or replace(recipients()[GENERIC], kind="issuer", name=found.issuer, issuer=found.issuer)
