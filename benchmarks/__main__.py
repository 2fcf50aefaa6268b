"""`python -m benchmarks [--only ROW]… [--quick|--full]`: measure, print, and write docs/benchmarks.md.

Rows that are not measured stay on the page as they are.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from benchmarks import page
from benchmarks.machine import machine

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
ROWS = {
    1: "parsing_addresses",
    2: "parsing_plain",
    3: "parsing_start",
    4: "tracing",
    5: "haircut",
    6: "bulk_lots",
    7: "bulk_endpoints",
    8: "big_values",
    9: "storing",
    10: "whole",
    11: "fetching",
    12: "startup",
    13: "account_case",
    14: "tag_store",
    15: "clustering",
    16: "whole_chain",
}


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", type=int, action="append", choices=sorted(ROWS), help="measure this row alone")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="smaller sizes and fewer repeats; writes no page")
    size.add_argument("--full", action="store_true", help="ten million transfers in the store")
    return parser.parse_args()


def main() -> None:
    """Measure the rows that are asked for; each is on the page as soon as it was measured."""
    asked = options()
    about = machine()
    print(about, "\n", flush=True)
    for row in sorted(set(asked.only or ROWS)):
        print(f"row {row} …", file=sys.stderr, flush=True)
        found = import_module(f"benchmarks.{ROWS[row]}").measure(quick=asked.quick, full=asked.full)
        print(found, flush=True)
        if not asked.quick:
            page.write(PAGE, [found], about)
            print(f"written: {PAGE.relative_to(PAGE.parent.parent)}", flush=True)


if __name__ == "__main__":
    main()
