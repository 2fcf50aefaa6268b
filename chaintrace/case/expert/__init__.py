"""The expert's report on a case: generated where the facts are ours, left blank where they are the expert's."""

from chaintrace.case.expert.document import document
from chaintrace.case.expert.opinion import Opinion

__all__ = ["Opinion", "document"]
