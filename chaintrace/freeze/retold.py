"""What the report says of an address, in the reader's language: its own fixed sentences are said again, others quoted.

A report is English. Of its sentences those of the rule `deposit_address`, of tags and of a rule without words of its
own have a message here; any other text is shown as it is, and said to be quoted.
"""

import re
from types import MappingProxyType

from chaintrace.i18n import ENGLISH, Say, message

SWEPT = message(
    "swept to {name}'s wallet in {swept} of {number} outflows ({how}); consistent explanations: a customer account at "
    "{name}, a gateway, a broker or OTC desk that is {name}'s customer; {name} may be able to identify the account "
    "credited"
)
FORWARDED = message("{strict} of the value of one deposit, {batch} of what had come since the outflow before")
TOGETHER = message("each together with {others} or more other addresses")
CLAIMED = message("tag of the category {category} by {source}")
DATED = MappingProxyType(
    {
        "dated": message("dated {day}"),
        "listed": message("listed {day}"),
        "delisted": message("delisted {day}"),
    }
)
CREDITED = message("Value credited on {day}: {clause}")
CLAUSES = (
    message("before the listing"),
    message("on the day of the listing or after it"),
    message("on the day of the listing or after it, and before the day given for the delisting"),
    message("before the day given for the delisting"),
    message("on the day of the delisting or after it"),
)
"""How a day can stand to the dates of a sanctions list."""

RULE = message("rule {rule}")
QUOTED = message("{text} (quoted from the report)")

NUMBERS = frozenset({"swept", "number", "strict", "batch", "others"})
"""Places of these messages that hold a number."""


def _pattern(text: str) -> re.Pattern[str]:
    """What a text made of this message looks like: each place once, then the same again."""
    seen: set[str] = set()

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>\\d+)" if name in NUMBERS else f"(?P<{name}>.+?)"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", place, re.escape(text)))


SWEPT_TEXT, FORWARDED_TEXT, TOGETHER_TEXT = _pattern(SWEPT), _pattern(FORWARDED), _pattern(TOGETHER)
CLAIMED_TEXT = re.compile(r"tag of the category (?P<category>\S+) by (?P<source>.+?)(?P<dates>(?:, \w+ [\d-]+)*)")
CREDITED_TEXT = re.compile(r"Value credited on (?P<day>[\d-]+): (?P<clause>.+)")
RULE_TEXT = re.compile(r"rule (?P<rule>\w+)")


def retold(remark: str, language: str, say: Say) -> str:
    """A remark of the report as a letter prints it, without the full stop at its end."""
    text = remark.rstrip(".")
    if language == ENGLISH or not text:
        return text
    first, *dated = re.split(r"\.? (?=Value credited on \d)", text)
    whole = _swept(first, say) or rule_in(first, say)
    parts = [whole] if whole else [_claimed(part, say) for part in first.split("; ")]
    parts += [_credited(part, say) for part in dated]
    return say("; ").join(parts) if all(parts) else say(QUOTED).format(text=text)


def rule_in(text: str, say: Say) -> str:
    """`rule deposit_address` in the reader's language; empty for anything else."""
    found = RULE_TEXT.fullmatch(text)
    return say(RULE).format(rule=found["rule"]) if found else ""


def _swept(text: str, say: Say) -> str:
    found = SWEPT_TEXT.fullmatch(text)
    if found is None:
        return ""
    return say(SWEPT).format(**{**found.groupdict(), "how": _how(found["how"], say) or found["how"]})


def _how(text: str, say: Say) -> str:
    for pattern, said in ((FORWARDED_TEXT, FORWARDED), (TOGETHER_TEXT, TOGETHER)):
        found = pattern.fullmatch(text)
        if found:
            return say(said).format(**found.groupdict())
    return ""


def _credited(text: str, say: Say) -> str:
    found = CREDITED_TEXT.fullmatch(text)
    if found is None or found["clause"] not in CLAUSES:
        return ""
    return say(CREDITED).format(day=found["day"], clause=say(found["clause"]))


def _claimed(text: str, say: Say) -> str:
    found = CLAIMED_TEXT.fullmatch(text)
    if found is None:
        return ""
    dates = [date.partition(" ")[::2] for date in found["dates"].split(", ") if date]
    if any(kind not in DATED for kind, _ in dates):
        return ""
    source = say("nobody named") if found["source"] == "nobody named" else found["source"]
    told = say(CLAIMED).format(category=found["category"], source=source)
    return say(", ").join((told, *(say(DATED[kind]).format(day=day) for kind, day in dates)))
