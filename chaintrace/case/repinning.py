"""The log of an older package, with the versions of the rules that are installed now in place of those that it pins.

A case is traced under the rules that its log pins, and only under those. Whoever replays the package of an earlier
version wants to see what the rules of now would say otherwise: so the versions are replaced and the lines sealed anew,
in the folder of the replay. The package keeps its own log.
"""

import json
from hashlib import sha256

from chaintrace import plugins
from chaintrace.case.log import START, canonical


def repinned(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The log with the versions of now, and a sentence for each rule that has another one; unchanged where none has.

    Raises ValueError, KeyError or TypeError where it is no log.
    """
    now = {rule.id: rule.version for rule in plugins.heuristics()}
    lines = [json.loads(line) for line in content.splitlines()]
    pins = [line["details"]["rules"] for line in lines if isinstance(line["details"].get("rules"), dict)]
    told = {
        rule: f"the rule {rule}: version {one[rule]} in the package, {now.get(rule, 'none')} in the replay"
        for one in pins
        for rule in one
        if now.get(rule) != one[rule]
    }
    if not told:
        return content, ()
    for one in pins:
        one |= {rule: now[rule] for rule in one if rule in now}
    previous, sealed = START, []
    for line in lines:
        body = {**{key: value for key, value in line.items() if key != "hash"}, "previous": previous}
        previous = sha256(canonical(body)).hexdigest()
        sealed.append(canonical({**body, "hash": previous}) + b"\n")
    return b"".join(sealed), tuple(told[rule] for rule in sorted(told))
