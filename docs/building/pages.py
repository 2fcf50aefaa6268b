"""What the site needs beside the pages of docs/: the documents outside of it, and the reference from docstrings.

mkdocs loads this file as a hook (mkdocs.yml). The pages are written to be read in a checkout, so that their links lead
to files beside docs/ as well: to the README, to the cases, to a table of data. Each such file is taken into the site at
the same path, and every link is rewritten for where its page stands there. A link that leads nowhere ends the build.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?:\[(?P<name>[\w./-]+\.md))?\]\((?P<target>[^)\s#:]+)(?P<part>#[^)\s]*)?\)")
"""A link to a file: what has a scheme, or is only a part of its own page, is left as it is. `name` is its text where
that is a file's name."""
FENCE = re.compile(r" *(```+|~~~+)")
NAMED = re.compile(r"^( *```\w+) +(\S+)$", re.MULTILINE)
"""A fence with the name of the file that its text is to be saved as."""
MOVED = {"README.md": "readme.md"}
"""The README would be taken for the first page, which is docs/index.md."""
REFERENCE = {
    "chaintrace": ("From Python", ["chaintrace.case.result", "chaintrace.errors"]),
    "model": ("The model", ["chaintrace.model"]),
    "accounting": ("Methods of allocation", ["chaintrace.accounting"]),
    "interfaces": (
        "What an adapter, a format and a store must do",
        ["chaintrace.adapters.interface", "chaintrace.report.interface", "chaintrace.store.interface"],
    ),
    "bulk": ("Whole chains", ["chaintrace.bulk.clusters"]),
    "heuristics": (
        "Rules",
        ["heuristics.control", "heuristics.services", "heuristics.continuations", "heuristics.noise"],
    ),
}
"""The pages that are made of docstrings: a title, and the packages whose public names stand in it."""
LESS = {"search": {"boost": 0.5}}
"""For pages that a search shall name behind those that explain: the reference, and what changed."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Take in what the pages link to outside of docs/, and the reference."""
    queue = [f"docs/{file.src_uri}" for file in files.documentation_pages()]
    known = set(queue)
    for place in queue:
        for target in _targets(place):
            if target in known or target.startswith("docs/"):
                continue
            known.add(target)
            files.append(File.generated(config, _on_site(target), content=_bytes(place, target)))
            if target.endswith(".md"):
                queue.append(target)
    for name, (title, packages) in REFERENCE.items():
        body = "\n\n".join(f"::: {package}" for package in packages)
        files.append(File.generated(config, f"reference/{name}.md", content=f"# {title}\n\n{body}\n"))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001  # mkdocs names them
    """Rewrite the links of a page for where it and they stand in the site, by the titles that its menu gives."""
    uri = page.file.src_uri
    if uri.startswith("reference/") or uri == "CHANGELOG.md":
        page.meta.update(LESS)
    if uri.startswith("reference/"):
        return markdown
    titles = dict(_titles(config.nav))
    place = next((path for path, moved in MOVED.items() if moved == uri), uri)
    place = place if (ROOT / place).is_file() else f"docs/{uri}"

    def rewritten(match: re.Match[str]) -> str:
        target = _on_site(_resolved(place, match["target"]))
        relative = posixpath.relpath(target, posixpath.dirname(uri) or ".")
        name = match["name"] or ""
        if posixpath.basename(name) == posixpath.basename(match["target"]):
            name = titles.get(target, name)
        return f"{name and '['}{name}]({relative}{match['part'] or ''})"

    return _deeper(NAMED.sub(r'\1 title="\2"', LINK.sub(rewritten, markdown)))


def _deeper(markdown: str) -> str:
    """The text below an item of a list, four spaces deep: two or three are enough elsewhere, and not for mkdocs."""
    lines, fence, shift = [], "", 0
    for line in markdown.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        if not fence:
            shift = 4 - indent if indent in (2, 3) else 0
        begun = FENCE.match(line)
        if begun and not fence:
            fence = begun[1]
        elif begun and line.strip() == fence:
            fence = ""
        lines.append(" " * shift + line if line.strip() else line)
    return "\n".join(lines) + "\n"


def _titles(nav: object) -> Iterator[tuple[str, str]]:
    """The pages of the menu that have a title in it, with that title."""
    for entry in nav if isinstance(nav, list) else ():
        for title, below in entry.items() if isinstance(entry, dict) else ():
            if isinstance(below, str):
                yield below, title
            yield from _titles(below)


def _targets(place: str) -> list[str]:
    """The files that a page links to, by their paths in the checkout."""
    return [_resolved(place, match["target"]) for match in LINK.finditer((ROOT / place).read_text("utf-8"))]


def _resolved(place: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), target))


def _on_site(path: str) -> str:
    return MOVED.get(path, path.removeprefix("docs/"))


def _bytes(place: str, target: str) -> bytes:
    path = ROOT / target
    if not path.resolve().is_relative_to(ROOT) or not path.is_file():
        raise PluginError(f"{place} links to {target}, which is no file of this project: mend the link")
    return path.read_bytes()
