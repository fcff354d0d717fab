"""Assessments as linked data: the Data Quality Vocabulary of the W3C (DQV, 2016) in JSON-LD 1.1, context included.

A measurement for each measure (`dqv:value` is X = A / B), for each dimension's score and for the overall one; the
verdict is an annotation. Dimensions and metrics are concepts of a scheme of our own after GB/T 36344-2018, served at
`/api/v1/vocabularies/quality`. What was not assessed has no measurement: it is listed with its reason.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from grading import wording
from grading.engine.quality import DIMENSIONS
from grading.models import QualityAssessment

Node = dict[str, Any]

LANGUAGES: Final = {"en": "en", "zh-Hans": "zh-hans"}
"""Tag of BCP 47 → language of the translations."""
VERDICTS: Final = {"assessed": _("assessed"), "insufficient_evidence": _("insufficient evidence")}
PREFIXES: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
OWN: Final = {
    "satisfied": ("xsd:double", _("A of X = A / B: elements that satisfy")),
    "examined": ("xsd:double", _("B of X = A / B: elements that were examined")),
    "lowerBound": ("xsd:double", _("lower end of the interval")),
    "upperBound": ("xsd:double", _("upper end of the interval")),
    "intervalLevel": ("xsd:double", _("probability that the interval is made for")),
    "intervalMethod": ("xsd:string", _("how the interval was computed")),
    "coverage": ("xsd:double", _("share of the weights that was assessed")),
    "weight": ("xsd:double", _("weight in the overall score")),
    "direction": ("xsd:string", _("whether a high value is good")),
    "estimated": ("xsd:boolean", _("computed from a sample")),
    "column": ("xsd:string", _("name of the column that was measured")),
    "method": ("xsd:string", _("what exactly was counted")),
    "notAssessed": ("rdfs:Resource", _("what was not assessed, with the reason")),
    "metric": ("dqv:Metric", _("metric that has no measurement")),
}
"""Properties that DQV has no name for, in the namespace of the scheme."""


def scheme_of(base: str) -> str:
    """The address of the scheme of an exchange at `base`."""
    return f"{base}/api/v1/vocabularies/quality"


def described(row: QualityAssessment, *, base: str) -> Node:
    """The document of one stored assessment; `base` is the exchange's address. Forms of before give what they hold."""
    asset = f"{base}/api/v1/assets/{row.asset_id}"
    own = f"{asset}/quality?version={row.pk}"
    measurements = [*_scores(row, own, asset), *_measures(row, own, asset)]
    return {
        "@context": _context(base),
        "@graph": [
            {
                "@id": asset,
                "@type": "dcat:Distribution",
                "dqv:hasQualityMeasurement": [{"@id": node["@id"]} for node in measurements],
                "dqv:hasQualityAnnotation": {"@id": f"{own}#verdict"},
                "own:notAssessed": [
                    {"own:metric": {"@id": f"own:{_code(item)}"}, "rdfs:comment": _sentences(item["reason"])}
                    for item in row.data.get("measures", ())
                    if item.get("reason")
                ],
            },
            _activity(row, own, asset, base),
            _verdict(row, own, asset),
            *measurements,
            *_terms(),
        ],
    }


def vocabulary(*, base: str) -> Node:
    """The scheme: dimensions, their metrics, verdicts and properties, with their names in English and Chinese."""
    properties = [
        {"@id": f"own:{name}", "@type": "rdf:Property", "rdfs:range": {"@id": kind}, "rdfs:comment": _said(said)}
        for name, (kind, said) in OWN.items()
    ]
    return {"@context": _context(base), "@graph": [*_terms(), *properties]}


def _context(base: str) -> Node:
    typed = {
        name: {"@id": f"own:{name}", "@type": kind} for name, (kind, _said) in OWN.items() if kind.startswith("xsd:")
    }
    return {**PREFIXES, "own": f"{scheme_of(base)}#", **typed, "value": {"@id": "dqv:value", "@type": "xsd:double"}}


def _terms() -> Iterator[Node]:
    yield {
        "@id": "own:scheme",
        "@type": "skos:ConceptScheme",
        "dcterms:title": _said(_("Quality of data after GB/T 36344-2018")),
        "dcterms:source": "GB/T 36344-2018",
    }
    for dimension, indicators in DIMENSIONS.items():
        yield {
            "@id": f"own:{dimension}",
            "@type": ["dqv:Dimension", "skos:Concept"],
            "skos:inScheme": {"@id": "own:scheme"},
            "skos:prefLabel": _names(dimension),
        }
        yield _metric(f"{dimension}.score", dimension, dimension)
        for indicator in indicators:
            yield _metric(f"{dimension}.{indicator}", indicator, dimension)
    yield _metric("overall") | {"skos:prefLabel": _said(_("Overall score"))}
    for verdict, said in VERDICTS.items():
        yield {
            "@id": f"own:{verdict}",
            "@type": "skos:Concept",
            "skos:inScheme": {"@id": "own:scheme"},
            "skos:prefLabel": _said(said),
        }


def _metric(code: str, name: str = "", dimension: str = "") -> Node:
    node: Node = {"@id": f"own:{code}", "@type": "dqv:Metric", "dqv:expectedDataType": {"@id": "xsd:double"}}
    if dimension:
        node |= {"skos:prefLabel": _names(name), "dqv:inDimension": {"@id": f"own:{dimension}"}}
    return node


def _scores(row: QualityAssessment, own: str, asset: str) -> Iterator[Node]:
    """Measurements from 0 to 100."""
    overall = row.data.get("overall") or {}
    if overall.get("value") is not None:
        yield _measurement(row, f"{own}#overall", asset, "overall", overall["value"]) | _interval(row, overall)
    for item in row.data.get("dimensions", ()):
        score, code = item["score"], f"{item['dimension']}.score"
        if score["value"] is not None:
            found = _measurement(row, f"{own}#{code}", asset, code, score["value"])
            yield found | _interval(row, score) | {"weight": _double(item["weight"])}


def _measures(row: QualityAssessment, own: str, asset: str) -> Iterator[Node]:
    """Measurements from 0 to 1."""
    for number, item in enumerate(row.data.get("measures", ())):
        if item["value"] is None:
            continue
        node = _measurement(row, f"{own}#measure-{number}", asset, _code(item), item["value"])
        node |= {"satisfied": _double(item["satisfied"]), "examined": _double(item["examined"])}
        node |= {"method": item["metric"], "direction": item["direction"], "estimated": item["estimated"]}
        yield node if item["column"] is None else node | {"column": item["column"]}


def _measurement(row: QualityAssessment, identifier: str, asset: str, metric: str, value: float) -> Node:
    return {
        "@id": identifier,
        "@type": "dqv:QualityMeasurement",
        "dqv:computedOn": {"@id": asset},
        "dqv:isMeasurementOf": {"@id": f"own:{metric}"},
        "value": _double(value),
        "prov:wasGeneratedBy": {"@id": f"{identifier.partition('#')[0]}#assessment"},
        "prov:generatedAtTime": _instant(row),
    }


def _interval(row: QualityAssessment, score: Mapping[str, Any]) -> Node:
    found: Node = {"coverage": _double(score["coverage"])}
    if score["low"] is not None and score["high"] is not None:
        found |= {"lowerBound": _double(score["low"]), "upperBound": _double(score["high"])}
        found |= {"intervalLevel": _double(row.data.get("interval_level", 0.95))}
        found |= {"intervalMethod": row.data["interval_method"]}
    return found


def _activity(row: QualityAssessment, own: str, asset: str, base: str) -> Node:
    rules = row.inputs.get("rulebooks", {}).get("quality_profile", {})
    used = [{"@id": asset}]
    if rules.get("sha256"):
        used.append({"@id": _named_by(rules["sha256"])})
    return {
        "@id": f"{own}#assessment",
        "@type": "prov:Activity",
        "prov:used": used,
        "prov:endedAtTime": _instant(row),
        "prov:wasAssociatedWith": {
            "@type": "prov:SoftwareAgent",
            "rdfs:label": f"engine {row.engine_version}, {row.rules_code}@{row.rules_version}",
        },
    }


def _verdict(row: QualityAssessment, own: str, asset: str) -> Node:
    verdict = str(row.data.get("verdict") or list(VERDICTS)[row.overall is None])
    node: Node = {
        "@id": f"{own}#verdict",
        "@type": "dqv:QualityAnnotation",
        "oa:hasTarget": {"@id": asset},
        "oa:hasBody": {"@id": f"own:{verdict}"},
        "oa:motivatedBy": {"@id": "dqv:qualityAssessment"},
        "prov:generatedAtTime": _instant(row),
    }
    return node | {"rdfs:comment": _sentences(row.data["reason"])} if row.data.get("reason") else node


def _code(item: Mapping[str, Any]) -> str:
    return f"{item['dimension']}.{item['indicator']}"


def _named_by(digest: str) -> str:
    """The URI of what has this SHA-256 in hexadecimals (RFC 6920)."""
    return f"ni:///sha-256;{urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip('=')}"


def _said(text: str) -> list[Node]:
    return list(_worded(lambda: gettext(text)))


def _names(code: str) -> list[Node]:
    return list(_worded(lambda: wording.name(code)))


def _sentences(code: str) -> list[Node]:
    return list(_worded(lambda: wording.sentence(code, {})))


def _worded(said: Any) -> Iterable[Node]:
    for tag, language in LANGUAGES.items():
        with override(language):
            yield {"@value": str(said()), "@language": tag}


def _double(value: float) -> str:
    """As text, which every reader takes for the same number; in JSON 1.0 would be read as a whole one."""
    return repr(float(value))


def _instant(row: QualityAssessment) -> Node:
    return {"@value": row.created_at.isoformat(), "@type": "xsd:dateTime"}
