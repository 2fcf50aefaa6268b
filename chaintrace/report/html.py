"""report.html: the whole for a person, in one file that asks no network, readable on a phone and on paper."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from chaintrace.i18n import ENGLISH, LANGUAGE_TAGS, message, speaker
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
from chaintrace.report.picture_page import digest, part, script, style

CONTENTS = (
    ("asked", message("Asked")),
    ("rules", message("Rules")),
    ("picture", message("Picture")),
    ("endpoints", message("Endpoints")),
    ("conversions", message("Conversions")),
    ("resting", message("Resting")),
    ("clusters", message("By cluster")),
    ("issuers", message("Issuers")),
    ("valuation", message("Value")),
    ("methods", message("Every method")),
    ("steps", message("Steps")),
    ("conservation", message("Conservation")),
    ("left", message("Not followed")),
    ("gaps", message("Assumed")),
    ("sensitivities", message("Other readings")),
    ("tags", message("Attributions")),
    ("sources", message("Sources")),
    ("settings", message("Limits and versions")),
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
    """The style sheet of the page and that of the picture, in one."""
    return files("chaintrace.report").joinpath("page.css").read_text("utf-8") + style()


def page(report: Report, language: str = ENGLISH) -> str:
    """The page's text in a language of `chaintrace.i18n`; what rules, gaps and sources say is quoted in English.

    Its one style sheet and its one script are named by digest, and nothing else may load or run.
    """
    rows, say = ranked(report.inputs), speaker(language)
    policy = (
        f"default-src 'none'; style-src '{digest(_style())}'; script-src '{digest(script())}'; base-uri 'none'; "
        "form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", say("{case}: report of a trace").format(case=report.inputs.case)),
        tag("style", raw(_style())),
    )
    contents = tag(
        "nav",
        (
            joined((tag("a", say(name), href=f"#{key}"), " "))
            for key, name in CONTENTS
            if (key != "valuation" or report.inputs.valuation is not None)
            and (key != "conversions" or _has_conversions(report))
        ),
        aria_label=say("Contents"),
    )
    body = tag(
        "body",
        page_first.heading(report, say),
        page_first.answer(report, rows, say),
        contents,
        page_first.asked(report, say),
        page_first.endpoints(report, rows, say),
        page_first.dependence(report, rows, say),
        _picture(report, language),
        page_tables.endpoints(report, rows, say),
        page_conversions.conversions(report, say) if _has_conversions(report) else None,
        page_tables.resting(report, say),
        page_clusters.clusters(report, say),
        page_issuers.issuers(report, say),
        page_valuation.valuation(report, say),
        page_tables.methods(report, say),
        page_steps.steps(report, rows, say),
        page_tables.conservation(report, say),
        page_tables.not_followed(report, say),
        page_basis.gaps(report, say),
        page_readings.sensitivities(report, say),
        page_basis.backward(report, say),
        page_basis.attributions(report, say),
        page_basis.sources(report, say),
        page_basis.settings(report, say),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang=LANGUAGE_TAGS[language])}\n"


def _has_conversions(report: Report) -> bool:
    """Whether anything was converted, or could have been by a lead: else the page has no section of that."""
    return bool(report.inputs.trace.conversions) or any(isinstance(one, Continues) for one in report.inputs.findings)


def _picture(report: Report, language: str) -> Html:
    say = speaker(language)
    return tag(
        "section",
        tag("h2", say("Flow of the traced value"), id="picture"),
        part(report.inputs, language),
        class_="flow-page",
    )
