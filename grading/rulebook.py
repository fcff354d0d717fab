"""Quality profiles and grading schemes as kinds of rules: what counts now, and what others would say of results."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.db.models import BooleanField, F, Func, QuerySet
from django.utils.translation import gettext_noop as _

from foundation.rulebooks import registry
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.in_force import in_force
from grading import selectors
from grading.declaring.declaration import facts_of, metadata_of
from grading.engine.ladders.ladder import NATIONAL
from grading.engine.levels import (
    FINEST,
    Collected,
    Elements,
    Facts,
    InvalidScheme,
    Place,
    Scheme,
    collected_of,
    parse_scheme,
    place,
)
from grading.engine.quality import Assessment, QualityProfile, band, parse_quality_profile, reassess
from grading.engine.rules import SHIPPED, RuleSet
from grading.engine.sensitivity import ColumnVerdict
from grading.models import Grade, QualityAssessment, SensitivityFinding
from grading.rules import level_scheme_changes, level_schemes
from grading.rules.shipped import shipped_rules

QUALITY: Final = "quality_profile"
SCHEME: Final = "grading_scheme"
BATCH: Final = 200
UNDECIDABLE: Final = (KeyError, TypeError, ValueError, AttributeError)
"""What reading results raises that an earlier version stored in another form."""


def rules_in_force() -> tuple[RuleSet, dict[str, dict[str, Any]]]:
    """The rules that an examination works with now, and where those that may be released come from, by kind."""
    quality, scheme = in_force(QUALITY), in_force(SCHEME)
    rules = replace(shipped_rules(), quality=quality.rules, scheme=scheme.rules)
    return rules, {QUALITY: quality.as_record(), SCHEME: scheme.as_record()}


def load_scheme(data: Mapping[str, Any]) -> Scheme:
    """A checked scheme. It must speak of types that the engine finds and of known sectors: rules on others never hold.

    Known sectors: those of the classification and their other names, since rules look at what was declared.
    """
    try:
        scheme = parse_scheme(data)
    except InvalidScheme as error:
        raise UnusableRules(error.problems) from error
    known = {f"type:{code}" for code in shipped_rules().taxonomy.types}
    sectors = shipped_rules().categories.names()
    problems = []
    for rule in (*scheme.rules, *scheme.flags):
        if rule.when.startswith("type:") and rule.when not in known:
            problems.append(f"rule {rule.code}: nothing is ever '{rule.when}'")
        kind, _colon, asked = rule.when.partition(":")
        problems += [
            f"rule {rule.code}: no sector is called '{name}'; known are {', '.join(sorted(sectors))}"
            for name in (*rule.fields, *((asked,) if kind == "field" else ()))
            if name not in sectors
        ]
    if problems:
        raise UnusableRules(problems)
    return scheme


def assessments() -> QuerySet[QualityAssessment]:
    """Every assessment with all that `reassessed` needs; profiles, which may be long, stay in the database."""
    has_values = Func(
        F("profile__data"),
        template="jsonb_path_exists(%(expressions)s, '$.columns[*] ? (@.values > 0)')",
        output_field=BooleanField(),
    )
    return QualityAssessment.objects.annotate(has_values=has_values)


def newest_assessments() -> QuerySet[QualityAssessment]:
    """Of every asset its newest assessment, as `assessments` has it."""
    newest = QualityAssessment.objects.order_by("asset_id", "-pk").distinct("asset_id").values("pk")
    return assessments().filter(pk__in=newest).order_by("pk")


def reassessed(row: Any, weights: QualityProfile, today: date | None = None) -> Assessment:
    """A stored assessment (of `assessments`) under other weights, or on another day than its own.

    One of UNDECIDABLE where it is stored in a form of before.
    """
    return reassess(
        Assessment.from_dict(row.data),
        metadata=metadata_of(row.inputs["declared"]),
        weights=weights,
        has_values=row.has_values,
        today=today,
    )


def what_if_quality(weights: QualityProfile, report: registry.Report) -> Comparison:
    """Score every file again from what was measured. Classes are bands of ten points; changes name the scores."""
    found = Comparison()
    rows = newest_assessments()
    total = rows.count()
    for row in rows.iterator(chunk_size=BATCH):
        try:
            overall = reassessed(row, weights).overall.value
        except UNDECIDABLE:
            found.add_undecidable()
        else:
            changes = {"overall": (row.overall, overall)} if row.overall != overall else {}
            found.add(("data_asset", row.asset_id), before=_band(row.overall), after=_band(overall), changes=changes)
        if found.examined % BATCH == 0:
            report(found.examined / max(total, found.examined))
    return found


def _band(score: float | None) -> str:
    """`80-90` for 80 and what lies below 90; 100 belongs to the highest band."""
    low = band(score)
    return "insufficient_evidence" if low is None else f"{low}-{low + 10}"


def what_if_scheme(scheme: Scheme, report: registry.Report) -> Comparison:
    """Recommend a level again for every file from the sensitive columns that were found. Classes are levels.

    Of each file the grade that a release would place again: the newest, unless it was returned.
    """
    found = Comparison()
    rows = (
        selectors.newest_grades()
        .select_related("profile", "asset")
        .defer("profile__data")
        .prefetch_related("profile__sensitivity", "profile__assessments")
    )
    total = rows.count()
    for row in rows.order_by("pk").iterator(chunk_size=BATCH):
        _place_again(found, row, scheme)
        if found.examined % BATCH == 0:
            report(found.examined / max(total, found.examined))
    return found


def _place_again(found: Comparison, row: Grade, scheme: Scheme) -> None:
    try:
        now = placed_again(row, scheme)
        flags = _codes(row.recommendation["flags"])
    except UNDECIDABLE:
        now = None
    if now is None:
        found.add_undecidable()
        return
    changes: dict[str, tuple[Any, Any]] = {}
    if row.recommended_level != now.level:
        changes["level"] = (row.recommended_level, now.level)
    new_flags = sorted({flag.code for flag in now.flags})
    if flags != new_flags:
        changes["flags"] = (flags, new_flags)
    found.add(("grade", row.pk), before=row.recommended_level, after=now.level, changes=changes)


def placed_again(row: Grade, scheme: Scheme, *, collected: Collected | None = None) -> Place | None:
    """Where a scheme places what a grade rests on, without reading the file; None where only the file can tell.

    `collected`: what other files of the same publication hold; None: what is known of them now.
    One of UNDECIDABLE where the grade, or what it rests on, is stored in a form of before.
    """
    try:
        facts = _facts_of(row)
    except StopIteration:
        return None
    facts = replace(facts, collected=collected_of(row.asset.collected) if collected is None else collected)
    verdicts = tuple(map(_verdict, row.profile.sensitivity.all()))
    now = place(verdicts=verdicts, facts=facts, scheme=scheme)
    if facts.precision is None:  # graded before precision was measured: whatever it was, the answer has to be this
        finest = place(verdicts=verdicts, facts=replace(facts, precision=FINEST), scheme=scheme)
        if (finest.level, finest.flags) != (now.level, now.flags):
            return None
    return now


def _facts_of(row: Grade) -> Facts:
    """What a grade rests on beside its columns, as it was when it was recommended.

    So were levels of sources, the counterpart of the level in another scheme, and precision.
    Precision is None where a version of before did not measure it. KeyError where the declaration names sources and
    the recommendation has no levels of them.
    """
    declared = next(iter(row.profile.assessments.all())).inputs["declared"]
    facts = facts_of(declared)
    elements = row.recommendation.get("elements")
    if elements is None and facts.derivation is not None:
        raise KeyError("elements")
    stored = Elements.from_dict(elements) if elements is not None else None
    return replace(
        facts,
        rows=max(facts.rows, row.profile.rows),
        columns=row.profile.columns,
        precision=None if stored is None else stored.precision,
        derivation=facts.derivation if stored is None else stored.derivation,
        graded_elsewhere=None if stored is None else stored.graded_elsewhere,
    )


def _codes(flags: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({str(flag["code"]) for flag in flags})


def _verdict(row: SensitivityFinding) -> ColumnVerdict:
    """The engine's verdict that a stored finding was made of; its evidence plays no part in the level."""
    return ColumnVerdict(
        column=row.column,
        sensitive_type=row.sensitive_type,
        nature=row.evidence["nature"],
        personal=row.personal,
        sensitive_personal=row.sensitive_personal,
        confidence=row.confidence,
        evidence=(),
        matched=row.evidence["matched"],
        examined=row.evidence["examined"],
        share=row.evidence["share"],
        dominant=row.evidence["dominant"],
        floor=row.evidence["floor"],
    )


registry.register(
    QUALITY,
    title=_("Weights of the quality score"),
    shipped=SHIPPED / "quality_profile_default.toml",
    load=parse_quality_profile,
    what_if=what_if_quality,
    compared=_("data assets"),
)
registry.register(
    SCHEME,
    title=_("Grading scheme"),
    shipped=SHIPPED / "national.toml",
    load=load_scheme,
    what_if=what_if_scheme,
    compared=_("grades"),
)
registry.register(
    level_schemes.LEVEL_SCHEME,
    title=_("Levels of a scheme and their national counterparts"),
    shipped=level_schemes.FILES[NATIONAL],
    shipped_by_code=level_schemes.FILES,
    load=level_schemes.load,
    what_if=level_scheme_changes.what_if,
    compared=_("grades"),
    together=level_schemes.together,
)
