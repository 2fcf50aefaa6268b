"""Asks the validator of OASIS what it says of STIX bundles.

In: paths. Out, by path: whether it takes the bundle, its errors, and the codes of its warnings.
"""

from __future__ import annotations

import json
import re
import sys

from stix2validator import ValidationOptions, validate_file

OPTIONS = ValidationOptions(version="2.1")


def said(path: str) -> dict[str, object]:
    """What it says of one bundle."""
    told = validate_file(path, OPTIONS)
    errors = [str(one) for result in told.object_results for one in result.errors]
    warnings = [str(one) for result in told.object_results for one in result.warnings]
    codes = sorted({code for one in warnings for code in re.findall(r"\{(\d+)\}", one)})
    return {"valid": told.is_valid, "errors": errors, "codes": codes}


json.dump({path: said(path) for path in json.load(sys.stdin)}, sys.stdout)
