"""How often a rule errs, for whoever prints one of its findings."""

from chaintrace.report.interface import Inputs
from chaintrace.report.wording import NOT_MEASURED


def measured_of(inputs: Inputs, rule: str) -> str:
    """What was measured of a rule in use, by the table that ships; "not measured" for any other rule."""
    return next((one.measured for one in inputs.rules if one.id == rule), NOT_MEASURED)
