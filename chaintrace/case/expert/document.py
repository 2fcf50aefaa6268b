"""The expert's report as blocks, in the order of what such a report must contain."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from chaintrace.case.expert import appendices, asked, attributed, found, priced, ranged, weighed
from chaintrace.case.expert.opinion import Opinion
from chaintrace.freeze.blocks import Block, Break, Heading, Letter, Paragraph, Title, numbered
from chaintrace.i18n import ENGLISH, message

Section: TypeAlias = Callable[[Opinion], Iterator[Block]]

SECTIONS: tuple[tuple[str, Section], ...] = (
    (message("Qualifications"), asked.qualifications),
    (message("Instructions and questions"), asked.instructions),
    (message("Material facts, and who supplied them"), asked.facts),
    (message("Sources of data, with time and height"), asked.sources),
    (message("Tools, versions and configuration"), asked.tools),
    (message("Method, and why"), asked.method),
    (message("Steps"), found.steps),
    (message("Who did what"), found.tests),
    (message("Range of opinion, and reasons"), ranged.ranges),
    (message("Assumptions"), weighed.assumptions),
    (message("Limits and error rates"), weighed.limits),
    (message("Other explanations"), weighed.alternatives),
    (message("Attributions, graded, with sources"), attributed.attributions),
    (message("What was not followed"), weighed.left),
    (message("Basis of values in money"), priced.valuation),
    (message("Declaration"), weighed.declaration),
)
"""The list of contents: CPR 35, CrimPR 19.4 and FRE 702 ask for these parts between them."""

UPRIGHT = "Assumptions"
"""The section from which on the pages stand upright again, after the wide tables of steps and ranges."""

OURS = message(
    "Sections of facts were written by the program from the case; lines that stand open are for the expert, who alone "
    "answers for this report."
)

QUOTED = message(
    "What other people wrote, the notes of the case, labels and some texts of rules and gaps, is quoted in its own "
    "language."
)


def document(opinion: Opinion) -> Letter:
    """The whole report in the reader's language."""
    say, case = opinion.say, opinion.report.inputs.case
    heads = numbered(say, tuple(name for name, _ in SECTIONS))
    blocks: list[Block] = [Title(say("Expert's report"), case), Paragraph(say(OURS), "note")]
    blocks.append(Paragraph(say("All times are UTC."), "note"))
    if opinion.language != ENGLISH:
        blocks.append(Paragraph(say(QUOTED), "note"))
    for name, section in SECTIONS:
        blocks += [*([Break()] if name == UPRIGHT else []), Heading(heads[name]), *section(opinion)]
    blocks += [Break(wide=True), *appendices.appendices(opinion)]
    foot = " · ".join((say("Expert's report"), case))
    return Letter(tuple(blocks), opinion.language, foot)
