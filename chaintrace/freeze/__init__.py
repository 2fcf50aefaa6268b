"""Requests to those who can freeze: from a report to one complete pack per recipient, with a linter that says no."""

from chaintrace.freeze.addressed import Asked, addressed
from chaintrace.freeze.authority import ASK_KEYS, AUTHORITY_KEYS, CLOCK_KEYS, Ask, Asker, Authority, Clock, Enclosure
from chaintrace.freeze.findings import FINDING_KINDS, Finding
from chaintrace.freeze.keeping import others, tidy
from chaintrace.freeze.pack import Pack, folder_name, write_note, write_pack
from chaintrace.freeze.recipients import Recipient, recipients
from chaintrace.freeze.request import KINDS, Evidence, Kind, NoCustodian, Request

__all__ = [
    "ASK_KEYS",
    "AUTHORITY_KEYS",
    "CLOCK_KEYS",
    "FINDING_KINDS",
    "KINDS",
    "Ask",
    "Asked",
    "Asker",
    "Authority",
    "Clock",
    "Enclosure",
    "Evidence",
    "Finding",
    "Kind",
    "NoCustodian",
    "Pack",
    "Recipient",
    "Request",
    "addressed",
    "folder_name",
    "others",
    "recipients",
    "tidy",
    "write_note",
    "write_pack",
]
