"""Assessments as linked data: read by rdflib, as others would, without fetching anything."""

import json
from base64 import urlsafe_b64encode
from datetime import date
from typing import Any

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, PROV, RDFS, SKOS, XSD

from grading import dqv
from grading.engine.quality import DIMENSIONS
from grading.models import QualityAssessment
from tests import factories
from tests.factories import World
from tests.grading.scored import received, scored

pytestmark = pytest.mark.django_db
BASE = "https://exchange.example"
DQV = Namespace("http://www.w3.org/ns/dqv#")
OA = Namespace("http://www.w3.org/ns/oa#")
OWN = Namespace(f"{BASE}/api/v1/vocabularies/quality#")
MONTHLY = {"modified_on": "2026-02-27", "update_frequency": "monthly"}


def read(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The graph that a reader makes of what is sent; nothing is fetched for it."""

    def no_network(*_arguments: Any, **_named: Any) -> Any:
        raise AssertionError("a context was fetched")

    monkeypatch.setattr("urllib.request.urlopen", no_network)
    return Graph().parse(data=json.dumps(document), format="json-ld")


@pytest.fixture
def row() -> QualityAssessment:
    return scored(received(World().provider, **MONTHLY), date(2026, 4, 1))


def test_each_measure_is_a_measurement_of_a_metric_in_a_dimension(row, monkeypatch):
    graph = read(dqv.described(row, base=BASE), monkeypatch)
    asset = URIRef(f"{BASE}/api/v1/assets/{row.asset_id}")
    measured = set(graph.objects(asset, DQV.hasQualityMeasurement))
    assert measured == set(graph.subjects(RDF.type, DQV.QualityMeasurement))
    values = [item for item in row.data["measures"] if item["value"] is not None]
    scores = [item for item in row.data["dimensions"] if item["score"]["value"] is not None]
    assert len(measured) == len(values) + len(scores) + 1 == 7 + 3 + 1
    for measurement in measured:
        assert graph.value(measurement, DQV.computedOn) == asset
        assert graph.value(measurement, DQV.value).datatype == XSD.double
        assert graph.value(measurement, PROV.wasGeneratedBy) == URIRef(f"{asset}/quality?version={row.pk}#assessment")
        assert graph.value(measurement, PROV.generatedAtTime).toPython() == row.created_at
        metric = graph.value(measurement, DQV.isMeasurementOf)
        assert (metric, RDF.type, DQV.Metric) in graph
        if metric != OWN.overall:
            assert (graph.value(metric, DQV.inDimension), RDF.type, DQV.Dimension) in graph


def test_a_measurement_has_its_a_and_b_and_a_score_its_interval(row, monkeypatch):
    graph = read(dqv.described(row, base=BASE), monkeypatch)
    (timely,) = graph.subjects(DQV.isMeasurementOf, OWN["timeliness.point_in_time"])
    found = {name: graph.value(timely, OWN[name]).toPython() for name in ("satisfied", "examined", "estimated")}
    assert found == {"satisfied": 31.0, "examined": 33.0, "estimated": False}
    assert graph.value(timely, DQV.value).toPython() == 0.939394
    columns = graph.subjects(DQV.isMeasurementOf, OWN["completeness.data_elements"])
    assert {str(graph.value(node, OWN.column)) for node in columns} == {"station", "opened", "licence_no"}
    (overall,) = graph.subjects(DQV.isMeasurementOf, OWN.overall)
    assert graph.value(overall, DQV.value).toPython() == row.overall
    low, high = (graph.value(overall, OWN[name]).toPython() for name in ("lowerBound", "upperBound"))
    assert low < row.overall < high
    assert graph.value(overall, OWN.intervalLevel).toPython() == 0.95
    assert graph.value(overall, OWN.coverage).toPython() == row.coverage


def test_what_was_not_assessed_has_no_value_and_its_reason_in_both_languages(row, monkeypatch):
    graph = read(dqv.described(row, base=BASE), monkeypatch)
    assert list(graph.subjects(DQV.isMeasurementOf, OWN["accuracy.uniqueness"])) == []
    (node,) = graph.subjects(OWN.metric, OWN["accuracy.uniqueness"])
    said = {text.language: str(text) for text in graph.objects(node, RDFS.comment)}
    assert said["en"].startswith("No key is declared")
    assert set(said) == {"en", "zh-Hans"}


def test_verdict_and_origin(row, monkeypatch):
    graph = read(dqv.described(row, base=BASE), monkeypatch)
    asset = URIRef(f"{BASE}/api/v1/assets/{row.asset_id}")
    verdict = graph.value(asset, DQV.hasQualityAnnotation)
    assert (verdict, RDF.type, DQV.QualityAnnotation) in graph
    assert graph.value(verdict, OA.hasTarget) == asset
    assert graph.value(verdict, OA.hasBody) == OWN.assessed
    assert graph.value(verdict, OA.motivatedBy) == DQV.qualityAssessment
    (activity,) = graph.subjects(RDF.type, PROV.Activity)
    rules = row.inputs["rulebooks"]["quality_profile"]["sha256"]
    digest = urlsafe_b64encode(bytes.fromhex(rules)).decode().rstrip("=")  # RFC 6920
    assert set(graph.objects(activity, PROV.used)) == {asset, URIRef(f"ni:///sha-256;{digest}")}
    agent = graph.value(activity, PROV.wasAssociatedWith)
    assert str(graph.value(agent, RDFS.label)) == f"engine {row.engine_version}, {row.rules_code}@{row.rules_version}"


def test_without_enough_evidence_there_is_no_overall_measurement(row, monkeypatch):
    row.data = {**row.data, "overall": {"value": None, "low": None, "high": None, "coverage": 0.1}}
    row.data |= {"verdict": "insufficient_evidence", "reason": "no_values"}
    graph = read(dqv.described(row, base=BASE), monkeypatch)
    assert list(graph.subjects(DQV.isMeasurementOf, OWN.overall)) == []
    (verdict,) = graph.subjects(RDF.type, DQV.QualityAnnotation)
    assert graph.value(verdict, OA.hasBody) == OWN.insufficient_evidence
    assert Literal("The table has no values.", lang="en") in set(graph.objects(verdict, RDFS.comment))


def test_an_assessment_of_a_form_of_before_gives_what_it_holds(monkeypatch):
    grade = factories.examined(received(World().provider))
    graph = read(dqv.described(QualityAssessment.objects.get(asset=grade.asset_id), base=BASE), monkeypatch)
    assert list(graph.subjects(RDF.type, DQV.QualityMeasurement)) == []
    assert len(list(graph.subjects(RDF.type, DQV.QualityAnnotation))) == 1


def test_the_vocabulary_names_all_that_assessments_refer_to(row, monkeypatch):
    graph = read(dqv.vocabulary(base=BASE), monkeypatch)
    for dimension, indicators in DIMENSIONS.items():
        names = {text.language: str(text) for text in graph.objects(OWN[dimension], SKOS.prefLabel)}
        assert set(names) == {"en", "zh-Hans"}
        assert names["en"] != names["zh-Hans"]
        for indicator in indicators:
            assert graph.value(OWN[f"{dimension}.{indicator}"], DQV.inDimension) == OWN[dimension]
    said = [
        *((OWN[term], SKOS.prefLabel) for term in ("overall", "assessed", "insufficient_evidence")),
        (OWN.scheme, DCTERMS.title),
        *((OWN[name], RDFS.comment) for name in dqv.OWN),
    ]
    for node, predicate in said:
        assert {text.language for text in graph.objects(node, predicate)} == {"en", "zh-Hans"}, node
    assert str(graph.value(OWN.scheme, DCTERMS.source)) == "GB/T 36344-2018"
    used = read(dqv.described(row, base=BASE), monkeypatch)
    referred = {node for triple in used for node in triple if str(node).startswith(str(OWN))}
    defined = set(graph.subjects())
    assert referred - defined == set()
