"""An answer and its JSON objects, and what is said of one that is wrong: host, question, field, remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from chaintrace.adapters.transport import Json, Request, in_short, read_json
from chaintrace.errors import Malformed


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as it came, to `request`; `path` is what was asked of the source."""

    request: Request
    path: str
    content: bytes
    status: int

    @property
    def where(self) -> str:
        """The beginning of a sentence about it."""
        return f"{self.request.host} answered {self.path}"

    def json(self) -> Json:
        """The JSON of the answer, a number with a point as Decimal. Raises Malformed."""
        return read_json(self.content, self.request)


@dataclass(frozen=True, slots=True)
class JsonObject:
    """A JSON object that a source answered; `where` begins each sentence: the host and what it was asked.

    `remedy` ends the sentence about an answer of another shape: most often the url is that of something else.
    """

    remedy: ClassVar[str] = "look at the url of the source"

    where: str
    fields: Mapping[str, Json]

    @classmethod
    def of(cls, where: str, value: Json) -> Self:
        """A JSON object. Raises Malformed for anything else."""
        if not isinstance(value, dict):
            raise Malformed(f"{where} with {type(value).__name__} instead of an object: {cls.remedy}")
        return cls(where, value)

    @classmethod
    def all_of(cls, where: str, value: Json) -> tuple[Self, ...]:
        """A list of JSON objects. Raises Malformed for anything else."""
        if not isinstance(value, list):
            raise Malformed(f"{where} with {type(value).__name__} instead of a list: {cls.remedy}")
        return tuple(cls.of(where, entry) for entry in value)

    def wrong(self, name: str, reason: str) -> Malformed:
        """The error for a field that is not what it must be."""
        shown = in_short(self.fields.get(name, "nothing"))
        return Malformed(f"{self.where} with {name} = {shown}, {reason}: nothing of it is used; ask another source")
