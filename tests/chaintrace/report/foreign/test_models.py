"""STIX, FollowTheMoney and CASE/UCO: each file conforms to its model, and says what the tables say."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from chaintrace.report import build
from chaintrace.report.foreign import FORMATS
from chaintrace.report.foreign.links import linked, made_uuid
from chaintrace.report.foreign.stix import PLACE, TRANSFER
from tests.chaintrace.report.foreign.hostile import hostile, large
from tests.chaintrace.report.samples import accounts, outputs
from tests.conftest import absent
from tests.hostile.texts import TEXTS, shown

REPORTS = {"accounts": build(accounts()), "outputs": build(outputs()), "large": large(2**256 - 1)}
HARD = ("markup", "entities", "terminal", "bidi", "nul", "surrogate", "lines", "json", "long", "empty-like")
"""Texts that might break a model; test_hostile_formats.py feeds all of them."""

ALL = {**REPORTS, **{name: hostile(TEXTS[name]) for name in HARD}}
MODEL = json.loads(Path(__file__).with_name("ftm_model.json").read_text("utf-8"))

STIX_READER = f"""
import json, sys
import stix2
from stix2.properties import *
from stix2.v21 import CustomObservable

def custom(name, properties):
    extension = next(one["id"] for one in json.load(open(sys.argv[1]))["objects"] if one.get("name") == name
                     and one["type"] == "extension-definition")
    CustomObservable(name, properties, extension_name=extension)(type("Made", (), {{}}))

text = StringProperty()
custom("{PLACE}", [("kind", StringProperty(required=True)), ("chain", StringProperty(required=True)),
    ("name", StringProperty(required=True)), *((key, text) for key in ("attributed_to", "category", "label_source",
    "description")), ("label_confidence", IntegerProperty(min=0, max=100)), ("roles", ListProperty(StringProperty))])
custom("{TRANSFER}", [("kind", StringProperty(required=True)),
    *((key, ListProperty(ReferenceProperty(valid_types="{PLACE}", spec_version="2.1"), required=True))
      for key in ("from_refs", "to_refs")),
    *((key, text) for key in ("chain", "txid", "index", "height", "asset", "contract", "decimals", "value", "amount",
    "description")), ("happened_at", TimestampProperty()),
    ("traced", ListProperty(DictionaryProperty(spec_version="2.1")))])
for path in sys.argv[1:]:
    read = stix2.parse(open(path, encoding="utf-8"), allow_custom=False)
    kinds = [type(one).__name__ for one in read.objects]
    assert "dict" not in kinds, kinds
    assert json.loads(read.serialize()) == json.load(open(path, encoding="utf-8"))
    print(len(read.objects))
"""
"""What the library of STIX reads: with our types described to it, no object is passed over."""


def ran(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def written(name: str, folder: Path) -> list[Path]:
    """Every report in one format, a folder each."""
    paths = []
    for key, report in ALL.items():
        (folder / key).mkdir()
        (file,) = FORMATS[name].write(report, folder / key)
        paths.append(folder / key / file)
    return paths


def test_stix_is_read_by_its_own_library(tmp_path):
    paths = written("stix", tmp_path)
    (tmp_path / "reader.py").write_text(STIX_READER, "utf-8")
    counts = ran(str(tmp_path / "reader.py"), *map(str, paths)).split()
    assert len(counts) == len(ALL)
    assert all(int(one) >= 5 for one in counts)


def test_a_transfer_has_the_same_id_in_every_report_and_carries_each_payment():
    from chaintrace.report.foreign.stix import bundle

    objects = bundle(REPORTS["outputs"])["objects"]
    transfers = {(one["txid"], one.get("index")): one for one in objects if one["type"] == TRANSFER}
    assert transfers["j1", "0"]["id"] == f"{TRANSFER}--{made_uuid(TRANSFER, 'bitcoin', 'j1', '0')}"
    assert [(one["origin"], one["value"]) for one in transfers["j1", "0"]["traced"]] == [("P", "600"), ("Q", "390")]
    known = {one["id"] for one in objects}
    assert {ref for one in transfers.values() for ref in (*one["from_refs"], *one["to_refs"])} <= known
    assert len(known) == len(objects)


@pytest.mark.slow
def test_case_uco_conforms_to_its_ontology(tmp_path):
    paths = written("case-uco", tmp_path)
    assert "Conforms: True" in ran("-c", "from case_utils.case_validate import main; main()", *map(str, paths))


def test_case_uco_has_a_relationship_for_each_link(tmp_path):
    report = REPORTS["outputs"]
    (file,) = FORMATS["case-uco"].write(report, tmp_path)
    graph = json.loads((tmp_path / file).read_text("utf-8"))["@graph"]
    found = linked(report)
    related = [one for one in graph if one["@type"] == "uco-observable:ObservableRelationship"]
    assert len(related) == len(found.links)
    assert [one["uco-core:hasFacet"].get("chaintrace:tracedValue", "") for one in related] == [
        one.traced_value for one in found.links
    ]
    ids = [one["@id"] for one in graph]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ALL)
def test_ftm_has_the_properties_of_its_model(tmp_path, name):
    """Held against the model's own words, everywhere."""
    report = ALL[name]
    (file,) = FORMATS["ftm"].write(report, tmp_path)
    entities = [json.loads(line) for line in (tmp_path / file).read_text("utf-8").splitlines()]
    found = linked(report)
    assert [one["schema"] for one in entities] == [
        *("CryptoWallet" for _ in found.entities), *("UnknownLink" for _ in found.links)
    ]  # fmt: skip
    known = {one["id"] for one in entities if one["schema"] == "CryptoWallet"}
    for one in entities:
        for key, values in one["properties"].items():
            kind = MODEL[one["schema"]][key]
            assert values
            assert all(isinstance(value, str) and value and shown(value) for value in values)
            assert kind != "entity" or set(values) <= known
    assert not any(key in one["properties"] for one in entities for key in ("holder", "managingExchange"))


@pytest.fixture
def followthemoney():
    """The library of the model: compiled, and so only where `make` could install it (requirements/validators.txt)."""
    if find_spec("followthemoney") is None:
        if sys.version_info[:2] != (3, 11):
            pytest.skip("the lock of followthemoney is for Python 3.11")
        absent("followthemoney", "run `make system` as root and `make validators-if-icu`")
    return import_module("followthemoney")


@pytest.mark.parametrize("schema", [name for name in MODEL if name != "source"])
def test_the_words_are_those_of_the_model_itself(followthemoney, schema):
    own = {name: prop.type.name for name, prop in followthemoney.model.get(schema).properties.items() if not prop.stub}
    assert MODEL[schema] == own


def test_every_entity_passes_the_library_and_none_of_its_values_is_passed_over(followthemoney, tmp_path):
    for path in written("ftm", tmp_path):
        for line in path.read_text("utf-8").splitlines():
            told = json.loads(line)
            proxy = followthemoney.EntityProxy.from_dict({**told, "properties": {}})
            for key, values in told["properties"].items():
                proxy.add(key, values, cleaned=False)
                assert sorted(proxy.get(key)) == sorted(set(values)), (path.parent.name, key)
            followthemoney.model.get(told["schema"]).validate(proxy.to_dict())


@pytest.mark.usefixtures("followthemoney")
def test_ftm_validate_gives_back_every_entity_as_it_was(tmp_path):
    """`ftm validate` drops what its model does not take: nothing of ours."""
    lines = [line for path in written("ftm", tmp_path) for line in path.read_text("utf-8").splitlines()]
    (tmp_path / "all.ftm.json").write_text("\n".join(lines) + "\n", "utf-8")
    ran(
        "-c",
        "from followthemoney.cli.cli import cli; cli()",
        "validate",
        "-i",
        str(tmp_path / "all.ftm.json"),
        "-o",
        str(tmp_path / "valid"),
    )
    again = [json.loads(line) for line in (tmp_path / "valid").read_text("utf-8").splitlines()]
    assert [simple(one) for one in again] == [simple(json.loads(line)) for line in lines]


def simple(entity):
    """What an entity says, whatever the order of its values."""
    told = {key: sorted(values) for key, values in entity["properties"].items()}
    return entity["id"], entity["schema"], told
