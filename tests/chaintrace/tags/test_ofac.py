"""OFAC's list in its three forms, and the live one with dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chaintrace.errors import InputError
from chaintrace.tags.source_family import OFAC
from chaintrace.tags.store import TagStore
from chaintrace.tags.store_import import Declared, import_list

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
BTC, ETH = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h", "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
TRON = "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR"
ADVANCED = f"""<?xml version="1.0" encoding="utf-8"?>
<Sanctions xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML">
  <DateOfIssue CalendarTypeID="1"><Year>2026</Year><Month>1</Month><Day>5</Day></DateOfIssue>
  <ReferenceValueSets><FeatureTypeValues>
    <FeatureType ID="8" FeatureTypeGroupID="1">Birthdate</FeatureType>
    <FeatureType ID="344" FeatureTypeGroupID="1">Digital Currency Address - XBT</FeatureType>
    <FeatureType ID="345" FeatureTypeGroupID="1">Digital Currency Address - USDT</FeatureType>
  </FeatureTypeValues></ReferenceValueSets>
  <DistinctParties>
    <DistinctParty FixedRef="17"><Profile ID="17"><Identity>
      <Alias Primary="true"><DocumentedName>
        <DocumentedNamePart><NamePartValue>KHORASHADIZADEH</NamePartValue></DocumentedNamePart>
        <DocumentedNamePart><NamePartValue>Ali</NamePartValue></DocumentedNamePart>
      </DocumentedName><DocumentedName>
        <DocumentedNamePart><NamePartValue>\u0639\u0644\u06cc</NamePartValue></DocumentedNamePart>
      </DocumentedName></Alias>
      <Alias Primary="false"><DocumentedName><DocumentedNamePart>
        <NamePartValue>Iranvisacart</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
    </Identity>
    <Feature FeatureTypeID="8"><FeatureVersion><VersionDetail>1979</VersionDetail></FeatureVersion></Feature>
    <Feature FeatureTypeID="344"><FeatureVersion><VersionDetail>{BTC}</VersionDetail></FeatureVersion></Feature>
    </Profile></DistinctParty>
    <DistinctParty FixedRef="18"><Profile ID="18"><Identity><Alias Primary="true"><DocumentedName><DocumentedNamePart>
      <NamePartValue>MIXER</NamePartValue></DocumentedNamePart></DocumentedName></Alias></Identity></Profile>
    <Feature FeatureTypeID="345"><FeatureVersion><VersionDetail>{TRON}</VersionDetail></FeatureVersion></Feature>
    </DistinctParty>
  </DistinctParties>
  <SanctionsEntries><SanctionsEntry ProfileID="17"><EntryEvent>
    <Date CalendarTypeID="1"><Year>2018</Year><Month>11</Month><Day>28</Day></Date></EntryEvent>
    <SanctionsMeasure><Comment>CYBER2</Comment></SanctionsMeasure></SanctionsEntry></SanctionsEntries>
</Sanctions>"""


@pytest.fixture
def put(tmp_path):
    with TagStore(tmp_path / "tags.sqlite") as store:

        def put(text: str, name: str):
            (tmp_path / name).write_text(text, encoding="utf-8")
            return import_list(store, tmp_path / name, Declared(), "x", WHEN), store

        yield put


def test_the_advanced_form_has_names_programmes_and_dates_of_listing(put):
    done, store = put(ADVANCED, "sdn_advanced.xml")
    assert (done.kind, done.kept, done.problems) == ("ofac-sdn", 2, [])
    (tag,) = store.lookup(BTC, "bitcoin")
    assert (tag.claim.label, tag.claim.valid_from, tag.claim.lastmod) == (
        "KHORASHADIZADEH Ali",
        "2018-11-28",
        "2026-01-05",
    )
    assert (tag.claim.abuse, tag.claim.confidence, tag.claim.source_family) == ("sanction", "authority_data", OFAC)
    assert tag.claim.more == '{"network":"XBT","programs":"CYBER2","sdn_entry":"17"}'
    assert (tag.tag().programs, tag.tag().valid_from) == ("CYBER2", "2018-11-28")
    (usdt,) = store.lookup(TRON)
    assert (usdt.chain, usdt.claim.label, usdt.claim.valid_from) == ("tron", "MIXER", "")


def test_the_csv_has_addresses_in_its_remarks(put):
    remarks = f"DOB 1979; Digital Currency Address - XBT {BTC}; alt. Digital Currency Address - ETH {ETH}."
    row = '36,"KHORASHADIZADEH, Ali","individual","CYBER2",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"' + remarks + '"\r\n'
    plain = '37,"AEROCARIBBEAN",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'
    done, store = put(row + plain, "sdn.csv")
    assert (done.kind, done.kept, done.refused) == ("ofac-sdn-csv", 2, 0)
    assert {(tag.chain, tag.claim.label) for tag in store.every()} == {
        ("bitcoin", "KHORASHADIZADEH, Ali"),
        ("ethereum", "KHORASHADIZADEH, Ali"),
    }


def test_remarks_that_were_cut_are_told(put):
    remarks = f"Digital Currency Address - XBT {BTC}; alt. Digital Currency Address - "
    done, _ = put('36,"A",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"' + remarks + '"\n', "sdn.csv")
    assert (done.kept, [one.line for one in done.problems if "are cut" in one.sentence]) == (1, [1])


def test_the_live_list_has_dates_of_listing_and_of_delisting(put):
    header = "address,chain,sdn_entry_name,sdn_entry_id,listing_date,removed_at_utc\n"
    rows = f"{ETH},ethereum,A,1,2022-04-14,2025-03-21T10:00:00Z\n{TRON},ethereum,B,2,2024-13-01,\n"
    done, store = put(header + rows, "live.csv")
    (tag,) = store.lookup(ETH.lower())
    assert (tag.claim.valid_from, tag.claim.valid_to) == ("2022-04-14", "2025-03-21")
    (moved,) = store.lookup(TRON)
    assert (moved.chain, moved.claim.valid_from) == ("tron", "")
    assert sorted((one.line, one.kind) for one in done.problems) == [(3, "chain"), (3, "date")]


def test_a_newer_list_replaces_the_older_one_whatever_its_file_is_called(put):
    put(ADVANCED, "january.xml")
    newer = ADVANCED.replace("<Month>1</Month><Day>5</Day>", "<Month>2</Month><Day>5</Day>").replace(BTC, "x")
    done, store = put(newer, "february.xml")
    assert (done.replaced, done.kept, done.refused, done.delisted) == (2, 1, 1, 1)
    (gone,) = store.lookup(BTC)
    assert (gone.claim.valid_from, gone.claim.valid_to, gone.claim.lastmod) == (
        "2018-11-28",
        "2026-02-05",
        "2026-01-05",
    )
    assert '"absent_from_list_of":"2026-02-05"' in gone.claim.more
    (held,) = store.lookup(TRON)
    assert (held.claim.valid_to, held.claim.lastmod) == ("", "2026-02-05")


def test_who_was_delisted_once_keeps_the_day_and_may_be_listed_again(put):
    put(ADVANCED, "january.xml")
    for month in (2, 3):
        newer = ADVANCED.replace("<Month>1</Month><Day>5</Day>", f"<Month>{month}</Month><Day>5</Day>")
        _, store = put(newer.replace(BTC, "x"), "later.xml")
    assert [tag.claim.valid_to for tag in store.lookup(BTC)] == ["2026-02-05"]
    _, store = put(ADVANCED.replace("<Month>1</Month><Day>5</Day>", "<Month>4</Month><Day>5</Day>"), "april.xml")
    assert [tag.claim.valid_to for tag in store.lookup(BTC)] == [""]


def test_an_excerpt_is_no_newer_version_of_the_whole_list(put):
    feature = ADVANCED[
        ADVANCED.index('    <Feature FeatureTypeID="344">') : ADVANCED.index("    </Profile></DistinctParty>")
    ]
    many = "".join(feature.replace(BTC, f"0x{number:040x}") for number in range(60))
    whole = ADVANCED.replace("Address - XBT", "Address - ETH").replace(feature, many)
    assert put(whole, "whole.xml")[0].kept == 61
    with pytest.raises(InputError, match="lacks 60 of the 61 addresses"):
        put(ADVANCED.replace("<Month>1</Month>", "<Month>2</Month>"), "part.xml")


def test_the_csv_which_cuts_remarks_does_not_take_the_place_of_the_xml(put):
    put(ADVANCED, "sdn_advanced.xml")
    _, store = put('36,"A",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1979."\n', "sdn.csv")
    assert len(store.lookup(BTC)) == 1


def test_an_address_that_the_list_names_under_another_currency_is_kept_where_it_is_of(put):
    done, store = put(ADVANCED.replace(BTC, TRON), "sdn_advanced.xml")
    assert {(tag.chain, tag.claim.label) for tag in store.lookup(TRON)} == {
        ("tron", "KHORASHADIZADEH Ali"),
        ("tron", "MIXER"),
    }
    assert [(one.kind, one.refused) for one in done.problems] == [("chain", False)]


def test_a_day_of_delisting_and_a_newer_listing_stand_beside_each_other(put):
    header = "address,chain,sdn_entry_name,sdn_entry_id,listing_date,removed_at_utc\n"
    _, store = put(header + f"{ETH},ethereum,A,1,2022-04-14,2025-03-21\n{ETH},ethereum,B,2,2025-06-01,\n", "live.csv")
    found = [(tag.claim.label, tag.claim.valid_from, tag.claim.valid_to) for tag in store.lookup(ETH.lower())]
    assert found == [("A", "2022-04-14", "2025-03-21"), ("B", "2025-06-01", "")]
