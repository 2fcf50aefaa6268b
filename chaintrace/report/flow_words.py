"""What the picture of the flow says in the reader's language: the words of the drawing, and those of picture.js."""

from chaintrace.i18n import message
from chaintrace.report.flow_texts import GROUPS, PAYER_LABELS

DRAWING = (
    message("paid by"),
    message("hop {first}"),
    message("hops {first} to {last}"),
    message("amounts in {unit}"),
    message("amounts in {unit}, under {method}"),
    message("under {method}"),
    message("transaction {txid}"),
    message("{number} inputs"),
    message("{number} addresses"),
    message("{number} more address"),
    message("{number} more addresses"),
    message("{share} of all paid"),
    message("over 99.9 %"),
    message("under 0.1 %"),
    message("paid {value}"),
    message("in {value}"),
    message("out {value}"),
    message("in and out {value}"),
    message("rests: {value}"),
    message("not followed: {value}"),
    message("returned: {value}"),
    message("← {value} back to {place}"),
    message("← {value} back to {number} boxes"),
    message("{currency}: worth when it moved"),
    message("{value} from {source} to {target}"),
    message("{value} from {source} to {target}, by a document"),
)
"""What stands in the drawing, and in the titles of its lines."""

CONTROLS = (
    message("Controls of the picture"),
    message("Method"),
    message("FIFO"),
    message("LIFO"),
    message("LIBR"),
    message("positional FIFO"),
    message("positional LIFO"),
    message("haircut"),
    message("Hide lines below"),
    message("all lines"),
    message("{number} lines below {share} are hidden, {sum} over all hops, and {boxes} boxes that have no other line."),
    message("Search"),
    message("address, txid, label"),
    message("{number} found; Enter goes from one to the next."),
    message("{at} of {number}"),
    message("Nothing of this picture has it; hops.csv lists every movement."),
    message("{found} of {number} are in this picture, in {boxes} boxes; Enter goes from one to the next."),
    message("Not in it: {texts}."),
    message("Nothing reached it under this method."),
    message("At most {number} boxes are shown at once: what was opened first is folded again."),
    message("The picture goes on to the right: move it sideways, or make it smaller."),
    message("Smaller"),
    message("Larger"),
    message("Close"),
)
"""What stands at the controls, and what their use is answered with."""

PANEL = (
    message("What was chosen"),
    message("{value} base units"),
    message("In"),
    message("Out"),
    message("Rests"),
    message("Not followed"),
    message("Returned"),
    message("Traced value"),
    message("Worth when it moved"),
    message("a price is lacking"),
    message("Came in from"),
    message("Went out to"),
    message("From {source} to {target}"),
    message("Transfers"),
    message("of {value} moved"),
    message("More transfers, of {value} together, are in hops.csv."),
    message("What an output holds goes into the transaction that spends it."),
    message("A document says that this is one movement."),
    message("Transaction"),
    message("Place in it"),
    message("Time"),
    message("Payment"),
    message("Rule"),
    message("Memo"),
    message("Source"),
    message("previous"),
    message("next"),
    message("fold"),
    message("folded"),
    message("page {page} of {pages}"),
    message("{number} of them are in hops.csv alone."),
)
"""What stands in the panel."""

FACTS = (
    message("Chain"),
    message("Address"),
    message("Output"),
    message("Inputs"),
    message("What it is"),
    message("Attributed to"),
    message("Category"),
    message("Confidence"),
    message("Source of the label"),
    message("Grade of the evidence"),
    message("Tag"),
    message("Why it was not followed"),
    message("corroborated"),
    message("attributed"),
    message("claimed"),
    message("history not in the sources"),
    message("input values unknown"),
    message("limit: max_hops"),
    message("limit: max_transactions"),
    message("below min_value"),
)
"""What is said of a box: the headings, and the texts that are words of ours."""

CAPTION = message(
    "Left to right by hop, under one method at a time. A line's width and number are the traced value. A dashed "
    "line is what a document says. What does not fit is summed in a dashed box, which opens; what is shown stays "
    "where it is."
)
LETTERS = message("R: value rests there. N: value was not followed from there. V: value was returned there.")
KEYS = message(
    "Keys: Tab goes from box to box in the order of hops, arrows along the lines, Enter opens a box, Escape closes."
)
AROUND = (
    message("Flow of the traced value, hop by hop"),
    message("Traced value by hop, in {units}"),
    message("No traced value moved."),
    message("and"),
    *(CAPTION, LETTERS, KEYS),
    message("The same as a table"),
    message("Sender"),
    message("Receiver"),
    message("Hop"),
    message("Asset"),
    message("First"),
    message("More lines, of {value} together: hops.csv has every movement."),
)
"""What stands around the picture."""

WORDS = tuple(
    dict.fromkeys(
        (*DRAWING, *CONTROLS, *PANEL, *FACTS, *AROUND, *PAYER_LABELS, *(words for _, words in GROUPS.values()))
    )
)
"""All of them; a test holds them to what picture.js says."""
