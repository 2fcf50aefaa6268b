"""The sealed package: what a report says, what it rests on, and the programs that check the one against the other."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from chaintrace.adapters.bitcoin.toldblocks import AskedBlocks
from chaintrace.evidence.bag import Bag
from chaintrace.evidence.header_chains import Headers, linked, noticing
from chaintrace.evidence.lines import canonical, fact, holdings
from chaintrace.evidence.proving import Proof
from chaintrace.evidence.proving import files as proof_files
from chaintrace.evidence.recording import Recorded
from chaintrace.evidence.tables import acquisition, assumptions, decisions, steps
from chaintrace.model.provenance import Source
from chaintrace.model.trace import Limits, Options, Seed
from chaintrace.report import FORMATS, Report
from chaintrace.report.csv_files import write_table
from chaintrace.report.interface import METHOD_VERSION, Table
from chaintrace.tracing.links import Links

FORMAT, FORMAT_VERSION = "chaintrace-evidence", "1"
VERIFIERS = (
    *("verify.py", "verify_anchors.py", "verify_answers.py", "verify_bag.py", "verify_chain.py", "verify_columns.py"),
    *("verify_facts.py", "verify_method.py", "verify_page.py", "verify_report.py"),
)

OFTEN = 1000
"""After so many raw answers whoever watches is told."""

README = """An evidence package: a traced case, and the programs that check it.

To check all of it, with Python 3.11 or newer and without a network, in this folder:

    python3 -I verify.py

It prints a verdict for each layer, and every failure with its file and line; it ends with 0 if nothing fails. To read
the case, open data/report/report.html. The method stands in data/method.json, and the first row of each table says what
its columns are. Before you rely on the programs, compare their digests with those of the release.
"""

ORDERING = (
    "Within a chain by (height, position, place in the transaction); where a source has no heights, by (time, row). "
    "Between chains by time, then by the chain's name (M2)."
)
ROUNDING = (
    "Whole base units. A division gives each origin the whole part of its share; the units that are left go to the "
    "largest remainders, ties to the origin that arrived earlier (M16)."
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a package is made of.

    `recorded` is what the traces of the report were answered. `records` are the archive's readings, in order, and
    `raw` gives the bytes of one by its digest as a file. `log` gives the lines of the case's log, by the digest of all
    that the package holds beside it. `case_files` are the case's own files by their shown path. `declared` says of each
    chain who declared the coverage.
    `links` are the continuations of the traces. `proofs` gives the proof of each traced transaction, or the reason why
    there is none. `headers` are the block headers of Bitcoin that were read.
    `public_key` is that of who will sign the tag manifest, "" where nobody does.
    `paper` are files that stand beside those of the report, by their names.
    `logs` are the logs of other folders that were merged into the case, by the hash of their last line.
    `told` are the sources of blocks with what they were asked: a replay has no other way to them.
    `traced_answers` packs of the raw answers those alone that facts rest on; a replay asks for all of them.
    `backward` is whether the report also says where the payments' value came from.
    """

    report: Report
    seeds: tuple[Seed, ...]
    recorded: Recorded
    records: Sequence[Source]
    raw: Callable[[str], Path]
    log: Callable[[str], bytes]
    case_files: Mapping[str, Path]
    declared: Mapping[str, str]
    links: Links = field(default_factory=Links)
    proofs: Iterable[tuple[str, Proof | str]] = ()
    headers: Headers = field(default_factory=Headers)
    public_key: str = ""
    told: Sequence[AskedBlocks] = ()
    traced_answers: bool = False
    backward: bool = False
    logs: Mapping[str, Path] = field(default_factory=dict)
    paper: Mapping[str, bytes] = field(default_factory=dict)


Tell: TypeAlias = Callable[[str, int, int], None]
"""Is told what is being done, how many are done, and of how many."""


def fill(sealed: Sealed, folder: Path, tell: Tell) -> None:
    """Write the whole package into an empty folder. Raises OSError as the system gives it."""
    bag = Bag(folder)
    inputs = sealed.report.inputs
    facts = sealed.recorded.facts()
    used = {one.source.sha256 for one in facts if one.source is not None}
    used |= {line.sha256 for line in inputs.sources if line.sha256}
    bag.lines("data/facts.jsonl", (canonical(fact(one)) for one in facts))
    bag.lines("data/holdings.jsonl", (canonical(one) for one in holdings(sealed.recorded)))
    kept = tuple(
        one for one in sealed.records if not sealed.traced_answers or one.sha256 in used or one.adapter == "file"
    )
    packed = dict.fromkeys(one.sha256 for one in kept)
    for table in (
        steps(inputs.trace),
        decisions(inputs, sealed.recorded, sealed.links),
        assumptions(inputs, sealed.recorded, sealed.declared),
        acquisition(sealed.records, packed),
        sealed.report.tables["not_followed"],
        sealed.report.tables["tags"],
    ):
        _table(bag, table)
    _report(bag, sealed.report)
    for name, paper in sorted(sealed.paper.items()):
        bag.write(f"data/report/{name}", paper)
    for head, path in sorted(sealed.logs.items()):
        bag.copy(f"data/logs/{head}.jsonl", path)
    for number, asked in enumerate(sealed.told, 1):
        bag.lines(f"data/told/{number}.jsonl", (canonical(line) for line in asked.lines()))
    for name, path in sorted(sealed.case_files.items()):
        bag.copy(f"data/case/{name}", path)
    _raw(bag, sealed, sorted(packed), tell)
    blocks = set[tuple[str, str]]()
    written, unproven = proof_files(noticing(sealed.proofs, sealed.headers, blocks))
    heights = {(one.chain, one.block.hash): one.block.height for one in facts if one.block is not None}
    chains = linked({key: heights.get(key) for key in blocks}, sealed.headers)
    for name, content in (*written, *chains.files):
        bag.write(f"data/proofs/{name}", content)
    _table(bag, unproven, "proofs/")
    _table(bag, chains.unlinked, "proofs/")
    told = sealed.log(sha256(canonical(dict(bag.digests)).encode()).hexdigest())
    bag.write("data/log.jsonl", told)
    bag.write("data/method.json", canonical({**method(sealed, told), "contents": dict(bag.digests)}) + "\n")
    bag.write("README.txt", README)
    for name in VERIFIERS:
        bag.write(name, files("chaintrace.evidence").joinpath(name).read_bytes())
    if sealed.public_key:
        bag.write("signer.pub", f"{sealed.public_key}\n")
    bag.close(f"chaintrace {inputs.versions.get('chaintrace', '')}".rstrip(), f"{FORMAT} {FORMAT_VERSION}")


def _raw(bag: Bag, sealed: Sealed, packed: Sequence[str], tell: Tell) -> None:
    """The raw answers, each a file; never more than a piece of one in memory."""
    for number, digest in enumerate(packed):
        if number % OFTEN == 0:
            tell("packing raw answers", number, len(packed))
        bag.copy(f"data/raw/{digest[:2]}/{digest}", sealed.raw(digest))


def method(sealed: Sealed, content: bytes) -> dict[str, object]:
    """What decides the numbers: the method's version, what was asked, limits, options, rules; and the log's end."""
    report = sealed.report
    inputs = report.inputs
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "method_version": METHOD_VERSION,
        "tool": "chaintrace",
        "tool_version": inputs.versions.get("chaintrace", ""),
        "case": inputs.case,
        "methods": list(inputs.methods),
        "backward": sealed.backward,
        "log": _log(content),
        "seeds": [_seed(seed) for seed in sealed.seeds],
        "limits": _limits(inputs.limits),
        "options": _options(inputs.options),
        "rules": [
            {
                "id": rule.id,
                "version": rule.version,
                "confidence": rule.confidence,
                "text": rule.text,
                "rate": rule.measured,
            }
            for rule in inputs.rules
        ],
        "ordering": ORDERING,
        "rounding": ROUNDING,
        "complete": report.complete,
        "reasons": list(report.reasons),
    }


def _log(content: bytes) -> dict[str, object]:
    """How many lines the log has, and the hash of the last one: who has it, misses lines that were cut off."""
    lines = content.splitlines()
    return {"lines": len(lines), "head": json.loads(lines[-1])["hash"] if lines else "0" * 64}


def _seed(seed: Seed) -> dict[str, object]:
    return {
        "chain": seed.chain,
        "txid": seed.txid,
        "index": seed.index,
        "origin": seed.origin,
        "victim_addresses": sorted(seed.victim_addresses),
    }


def _limits(limits: Limits) -> dict[str, object]:
    least = (
        {"chain": chain, "contract": contract, "value": str(value)}
        for (chain, contract), value in sorted(limits.min_value.items())
    )
    return {
        "max_hops": limits.max_hops,
        "max_transactions": limits.max_transactions,
        "min_value": list(least),
        "min_tag_confidence": limits.min_tag_confidence,
        "until": limits.until,
    }


def _options(options: Options) -> dict[str, object]:
    wallets = [{"name": one.name, "chain": one.chain, "addresses": sorted(one.addresses)} for one in options.wallets]
    return {"libr_between": options.libr_between, "wallets": wallets}


def _table(bag: Bag, table: Table, below: str = "") -> None:
    """A table as the report writes its own."""
    write_table(table, bag.folder(f"data/{below}") / f"{table.name}.csv")
    bag.add(f"data/{below}{table.name}.csv")


def _report(bag: Bag, report: Report) -> None:
    """All formats of the report, below report/."""
    folder = bag.folder("data/report")
    for form in FORMATS.values():
        for name in form.write(report, folder):
            bag.add(f"data/report/{name}")


def parents(names: Iterable[str]) -> Iterator[str]:
    """Of shown paths those that stay inside the case's folder: no other may name a file of the package."""
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if name and not name.startswith("/") and ".." not in parts and ":" not in parts[0]:
            yield name
