"""Cells that a spreadsheet would run as a formula: `'` before them on the way out, and off again on the way in."""

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001  # spreadsheets read the wide ones too
"""How a formula begins, as in the tables of reports."""


def safe(text: str) -> str:
    """The text as a cell of a CSV. Blanks and quotes before a sign do not hide it."""
    return f"'{text}" if is_formula(text) else text


def bare(cell: str) -> str:
    """The text that `safe` made this cell of; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run it. What quotes itself counts too: each `safe` can be taken back exactly once."""
    return text.lstrip(" '").startswith(SIGNS)
