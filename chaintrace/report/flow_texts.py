"""The words in and at the boxes of a picture of the flow, as they stand at first: picture.js says the same later."""

import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from chaintrace.i18n import Say, message
from chaintrace.model.chain import Asset
from chaintrace.report.amounts import figure, per_cent, prose
from chaintrace.report.flow_folds import Place, Scene
from chaintrace.report.flow_graph import Box, Key, Line, Sums, plus
from chaintrace.report.markup import visible
from chaintrace.valuation import rounded

LONGEST = 18
"""Characters of an amount at a port; a longer one is cut there, and stands whole in the title and the panel."""

NAME, LINE, NOTE_LINE = 17, 24, 30
"""Characters of a name, of the lines below it and of the notes that there is room for; a wide one counts twice."""

SHORT = 14
"""Characters up to which an address is not shortened."""

PAYER_LABELS = (message("payer"), message("new coins"), message("not in the sources"), message("no address"))
"""Words of ours that stand where an address or a label would."""

GROUPS: dict[str, tuple[str, str]] = {
    "payer": ("P", message("payer")),
    "address": ("", message("address")),
    "returned": ("V", message("returned (address declared as the victim's)")),
    "service": ("S", message("service that keeps accounts")),
    "mixer": ("M", message("mixer")),
    "protocol": ("D", message("protocol or bridge")),
    "end": ("E", message("other end of the trace")),
    "joined": ("", message("transaction that joins outputs")),
    "folded": ("", message("folded, with its sum")),
}
"""The groups of boxes: the letter that stands in one, and what it is called. flow_shapes.py has their shapes."""

SERVICES = frozenset(
    {"exchange", "wallet_service", "payment_processor", "service", "custodian", "broker", "atm", "issuer", "gambling"}
)
"""Categories of those who keep accounts for customers."""


def group(box: Box) -> str:
    """The group of a box, by its kind and, of an endpoint, by the category of the claim about it."""
    if box.kind != "endpoint":
        return "folded" if box.kind == "beyond" else box.kind
    if box.category == "mixing_service":
        return "mixer"
    if box.category.startswith("defi"):
        return "protocol"
    return "service" if box.category in SERVICES else "end"


@dataclass(slots=True)
class Texts:
    """What is said in a box and below it, whole; the drawing cuts it to its width.

    `letter` is the sign of a box. Without lines, nothing reached it.
    """

    lines: list[str]
    notes: list[str] = field(default_factory=list)
    letter: str = ""


class Writer:
    """Writes the texts of one method's boxes in one language. `several` assets: each amount has its unit."""

    def __init__(self, drawn: Scene, method: str, say: Say) -> None:
        self.scene, self.method, self.say = drawn, method, say
        self.lines = drawn.first_lines(method)
        self.several = len(drawn.assets) > 1
        self._back: dict[Key, list[Line]] = {}
        self._in: dict[Key, Sums] = {}
        self._out: dict[Key, Sums] = {}
        places = {place.box.key: place for place in drawn.nodes()}
        for line in self.lines:
            plus(self._in.setdefault(line.target, {}), line.asset, line.value)
            plus(self._out.setdefault(line.source, {}), line.asset, line.value)
            if not forward(places[line.source], places[line.target]):
                self._back.setdefault(line.source, []).append(line)
        self._places = places

    def told(self, value: int, asset: Asset) -> str:
        """An amount, with its unit where there are several."""
        return prose(value, asset) if self.several else figure(value, asset)

    def at_port(self, line: Line) -> str:
        """What stands where a line arrives: the amount, and what it was worth where that is known."""
        amount = cut(self.told(line.value, line.asset), LONGEST)
        return amount if line.worth is None else f"{amount} · {money(line.worth, self.scene.currency)}"

    def texts(self, place: Place) -> Texts:
        """The texts of a box or of a fold; none where nothing reached it under the method."""
        if place.box.kind == "folded":
            return self._fold(place)
        name, below = self.name(place.box), under(place.box, self.say)
        box = self.scene.graphs[self.method].boxes.get(place.box.key)
        if box is None:
            return Texts([])
        sums = self._sums(box)
        letter = GROUPS[group(box)][0] or "".join(("R" if box.rests else "", "N" if box.left else ""))
        lines = [text for text in (name, below, *sums) if text]
        return Texts(lines, [*self._ends(box), *self._backs(box.key)], letter)

    def _folded(self, place: Place) -> Box:
        """A fold as a box: how many of this method's boxes lie in it, and their sums."""
        column, key, boxes = place.column, place.box.key, self.scene.graphs[self.method].boxes
        inside = [boxes[at] for at, hidden in self.scene.hidden.items() if hidden == column and at in boxes]
        ends = Box(key, "folded", column, "", inflow=self._in.get(key, {}), outflow=self._out.get(key, {}), members=0)
        for box in inside:
            ends.members += box.members
            for mine, theirs in ((ends.rests, box.rests), (ends.left, box.left), (ends.returned, box.returned)):
                for asset, value in theirs.items():
                    plus(mine, asset, value)
        return ends

    def _fold(self, place: Place) -> Texts:
        ends = self._folded(place)
        if not ends.members:
            return Texts([])
        first, last = self.scene.columns[place.column]
        hops = self.say("hops {first} to {last}").format(first=first - 1, last=last - 1) if first != last else ""
        lines = [text for text in (self.name(ends), hops, self._share(ends), *self._sums(ends)) if text]
        return Texts(lines, [*self._ends(ends), *self._backs(place.box.key)], "+")

    def title(self, key: Key) -> str:
        """What a box or a fold that is seen at first is called."""
        place = self._places[key]
        return self.name(self._folded(place) if place.box.kind == "folded" else place.box)

    def name(self, box: Box) -> str:
        """What a box is called: a label, else a short address."""
        if box.kind == "folded":
            word = self.say("{number} more address") if box.members == 1 else self.say("{number} more addresses")
            return word.format(number=f"{box.members:,}")
        if box.kind == "joined":
            return self.say("transaction {txid}").format(txid=short(box.address))
        if ";" in box.address:
            return self.say("{number} addresses").format(number=box.address.count(";") + 1)
        return fitted(box.label, NAME) if box.kind == "endpoint" and box.label else short(visible(box.address))

    def _sums(self, box: Box) -> list[str]:
        into, out = self._sum(box.inflow), self._sum(box.outflow)
        if box.kind == "payer" or not box.inflow:
            return [self.say("paid {value}").format(value=out)]
        if box.inflow == box.outflow:
            return [self.say("in and out {value}").format(value=into)]
        lines = [self.say("in {value}").format(value=into)]
        if box.outflow and box.kind != "endpoint":
            lines.append(self.say("out {value}").format(value=out))
        return lines

    def _sum(self, sums: Sums) -> str:
        return " + ".join(self.told(value, asset) for asset, value in sums.items()) or "0"

    def _share(self, box: Box) -> str:
        """Which part of what was paid goes into a fold, or out of one of payers, of the first asset that was paid."""
        for asset, value in (box.inflow or box.outflow).items():
            if asset in self.scene.paid:
                share = per_cent(value, self.scene.whole[asset])
                return self.say("{share} of all paid").format(share=share)
        return ""

    def _ends(self, box: Box) -> list[str]:
        rests = [self.say("rests: {value}").format(value=self.told(value, at)) for at, value in box.rests.items()]
        left = [self.say("not followed: {value}").format(value=self.told(value, at)) for at, value in box.left.items()]
        back = [self.say("returned: {value}").format(value=self.told(value, at)) for at, value in box.returned.items()]
        return [*rests[:2], *left[:2], *back[:2]]

    def _backs(self, key: Key) -> list[str]:
        """What goes from a box to one that is not to the right of it: a note, and no line."""
        totals: Sums = {}
        found = self._back.get(key, [])
        for line in found:
            plus(totals, line.asset, line.value)
        notes = []
        for asset, value in list(totals.items())[:2]:
            targets = list(dict.fromkeys(line.target for line in found if line.asset == asset))
            word = (
                self.say("← {value} back to {place}")
                if len(targets) == 1
                else self.say("← {value} back to {number} boxes")
            )
            told, place = self.told(value, asset), self.title(targets[0])
            notes.append(word.format(value=told, place=place, number=f"{len(targets):,}"))
        return notes


def money(exact: Fraction, currency: str) -> str:
    """A value in money for people: `1,310.50 USD`, rounded half up once."""
    return f"{Decimal(rounded(exact)):,} {currency}"


def forward(source: Place, target: Place) -> bool:
    """Whether a line between two boxes is drawn: it goes to the right."""
    return source.x < target.x


def cut(text: str, most: int) -> str:
    """A text, or its beginning and a sign that it goes on."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def fitted(text: str, most: int) -> str:
    """A text of strangers made visible and cut to a width; the signs of Chinese are twice as wide as a letter."""
    shown, room = "", most
    for sign in visible(text):
        room -= 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if room < 0:
            return f"{shown[:-1]}…"
        shown += sign
    return shown


def short(address: str) -> str:
    """The beginning and the end of an address."""
    return f"{address[:6]}…{address[-4:]}" if len(address) > SHORT else address


def under(box: Box, say: Say) -> str:
    """The second line: the short address below a label, the label below an address."""
    if box.kind == "endpoint" and box.label and len(box.address) > SHORT:
        return f"{box.address[:8]}…{box.address[-6:]}"
    if box.kind == "joined":
        return say("{number} inputs").format(number=box.label.partition(" ")[0])
    if box.label == box.address or box.kind == "endpoint":
        return ""
    return say(box.label) if box.label in PAYER_LABELS else fitted(box.label, LINE - 2)
