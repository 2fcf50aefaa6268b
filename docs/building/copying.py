"""What the button beside a block copies: the commands alone, without prompts and answers.

mkdocs loads this file as a hook (mkdocs.yml). The theme's button copies what the attribute `data-copy` of a block says,
where there is one, and else the whole text, which no shell and no Python takes where a prompt stands before each line.
"""

from __future__ import annotations

import html
import re

BLOCK = re.compile(
    r'<div class="language-(?P<language>console|sh|pycon|python) highlight">(?P<body><pre>.*?</pre>)', re.DOTALL
)
"""A block as pymdownx.highlight writes it, with `pygments_lang_class` set."""
TAG = re.compile(r"<[^>]*>")
HEREDOC = re.compile(r"(?<!<)<<(?!<)(?P<dash>-?)\s*(?P<quote>['\"]?)(?P<end>[A-Za-z_]\w*)(?P=quote)")
"""What in a command says that text for it follows, up to a line that holds one word only."""


def on_page_content(content: str, **_: object) -> str:
    """Called by mkdocs for each page: say for each block with prompts what its button copies."""
    return BLOCK.sub(_with_copy, content)


def _with_copy(match: re.Match[str]) -> str:
    text = html.unescape(TAG.sub("", match["body"]))
    found = shell_commands(text) if match["language"] in ("console", "sh") else statements(text)
    if not found:
        return match[0]
    copied = html.escape(found).replace("\n", "&#10;")
    return match[0].replace(' highlight">', f' highlight" data-copy="{copied}">', 1)


def shell_commands(text: str) -> str:
    """The commands of a session of a shell, a line each, as they are typed; "" where no line has the prompt `$ `.

    A command goes on in the next line after a backslash, up to the end of its heredoc, and where that line begins with
    the prompt `> `, which is no part of it.
    """
    typed: list[str] = []
    goes_on, prompted, ends = False, False, list[tuple[str, bool]]()
    for line in text.splitlines():
        rest = line.removeprefix("> ") if line != ">" else ""
        if ends or goes_on or (prompted and rest != line):
            typed.append(rest)
        elif line.startswith("$ "):
            rest = line[2:]
            typed.append(rest)
        else:
            prompted = False
            continue
        prompted = True
        if ends:
            word, is_indented = ends[0]
            if (rest.lstrip("\t") if is_indented else rest) == word:
                ends.pop(0)
            continue
        goes_on = rest.endswith("\\")
        ends = [(one["end"], bool(one["dash"])) for one in HEREDOC.finditer(rest)]
    return "\n".join(typed)


def statements(text: str) -> str:
    """The statements of a session of Python, without prompts and answers; "" where no line has the prompt `>>> `."""
    typed = [line[4:] for line in text.splitlines() if line.startswith((">>> ", "... ")) or line in (">>>", "...")]
    return "\n".join(typed)
