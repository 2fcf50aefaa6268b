"""JSON-RPC 1.0 and 2.0 as questions: an id that follows from the question, and an answer that must bear it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import NoReturn, TypeAlias

from chaintrace.adapters.transport.redaction import in_short
from chaintrace.adapters.transport.request import Reach, Request
from chaintrace.errors import Malformed, TooDeep
from chaintrace.model.nesting import shallow

Json: TypeAlias = "str | int | bool | Decimal | list[Json] | dict[str, Json] | None"
"""What an answer may hold. A number with a point is a Decimal, never a float."""

Param: TypeAlias = "str | int | bool | Sequence[Param] | Mapping[str, Param] | None"


_LONGEST = 300
"""Characters of an error's message that are kept."""


@dataclass(frozen=True, slots=True)
class RpcError:
    """What the other side says instead of a result, in short. The adapter knows which codes mean "no such thing"."""

    code: int
    message: str


def question(
    adapter: str,
    url: str,
    method: str,
    params: Sequence[Param] = (),
    *,
    reach: Reach = "public",
    settled: bool = False,
    pin: str = "",
) -> Request:
    """A JSON-RPC 2.0 call over http(s), or over a line protocol where the url is tcp or tls.

    The id is made from method and params, so the same question has the same text in every run, and an answer to
    another one is noticed. Statuses 404 and 500 are answers where they carry a JSON-RPC error.
    """
    words = json.dumps([method, list(params)], separators=(",", ":"), ensure_ascii=False)
    number = int.from_bytes(hashlib.sha256(words.encode()).digest()[:4], "big")
    call = {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
    return Request(
        adapter,
        url,
        "POST",
        json.dumps(call, separators=(",", ":"), ensure_ascii=False).encode(),
        (("Content-Type", "application/json"),),
        reach=reach,
        settled=settled,
        pin=pin,
        accept=frozenset({404, 500}),
    )


def result(content: bytes, request: Request) -> "Json | RpcError":
    """The result of a call, or the error that the other side names.

    Raises Malformed for what is not JSON, not an answer, or the answer to another question.
    """
    answer = read_json(content, request)
    if not isinstance(answer, dict) or ("result" not in answer and answer.get("error") is None):
        raise Malformed(f"{request.host} answered with JSON that is no JSON-RPC answer: look at the url of the source")
    sent = json.loads(request.body)["id"]
    unread = answer.get("id") is None and answer.get("error") is not None  # so says JSON-RPC 2.0, section 5
    if answer.get("id") != sent and not unread:
        other = in_short(repr(answer.get("id")), 20)
        raise Malformed(
            f"{request.host} answered question {other} where {sent} was asked: its answers are mixed up, so none of "
            "them is used; ask another source"
        )
    error = answer.get("error")
    if error is None:
        return answer.get("result")
    if not isinstance(error, dict):
        return RpcError(0, in_short(error, _LONGEST))
    code = error.get("code")
    said = in_short(error.get("message", ""), _LONGEST)
    return RpcError(code if isinstance(code, int) and abs(code) < 1 << 31 else 0, said)


def read_json(content: bytes, request: Request) -> Json:
    """The JSON of an answer, numbers with a point as Decimal. Raises Malformed, with what came instead."""
    try:
        value: Json = json.loads(shallow(content), parse_float=_exact, parse_constant=_no_number)
    except RecursionError as error:
        raise TooDeep(
            f"{request.host} answered with JSON that is nested too deep to be read: nothing of it is used; ask another "
            "source"
        ) from error
    except ValueError as error:
        raise Malformed(f"{request.host} answered with {_instead(content)}: {_remedy(content)}") from error
    return value


def _exact(number: str) -> Decimal:
    """A number with a point or an exponent, as it is written."""
    try:
        return Decimal(number)
    except DecimalException as error:
        message = "an exponent beyond all bounds"
        raise ValueError(message) from error


def _no_number(name: str) -> NoReturn:
    """NaN and the infinities are not JSON."""
    message = f"{name} is no number"
    raise ValueError(message)


def _instead(content: bytes) -> str:
    """What an answer is that is not JSON."""
    start = content[:200].lstrip().lower()
    if not start:
        return "nothing"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return "a web page instead of JSON"
    return "JSON that is broken or cut short" if start[:1] in {b"{", b"["} else "something that is not JSON"


def _remedy(content: bytes) -> str:
    """What to do about it."""
    if b"<" in content[:20]:
        return "look at the url of the source, or whether a login or a limit stands before it"
    return "nothing of it is used; try again, or ask another source"
