"""Agreements: ODRL that says exactly what was granted, and the same in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from marketplace.authorization.agreement import AgreementFacts, Party, agreement, obligation_rules
from marketplace.authorization.engine.vocabulary import OBLIGATIONS

FACTS = AgreementFacts(
    request_id=7,
    listing_id=3,
    version_id=5,
    version_number=2,
    title="Hospital records",
    provider=Party(1, "Hospital"),
    holder=Party(2, "Institute"),
    exchange=Party(9, "Exchange"),
    purpose="research",
    form="masked",
    obligations=OBLIGATIONS,
    starts_at=datetime(2025, 1, 1, tzinfo=UTC),
    ends_at=datetime(2025, 4, 1, tzinfo=UTC),
    download_limit=3,
    terms={"liability": "The holder answers."},
)
END = {"leftOperand": "dateTime", "operator": "gteq",
       "rightOperand": {"@value": "2025-04-01T00:00:00+00:00", "@type": "xsd:dateTime"}}  # fmt: skip


def test_permission_and_its_constraints() -> None:
    document = agreement(FACTS)
    assert document["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    assert (document["@type"], document["uid"]) == ("Agreement", "urn:data-exchange:agreement:7")
    assert document["assigner"]["uid"] == "urn:data-exchange:organisation:1"
    assert document["assignee"]["uid"] == "urn:data-exchange:organisation:2"
    (permission,) = document["permission"]
    assert permission["action"] == "use"
    assert permission["target"]["uid"] == "urn:data-exchange:listing:3:version:2"
    assert permission["target"]["dx:form"] == "masked"
    assert [(c["leftOperand"], c["operator"]) for c in permission["constraint"]] == [
        ("purpose", "eq"),
        ("dateTime", "gteq"),
        ("dateTime", "lt"),
        ("count", "lteq"),
    ]
    assert [c["rightOperand"] for c in permission["constraint"]] == [
        {"@id": "dx:purpose:research"},
        {"@value": "2025-01-01T00:00:00+00:00", "@type": "xsd:dateTime"},
        {"@value": "2025-04-01T00:00:00+00:00", "@type": "xsd:dateTime"},
        3,
    ]


def test_prohibitions_and_duties() -> None:
    document = agreement(FACTS)
    assert [(rule["action"], rule["assignee"]) for rule in document["prohibition"]] == [
        ("distribute", "urn:data-exchange:organisation:2"),
        ("sell", "urn:data-exchange:organisation:2"),
    ]
    duties = {duty["dx:code"]: duty for duty in document["obligation"]}
    assert {code: (duty["action"], duty["assignee"][-2:]) for code, duty in duties.items()} == {
        "fingerprint": ("watermark", ":9"),
        "retention": ("delete", ":2"),
        "masking": ("anonymize", ":9"),
        "deletion_report": ("inform", ":2"),
    }
    assert duties["retention"]["constraint"] == [END]
    assert "constraint" not in duties["masking"]


def test_the_terms_in_words() -> None:
    document = agreement(FACTS)
    assert document["dx:terms"] == {"liability": "The holder answers."}
    assert [words["code"] for words in document["dx:obligations"]] == list(OBLIGATIONS)
    assert all(words["en"] and words["zh-hans"] for words in document["dx:obligations"])
    assert document["dx:rules"] == {"code": "obligations", "version": obligation_rules()["version"]}


def test_without_obligations_there_are_no_rules_about_them() -> None:
    document = agreement(replace(FACTS, obligations=[], download_limit=None))
    assert "prohibition" not in document
    assert "obligation" not in document
    assert len(document["permission"][0]["constraint"]) == 3


def test_an_obligation_without_words_is_not_agreed() -> None:
    with pytest.raises(KeyError):
        agreement(replace(FACTS, obligations=["dance"]))


def test_every_obligation_of_the_vocabulary_has_words() -> None:
    assert set(obligation_rules()["obligations"]) == set(OBLIGATIONS)


def test_a_licence_that_excludes_others_forbids_the_provider_to_grant_more() -> None:
    document = agreement(replace(FACTS, exclusive=True))
    (alone,) = [rule for rule in document["prohibition"] if rule["assignee"] == "urn:data-exchange:organisation:1"]
    assert (alone["action"], alone["target"]) == ("grantUse", "urn:data-exchange:listing:3")
    assert [(c["operator"], c["rightOperand"]["@value"]) for c in alone["constraint"]] == [
        ("gteq", "2025-01-01T00:00:00+00:00"),
        ("lt", "2025-04-01T00:00:00+00:00"),
    ]
    assert document["dx:licence"]["code"] == "exclusive"
    assert "The licence is exclusive" in document["dx:licence"]["en"]
    assert "独占许可" in document["dx:licence"]["zh-hans"]
    assert agreement(FACTS)["dx:licence"]["code"] == "non_exclusive"
