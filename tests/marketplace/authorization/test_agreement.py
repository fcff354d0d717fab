"""Agreements: ODRL that says exactly what was granted, and the same in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from marketplace.authorization.agreement import AgreementFacts, Party, agreement, obligation_rules, terms_digest
from marketplace.authorization.engine.vocabulary import FORMS, OBLIGATIONS
from marketplace.catalog.models import Purpose
from tests.marketplace.authorization.odrl import problems

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
        "deletion_report": ("inform", ":2"),
    }
    assert duties["retention"]["constraint"] == [END]
    (before,) = document["permission"][0]["duty"]
    assert (before["dx:code"], before["action"], before["assignee"][-2:]) == ("masking", "anonymize", ":9")
    assert "constraint" not in before


def test_the_terms_in_words() -> None:
    document = agreement(FACTS)
    terms = document["dx:terms"]
    assert list(terms) == ["purpose", "scope", "duties", "liability"]
    assert {part: words.get("provider") for part, words in terms.items()} == {
        "purpose": None, "scope": None, "duties": None, "liability": "The holder answers.",
    }  # fmt: skip
    assert terms["purpose"]["en"] == "The data may be used for: research."
    assert terms["purpose"]["zh-hans"] == "数据使用目的：研究。"
    assert terms["scope"]["en"] == (
        "'Hospital records', version 2, in the form 'masked'; columns: all; from 2025-01-01 00:00:00+00:00 until "
        "2025-04-01 00:00:00+00:00; at most 3 downloads, any number of rows and any number of bytes. "
        "The licence is not exclusive: others may be granted the use of the same data."
    )
    assert terms["scope"]["zh-hans"].startswith("“Hospital records”第2版，交付形式为脱敏数据；字段：全部；期限自2025-")
    assert terms["duties"]["en"].startswith("The data may be used for the stated purpose only. The data must not")
    assert terms["duties"]["zh-hans"].startswith("数据仅可用于约定用途。不得以")
    assert [words["code"] for words in document["dx:obligations"]] == list(OBLIGATIONS)
    assert all(words["en"] and words["zh-hans"] for words in document["dx:obligations"])
    assert document["dx:rules"] == {"code": "obligations", "version": obligation_rules()["version"]}


def test_without_obligations_there_are_no_rules_about_them() -> None:
    document = agreement(replace(FACTS, obligations=[], download_limit=None))
    assert "prohibition" not in document
    assert "obligation" not in document
    assert "duty" not in document["permission"][0]
    assert document["dx:terms"]["duties"] == {"en": "None beyond the law.", "zh-hans": "除法律规定外无其他义务。"}
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


LIMITED = replace(FACTS, columns=["age", "ward {form}"], row_limit=5_000, byte_limit=1_000_000)


def test_columns_rows_and_bytes_are_limits_of_the_permission() -> None:
    (permission,) = agreement(LIMITED)["permission"]
    target = permission["target"]
    assert (target["@type"], target["source"]) == ("AssetCollection", "urn:data-exchange:listing:3:version:2")
    assert "uid" not in target
    assert target["refinement"] == [
        {"leftOperand": "dx:column", "operator": "isAnyOf", "rightOperand": ["age", "ward {form}"]}
    ]
    limits = {c["leftOperand"]: c["rightOperand"] for c in permission["constraint"] if c["operator"] == "lteq"}
    assert limits == {"count": 3, "dx:rows": 5_000, "dx:bytes": 1_000_000}
    scope = agreement(LIMITED)["dx:terms"]["scope"]
    assert "columns: age, ward {form};" in scope["en"]
    assert "字段：age、ward {form}；" in scope["zh-hans"]
    assert "行数上限：5000，字节数上限：1000000。" in scope["zh-hans"]


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("facts", [FACTS, LIMITED, replace(FACTS, obligations=[], exchange=None, download_limit=None)])
def test_it_is_sound_odrl(facts: AgreementFacts, exclusive: bool) -> None:
    assert problems(agreement(replace(facts, exclusive=exclusive))) == []


def test_the_checker_sees_what_is_not() -> None:
    sound = agreement(LIMITED)
    (permission,) = sound["permission"]
    for wrong, said in (
        ({"@type": "Offer"}, "not an Agreement"),
        ({"assigner": None}, "assigner"),
        ({"permission": [], "prohibition": [], "obligation": []}, "at least one rule"),
        ({"profile": None}, "needs a profile"),
        ({"permission": [{**permission, "action": "peruse"}]}, "'peruse'"),
        ({"permission": [{**permission, "target": {"@type": "Asset", "refinement": [{}]}}]}, "AssetCollection"),
        ({"permission": [{name: part for name, part in permission.items() if name != "target"}]}, "no target"),
        ({"permission": [{**permission, "constraint": [{"leftOperand": "count", "operator": "<"}]}]}, "'<'"),
        ({"obligation": [{"action": "delete", "duty": [{"action": "inform"}]}]}, "only a permission"),
        ({"terms": "free"}, "terms: no word of ODRL"),
    ):
        assert any(said in problem for problem in problems({**sound, **wrong})), said


@pytest.mark.parametrize("purpose", Purpose.values)
def test_every_purpose_and_form_has_words_in_both_languages(purpose: str) -> None:
    for form in FORMS:
        terms = agreement(replace(FACTS, purpose=purpose, form=form))["dx:terms"]
        assert all(words["en"] and words["zh-hans"] for words in terms.values())


def test_the_digest_names_the_very_text() -> None:
    document = agreement(LIMITED)
    shuffled = dict(reversed(document.items()))
    assert terms_digest(document) == terms_digest(shuffled)
    assert len(terms_digest(document)) == 64
    assert terms_digest(agreement(replace(LIMITED, row_limit=5_001))) != terms_digest(document)
