"""A report in the formats of other programs. Each renders the tables of a report and computes no amount of its own."""

from collections.abc import Mapping
from types import MappingProxyType

from chaintrace.report.foreign.case_uco import CaseUco
from chaintrace.report.foreign.ftm import FollowTheMoney
from chaintrace.report.foreign.graphs import Gexf, GraphMl
from chaintrace.report.foreign.i2 import AnalystsNotebook
from chaintrace.report.foreign.maltego import Maltego
from chaintrace.report.foreign.neo4j import Neo4j
from chaintrace.report.foreign.stix import Stix
from chaintrace.report.foreign.xlsx import Xlsx
from chaintrace.report.interface import Format

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        form.name: form
        for form in (
            *(Xlsx(), GraphMl(), Gexf(), AnalystsNotebook(), Maltego(), Neo4j(), Stix(), FollowTheMoney(), CaseUco()),
        )
    }
)
"""The formats of other programs, by name."""

__all__ = ["FORMATS"]
