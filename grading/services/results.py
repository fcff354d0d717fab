"""Writing what an examination found, with the end of its job: one transaction that only its attempt can enter."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from foundation.audit import services as audit
from foundation.jobs.services import Outcome, Run, succeed
from foundation.rulebooks.in_force import in_force
from grading import states
from grading.declaring.declaration import metadata_of
from grading.engine.categories import Category
from grading.engine.examine import Examination
from grading.engine.levels import Scheme
from grading.engine.plain import to_plain
from grading.engine.quality import changes_on, reassess
from grading.engine.readers import UnreadableFile
from grading.engine.recommend import Recommendation
from grading.engine.rules import RuleSet
from grading.models import Cause, DataAsset, Profile, QualityAssessment, SensitivityFinding
from grading.rulebook import QUALITY, SCHEME
from grading.scoring_rules import scoring_rules
from grading.services.receive import enqueue_examination
from grading.services.recommend import ACTOR, Recommended, Why, recommend_grade

GONE: Final = {"problem": "asset_gone"}
"""The job's result where the owner took the asset back meanwhile."""


def category_path(category: Category) -> str:
    """Sector, business domain and attribute in one code, e.g. `health/clinical_records/personal_information`."""
    return "/".join(part for part in (category.sector, category.domain, category.attribute) if part)


def write_problem(run: Run, asset_id: int, problem: UnreadableFile) -> Outcome:
    """Say of the asset why it cannot be read; what an earlier examination found stays."""
    params = to_plain(problem.params)
    with run.commit():
        asset = DataAsset.objects.select_for_update().filter(pk=asset_id).first()
        if asset is None:
            return GONE
        if states.ASSET.allows("refuse", asset.state):
            asset.state = states.ASSET.target("refuse", asset.state)
        if asset.state == states.UNREADABLE:
            asset.problem_code, asset.problem_params = problem.code, params
            asset.save(update_fields=["state", "problem_code", "problem_params"])
        audit.record(
            actor=ACTOR,
            action="data_asset.unreadable",
            subject=("data_asset", asset.pk),
            data={"problem": problem.code, "state": asset.state},
        )
        return succeed(run, {"problem": problem.code})


def write_results(
    run: Run,
    read: DataAsset,
    found: Examination,
    *,
    rules: RuleSet,
    rulebooks: Mapping[str, Mapping[str, Any]],
    today: date,
    why: Why,
    notes: Mapping[str, Any] | None = None,
) -> Outcome:
    """Profile, sensitive columns, assessment and a recommended grade; `read` is the asset as it was examined.

    `rulebooks` says where the rules come from, by kind. Where another quality profile came in force since the
    examination began, the score is its: the job that scores every file again has passed by this one.

    The job's result: the ids of what was written, and `notes`. Emits what `recommend_grade` does.
    """
    with run.commit():
        asset = DataAsset.objects.select_for_update().filter(pk=read.pk).first()
        if asset is None:
            return GONE
        found, rules, rulebooks = _under_rules_in_force(read, found, rules, rulebooks)
        asset.state = states.ASSET.target("examine", asset.state)
        asset.format, asset.problem_code, asset.problem_params = found.profile.format, "", {}
        asset.rescore_on = _first_day_of_another_score(read, found, rules)
        asset.save(update_fields=["state", "format", "problem_code", "problem_params", "rescore_on"])
        profile = _write_profile(asset, found)
        origin = {"versions": found.versions, "rulebooks": rulebooks}
        assessment = QualityAssessment.objects.create(
            profile=profile,
            asset=asset,
            engine_version=found.versions["engine"],
            rules_code=found.assessment.profile_code,
            rules_version=found.assessment.profile_version,
            overall=found.assessment.overall.value,
            coverage=found.assessment.overall.coverage,
            # what the file was judged with, which may be older than what is declared by now
            inputs={"declared": read.declared, "today": today.isoformat(), **origin},
            data=found.assessment.to_dict(),
        )
        audit.record(
            actor=ACTOR,
            action="data_asset.examined",
            subject=("data_asset", asset.pk),
            data={"profile": profile.pk, "assessment": assessment.pk, **origin},
        )
        grade = recommend_grade(asset, _recommended(profile, found, rules, rulebooks[SCHEME]), why)
        if in_force(SCHEME).content.sha256 != rulebooks[SCHEME].get("sha256"):
            enqueue_examination(asset, Why(Cause.RULES))  # the job that grades anew may have passed by this one
        return succeed(run, {"profile": profile.pk, "assessment": assessment.pk, "grade": grade.pk, **(notes or {})})


def _under_rules_in_force(
    read: DataAsset, found: Examination, rules: RuleSet, rulebooks: Mapping[str, Mapping[str, Any]]
) -> tuple[Examination, RuleSet, Mapping[str, Mapping[str, Any]]]:
    """What was found, scored by the quality profile of now; to be called once the asset is locked."""
    profile = scoring_rules()
    if rulebooks[QUALITY]["sha256"] == profile.content.sha256:
        return found, rules, rulebooks
    scored = reassess(
        found.assessment,
        metadata=metadata_of(read.declared),
        weights=profile.rules,
        has_values=_has_values(found),
    )
    rules = replace(rules, quality=profile.rules)
    found = replace(found, assessment=scored, versions={**found.versions, **rules.versions()})
    return found, rules, {**rulebooks, QUALITY: profile.as_record()}


def _first_day_of_another_score(read: DataAsset, found: Examination, rules: RuleSet) -> date | None:
    return changes_on(
        found.assessment, metadata=metadata_of(read.declared), weights=rules.quality, has_values=_has_values(found)
    )


def _has_values(found: Examination) -> bool:
    return any(column.values for column in found.profile.columns)


def _write_profile(asset: DataAsset, found: Examination) -> Profile:
    """The profile and the sensitive columns: counts, codes and shapes, never personal values."""
    version = found.versions["engine"]
    profile = Profile.objects.create(
        asset=asset,
        engine_version=version,
        rows=found.profile.rows,
        columns=len(found.profile.columns),
        data=found.profile.to_dict(),
    )
    SensitivityFinding.objects.bulk_create(
        SensitivityFinding(
            profile=profile,
            asset=asset,
            engine_version=version,
            column=verdict.column,
            sensitive_type=verdict.sensitive_type,
            personal=verdict.personal,
            sensitive_personal=verdict.sensitive_personal,
            confidence=verdict.confidence,
            evidence={
                "nature": verdict.nature,
                "share": verdict.share,
                "matched": verdict.matched,
                "examined": verdict.examined,
                "dominant": verdict.dominant,
                "floor": verdict.floor,
                "reasons": to_plain(verdict.evidence),
            },
        )
        for verdict in found.verdicts
        if verdict.sensitive_type is not None
    )
    return profile


def _recommended(profile: Profile, found: Examination, rules: RuleSet, rulebook: Mapping[str, Any]) -> Recommended:
    recommendation = found.recommendation
    return Recommended(
        profile=profile,
        level=recommendation.level,
        category=category_path(recommendation.category),
        recommendation=stored(recommendation, rules.scheme, rulebook),
        engine_version=found.versions["engine"],
        scheme_code=recommendation.scheme_code,
        scheme_version=recommendation.scheme_version,
    )


def stored(recommendation: Recommendation, scheme: Scheme, rulebook: Mapping[str, Any]) -> dict[str, Any]:
    """A recommendation as `Grade.recommendation` has it: with the cells of the matrix, and where the scheme is from."""
    plain = recommendation.to_dict()
    flags = [{**flag, "matrix_cell": scheme.cell(flag["harmed_object"], flag["degree"])} for flag in plain["flags"]]
    cell = scheme.cell(recommendation.harmed_object, recommendation.degree)
    return {**plain, "flags": flags, "matrix_cell": cell, "rulebook": dict(rulebook)}
