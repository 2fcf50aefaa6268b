"""Text of attackers: one list, which every format, letter and command is fed with."""

from __future__ import annotations

import unicodedata

TEXTS = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "out of markup": "\"'&</td></table></title></style></script><svg onload=alert(2)>",
    "entities": "]]> &amp; <!-- --> &#0; &lt;script&gt; <![CDATA[x]]> <?xml?> <!DOCTYPE x [<!ENTITY y SYSTEM 'file:///x'>]>",
    "link": "javascript:alert(4)",
    "formula": '=HYPERLINK("http://a.example","click")',
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(A1)",
    "wide formula": "\uff1d1+1",
    "blank formula": "  =1+1",
    "quoted formula": "'=1+1",
    "command": "=cmd|' /C calc'!A0",
    "tab formula": "\t=1+1",
    "return formula": "\r=1+1",
    "terminal": "\x1b[31mred\x07\x9b2J",
    "terminal title": "\x1b]0;title\x07\x1b]8;;http://a.example\x1b\\x\x1b]8;;\x1b\\\x1bP1$r\x1b\\",
    "backspace": "good\x08\x08\x08\x08evil\x7f",
    "bidi": "safe\u202egnp.exe\u2066x",
    "bidi marks": "\u200fa\u061cb\u2069",
    "right to left": "\u05d0\u05d1\u05d2 123 \u0627\u0628\u062a",
    "zero width": "Bi\u200bna\u2060n\ufeffce\u00ad",
    "tag signs": "flag\U000e0067\U000e007f",
    "look-alike": "B\u0456nance",
    "combining": "e\u0301\u0300" * 50,
    "nul": "a\0b",
    "surrogate": "a\ud800b\ufffe",
    "lines": 'one\r\ntwo;three,"four"\tfive\u2028six',
    "json": '"},{"value": "1", "x": ["',
    "json escapes": "\\u0022 \\ \\n null true 1e999",
    "cypher": "x'}) MATCH (n) DETACH DELETE n //",
    "latex": "\\input{/etc/passwd} $x_1$ % # & ~ ^ {",
    "markdown": "[x](javascript:alert(5)) ![y](http://a.example/z) **b** `c` | d |",
    "templates": "{{7*7}} ${x} %s %(x)s {0} <%= x %> #{x}",
    "console markup": "[red]x[/red] [link=http://a.example]y[/link]",
    "path": "../../../etc/passwd",
    "sql": "x'); DROP TABLE transfers; --",
    "our own mark": "a\u27e8U+202E\u27e9b",
    "characters": "\u6f22\u5b57 \u2705 \U0001f600",
    "long": "x" * 40_000,
    "empty-like": " ",
    "word": "null",
}
"""By what they try."""

MORE = {
    "data exchange": '=DDE("cmd";"/C calc";"x")',
    "data exchange behind a sum": "-2+3+cmd|' /C calc'!A0",
    "service": '=WEBSERVICE("http://a.example")',
    "formula behind a hard blank": "\u00a0=1+1",
    "formula behind a wide blank": "\u3000=1+1",
    "formula behind a hidden sign": "\u200b=1+1",
    "formula behind a mark": "\ufeff@SUM(1)",
    "formula on the next line": "\n=1+1",
    "array formula": "{=1+1}",
    "wide plus": "\uff0b1+1",
    "sign of a workbook": "_x000D_=1+1 _x0041_",
    "style": "</style><style>*{background:url(http://a.example)}",
    "style of old": "expression(alert(1)); background:url(javascript:alert(1))",
    "text of a picture": "</text><script>alert(1)</script><text>",
    "controls of eight bits": "\x85\x9bx\x90",
    "paragraph": "a\u2029b",
    "half signs": "\udc00\ud800",
    "no signs": "a\ufffe\uffff\ufdd0b",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "device": "CON",
    "tabulators": "a\x0bb\x0cc",
    "a link of a terminal": "\x1b]8;;http://a.example\x07y\x1b]8;;\x07",
    "day": "1-2",
    "exponent": "1E5",
    "long number": "00012345678901234567890",
    "truth": "TRUE",
    "error": "#REF!",
    "quotes": "''x",
}
"""Further ones, which every format is fed with at once."""

HIDDEN = frozenset(
    "\0\x07\x08\x1b\x7f\x9b\u200b\u200f\u061c\u2060\ufeff\u00ad\u202e\u2028\u2066\u2069\ud800\ufffe\U000e0067"
)
"""Signs of these texts that no file and no terminal may be given as they are."""

TURNING = frozenset({"\u200e", "\u200f", "\u061c", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))})


def shown(text: str) -> bool:
    """Whether a text holds none of the signs that turn, hide or end text."""
    return not HIDDEN & set(text)


def clean(text: str) -> bool:
    """Whether a terminal sees printable text and line ends alone: nothing that turns, hides or moves it."""
    return not any((unicodedata.category(sign) == "Cc" and sign not in "\n\t") or sign in TURNING for sign in set(text))
