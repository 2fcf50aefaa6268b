"""report.html: the whole for a person, in one file that asks no network, readable on a phone and on paper."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from chaintrace.model.finding import Continues
from chaintrace.report import (
    page_basis,
    page_clusters,
    page_conversions,
    page_first,
    page_issuers,
    page_readings,
    page_steps,
    page_tables,
    page_valuation,
)
from chaintrace.report.credited import ranked
from chaintrace.report.interface import Report
from chaintrace.report.markup import Html, joined, raw, tag
from chaintrace.report.picture import flow

CONTENTS = (
    ("asked", "Asked"),
    ("rules", "Rules"),
    ("picture", "Picture"),
    ("endpoints", "Endpoints"),
    ("conversions", "Conversions"),
    ("resting", "Resting"),
    ("clusters", "By cluster"),
    ("issuers", "Issuers"),
    ("valuation", "Value"),
    ("methods", "Every method"),
    ("steps", "Steps"),
    ("conservation", "Conservation"),
    ("left", "Not followed"),
    ("gaps", "Assumed"),
    ("sensitivities", "Other readings"),
    ("tags", "Attributions"),
    ("sources", "Sources"),
    ("settings", "Limits and versions"),
)


class HtmlPage:
    """The report as one page."""

    name = "html"
    summary = "the whole for a person: one page, no network, prints well"

    def write(self, report: Report, folder: Path) -> tuple[str, ...]:
        """Write report.html; return its name."""
        (folder / "report.html").write_bytes(page(report).encode("utf-8"))
        return ("report.html",)


@cache
def _style() -> str:
    return files("chaintrace.report").joinpath("page.css").read_text("utf-8")


def page(report: Report) -> str:
    """The page's text. It holds no script; its one style sheet is named by digest, and nothing else may load."""
    rows = ranked(report.inputs)
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{report.inputs.case}: report of a trace"),
        tag("style", raw(_style())),
    )
    contents = tag(
        "nav",
        (
            joined((tag("a", name, href=f"#{key}"), " "))
            for key, name in CONTENTS
            if (key != "valuation" or report.inputs.valuation is not None)
            and (key != "conversions" or _has_conversions(report))
        ),
        aria_label="Contents",
    )
    body = tag(
        "body",
        page_first.heading(report),
        page_first.answer(report),
        contents,
        page_first.asked(report),
        page_first.endpoints(report, rows),
        page_first.dependence(report, rows),
        _picture(report),
        page_tables.endpoints(report, rows),
        page_conversions.conversions(report) if _has_conversions(report) else None,
        page_tables.resting(report),
        page_clusters.clusters(report),
        page_issuers.issuers(report),
        page_valuation.valuation(report),
        page_tables.methods(report),
        page_steps.steps(report, rows),
        page_tables.conservation(report),
        page_tables.not_followed(report),
        page_basis.gaps(report),
        page_readings.sensitivities(report),
        page_basis.backward(report),
        page_basis.attributions(report),
        page_basis.sources(report),
        page_basis.settings(report),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _has_conversions(report: Report) -> bool:
    """Whether anything was converted, or could have been by a lead: else the page has no section of that."""
    return bool(report.inputs.trace.conversions) or any(isinstance(one, Continues) for one in report.inputs.findings)


def _picture(report: Report) -> Html:
    picture = flow(report.inputs)
    return joined(
        (
            tag("h2", "Flow of the traced value", id="picture"),
            tag("figure", picture, tabindex=0, role="group", aria_label="Flow of the traced value, hop by hop"),
            tag(
                "p",
                "Left to right by hop, under the main method. A line's width and number are the traced value; rounded "
                "boxes with a double frame are endpoints. A dashed line is what a document says. What does not fit is "
                "summed in a dashed box. A wide picture moves sideways.",
                class_="soft",
            ),
        ),
    )
