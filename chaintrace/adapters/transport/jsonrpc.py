"""JSON-RPC 1.0 and 2.0 as questions: an id that follows from the question, and an answer that must bear it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, TypeAlias

from chaintrace.adapters.transport.request import Reach, Request
from chaintrace.errors import Malformed

Json: TypeAlias = "str | int | bool | Decimal | list[Json] | dict[str, Json] | None"
"""What an answer may hold. A number with a point is a Decimal, never a float."""

Param: TypeAlias = "str | int | bool | Sequence[Param] | Mapping[str, Param] | None"


@dataclass(frozen=True, slots=True)
class RpcError:
    """What the other side says instead of a result. The adapter knows which codes mean "there is no such thing"."""

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
    if not isinstance(answer, dict) or not ({"result", "error"} & answer.keys()):
        raise Malformed(f"{request.host} answered with JSON that is no JSON-RPC answer: look at the url of the source")
    sent = json.loads(request.body)["id"]
    unread = answer.get("id") is None and answer.get("error") is not None  # so says JSON-RPC 2.0, section 5
    if answer.get("id") != sent and not unread:
        raise Malformed(
            f"{request.host} answered question {answer.get('id')!r} where {sent} was asked: its answers are mixed up, "
            "so none of them is used; ask another source"
        )
    error = answer.get("error")
    if error is None:
        return answer.get("result")
    if not isinstance(error, dict):
        return RpcError(0, str(error))
    code = error.get("code")
    return RpcError(code if isinstance(code, int) else 0, str(error.get("message", "")))


def read_json(content: bytes, request: Request) -> Json:
    """The JSON of an answer, numbers with a point as Decimal. Raises Malformed, with what came instead."""
    try:
        value: Json = json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{request.host} answered with {_instead(content)}: {_remedy(content)}") from error
    return value


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
