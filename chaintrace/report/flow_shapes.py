"""The shapes of boxes: a group has an outline, a colour and a hatching, so that no group is told by colour alone."""

from chaintrace.report.markup import Child, Html, joined, tag

INK, SOFT, PALE = "#16202a", "#52606d", "#f6f7f9"
STRIP = 22
"""Pixels of the hatched strip at the left of a box, in which its letter stands."""

COLOURS: dict[str, tuple[str, str]] = {
    "payer": ("#8a4b00", "#fdf1df"),
    "address": (SOFT, "#ffffff"),
    "returned": ("#5b3a8c", "#efe9f8"),
    "service": ("#0b4f8a", "#e4eef8"),
    "mixer": ("#8c1d40", "#fbe8ee"),
    "protocol": ("#00614a", "#e1f3ec"),
    "end": ("#3d3d3d", "#ececec"),
    "folded": (SOFT, PALE),
}
"""The colour of the strip and of the frame, and that of the inside. Dark on light: they print, and read in grey."""


def shape(group: str, x: int, y: int, width: int, height: int) -> Html:
    """The outline of a box, its strip and the hatching in it."""
    dark, light = COLOURS[group]
    stroke = {"fill": light, "stroke": dark, "stroke_width": 1 if group in {"address", "folded"} else 2}
    behind: Child = None
    if group == "folded":
        stroke["stroke_dasharray"] = "5 3"
        behind = tag("path", d=f"M{x + 4} {y + height + 3}h{width}v{-height}", fill="none", stroke=dark)
    strip = tag("path", d=_strip(group, x, y, height), fill=dark if group != "folded" else "#dde3e9")
    marks = _hatching(group, x, y, height)
    return joined((behind, tag("path", d=outline(group, x, y, width, height), **stroke), strip, marks))


def outline(group: str, x: int, y: int, width: int, height: int) -> str:
    """The outline as the data of a path: each group has corners of its own."""
    right, low, middle = x + width, y + height, y + height // 2
    if group == "payer":  # points to where the value goes
        return f"M{x} {y}H{right - 12}L{right} {middle}L{right - 12} {low}H{x}Z"
    if group == "returned":  # notched where a payer is pointed
        return f"M{x} {y}H{right}L{right - 12} {middle}L{right} {low}H{x}Z"
    if group == "mixer":  # its corners are cut
        return (
            f"M{x + 10} {y}H{right - 10}L{right} {y + 10}V{low - 10}L{right - 10} {low}"
            f"H{x + 10}L{x} {low - 10}V{y + 10}Z"
        )
    if group == "protocol":  # value passes through it: pointed at both sides
        return f"M{x + 10} {y}H{right - 10}L{right} {middle}L{right - 10} {low}H{x + 10}L{x} {middle}Z"
    if group == "service":  # round
        return (
            f"M{x + 14} {y}H{right - 14}Q{right} {y} {right} {y + 14}V{low - 14}Q{right} {low} {right - 14} {low}"
            f"H{x + 14}Q{x} {low} {x} {low - 14}V{y + 14}Q{x} {y} {x + 14} {y}Z"
        )
    return f"M{x} {y}H{right}V{low}H{x}Z"


def _strip(group: str, x: int, y: int, height: int) -> str:
    """The left end of the outline, as far as the strip goes."""
    right, low, middle = x + STRIP, y + height, y + height // 2
    if group == "mixer":
        return f"M{x + 10} {y}H{right}V{low}H{x + 10}L{x} {low - 10}V{y + 10}Z"
    if group == "protocol":
        return f"M{x + 10} {y}H{right}V{low}H{x + 10}L{x} {middle}Z"
    if group == "service":
        return f"M{right} {y}V{low}H{x + 14}Q{x} {low} {x} {low - 14}V{y + 14}Q{x} {y} {x + 14} {y}Z"
    return f"M{x} {y}H{right if group != 'address' else x + 5}V{low}H{x}Z"


def _hatching(group: str, x: int, y: int, height: int) -> Html | None:
    """White marks on the strip, away from its letter in the middle."""
    middle = y + height // 2
    free = sorted(middle + side * off for off in range(14, height // 2 - 5, 7) for side in (-1, 1))
    if group == "mixer":
        return _marks("".join(f"M{x + 4} {at + 4}l{STRIP - 8} -8" for at in free))
    if group == "protocol":
        return _marks("".join(f"M{x + 12} {at}h1M{x + 17} {at}h1" for at in free))
    if group == "end":
        return _marks("".join(f"M{x + 3} {at}h{STRIP - 6}" for at in free))
    if group == "payer":
        return _marks("".join(f"M{x + 6} {at - 3}l5 3l-5 3" for at in free))
    if group == "returned":
        return _marks("".join(f"M{x + 11} {at - 3}l-5 3l5 3" for at in free))
    return None


def _marks(path: str) -> Html | None:
    return tag("path", d=path, fill="none", stroke="#ffffff", stroke_width=2) if path else None
