"""Writes charts of i2 Analyst's Notebook with anxwritter, whose files the notebook opens, as its authors say.

In, by path: entities and links. Out: what the library's validator finds wrong with each, by path; the charts are files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from anxwritter import ANXChart
from anxwritter.models import TimeZone

UTC = TimeZone(id=1, name="UTC")
ZONES = Path(sys.modules["anxwritter"].__file__ or "").with_name("timezones.json")


def chart(told: dict[str, list[dict[str, object]]]) -> ANXChart:
    """The chart of some entities and links."""
    made = ANXChart(settings={"extra_cfg": {"entity_auto_color": False}})
    for one in told["entities"]:
        made.add_icon(**one)
    for one in told["links"]:
        zone = {"timezone": UTC} if one.get("date") else {}
        made.add_link(**one, **zone, arrow="->", multiplicity="multiple")
    return made


if __name__ == "__main__":
    found: dict[str, object] = {"UTC": json.loads(ZONES.read_text("utf-8"))["1"]}
    for path, told in json.load(sys.stdin).items():
        made = chart(told)
        found[path] = made.validate()
        Path(path).write_text(made.to_xml(), "utf-8")
    json.dump(found, sys.stdout)
