"""Reports: from traces to tables, files, a page and a picture."""

from chaintrace.report.build import build
from chaintrace.report.files import FORMATS, write
from chaintrace.report.interface import AsOf, Format, Inputs, Report, RuleLine, SourceLine, Table

__all__ = ["FORMATS", "AsOf", "Format", "Inputs", "Report", "RuleLine", "SourceLine", "Table", "build", "write"]
