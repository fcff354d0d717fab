"""Reading assets, results and grades: owners see their own, the exchange sees all.

Functions that take `asset_ids` serve other rooms that have already found what their actor may see.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db import models

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.jobs import states as job_states
from foundation.jobs.models import Job
from grading import policies, states
from grading.engine import ENGINE_VERSION
from grading.engine.levels import Source
from grading.masking import Hidden, masked_findings, masked_schema
from grading.models import Cause, DataAsset, Grade, GradeAppeal, Level, Profile, QualityAssessment, SensitivityFinding

EXAMINE: Final = "grading.examine"
"""The kind of job that examines a data asset, its subject; once split it waits for its parts under the same name."""


def visible_assets(actor: Actor) -> models.QuerySet[DataAsset]:
    """The data assets whose examination `actor` may read."""
    rows = DataAsset.objects.select_related("organisation")
    if actor.is_system or actor.is_exchange:
        return rows
    if actor.organisation_id is None:
        return rows.none()
    return rows.filter(organisation_id=actor.organisation_id)


def asset(actor: Actor, asset_id: int) -> DataAsset:
    """One data asset, or NotFound."""
    row = visible_assets(actor).filter(pk=asset_id).first()
    if row is None:
        raise NotFound
    return row


def outdated_assets() -> models.QuerySet[DataAsset]:
    """Those whose newest examination is an older engine's; for the exchange.

    Without those that are being examined, and those that this engine has tried: what it refused stays as it was.
    """
    newest = Profile.objects.filter(asset=models.OuterRef("pk")).order_by("-pk").values("engine_version")[:1]
    under_way = examinations().filter(subject_id=models.OuterRef("pk"), state__in=job_states.UNFINISHED)
    known = DataAsset.objects.annotate(examined_by=models.Subquery(newest)).filter(examined_by__isnull=False)
    return known.exclude(examined_by=ENGINE_VERSION).exclude(tried_by=ENGINE_VERSION).filter(~models.Exists(under_way))


def examinations() -> models.QuerySet[Job]:
    """Every job that examines an asset, its subject; other work on assets is none."""
    return Job.objects.filter(subject_type="data_asset", kind=EXAMINE)


def latest_job(asset_id: int) -> Job | None:
    """The newest examination job of an asset."""
    return examinations().filter(subject_id=asset_id).order_by("-pk").first()


def profiles(asset_id: int) -> models.QuerySet[Profile]:
    """Every profile of an asset, newest first: each examination adds one."""
    return Profile.objects.filter(asset_id=asset_id).order_by("-pk")


def latest_profile(asset_id: int) -> Profile | None:
    """What the newest examination counted; None before the first."""
    return profiles(asset_id).first()


def column_names(profile_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Profile → names of its columns, trimmed and in lower case; the rest of the profiles stays in the database."""
    names = models.Func(
        models.F("data"),
        models.Value("$.columns[*].name"),
        template="jsonb_path_query_array(%(expressions)s::jsonpath)",
        output_field=models.JSONField(),
    )
    rows = Profile.objects.filter(pk__in=list(profile_ids)).order_by().values_list("pk").annotate(names=names)
    return {pk: frozenset(str(name).strip().lower() for name in found or ()) for pk, found in rows}


def personal_columns(profile: Profile) -> frozenset[str]:
    """The columns whose values the profile holds as shapes, because they were found to be personal."""
    found = SensitivityFinding.objects.filter(profile=profile, personal=True).exclude(sensitive_type="age")
    return frozenset(found.values_list("column", flat=True))


def assessments(asset_id: int) -> models.QuerySet[QualityAssessment]:
    """Every assessment of an asset, newest first: old ones stay."""
    return QualityAssessment.objects.filter(asset_id=asset_id).order_by("-pk")


def assessment(asset_id: int, version: int | None = None) -> QualityAssessment | None:
    """The newest assessment of an asset, or the one whose number is `version`; None where there is none."""
    rows = assessments(asset_id)
    return (rows if version is None else rows.filter(pk=version)).first()


def sensitivity_findings(asset_id: int) -> models.QuerySet[SensitivityFinding]:
    """The sensitive columns that the newest examination found, in the order of the file."""
    newest = Profile.objects.filter(asset_id=asset_id).order_by("-pk").values("pk")[:1]
    return SensitivityFinding.objects.filter(profile_id=models.Subquery(newest)).order_by("pk")


def sensitive_columns(asset_id: int) -> dict[str, str]:
    """Column → sensitive type by the newest examination; the surest type where a column has several."""
    found = sensitivity_findings(asset_id).order_by("confidence", "-pk").values_list("column", "sensitive_type")
    return dict(found)


def hidden_columns(actor: Actor, asset: DataAsset, profile_id: int) -> Hidden:
    """What of a profile's values, and of what was found with it, this actor may not read.

    Of others' files the sensitive columns, by this examination or by the newest, which knows better. Where the newest
    found persons, nobody reads what an older one still stored of them.
    """
    newest = Profile.objects.filter(asset=asset).order_by("-pk").values("pk")[:1]
    rows = SensitivityFinding.objects.filter(
        models.Q(profile_id=profile_id) | models.Q(profile_id=models.Subquery(newest)), asset=asset
    ).values_list("profile_id", "column", "personal", "sensitive_type")
    found = list(rows)
    personal = [(of, column) for of, column, personal, kind in found if personal and kind != "age"]
    stored = {column for of, column in personal if of == profile_id}  # as shapes
    columns = {column for _of, column in personal} - stored
    if not policies.sees_values(actor, asset.organisation_id):
        columns |= {column for _of, column, _personal, _kind in found}
    return Hidden(frozenset(columns), rare=bool(personal))


def declared_schema(actor: Actor, asset: DataAsset) -> dict[str, Any] | None:
    """The Table Schema declared of an asset that the actor's room shows them; None without one.

    Whole for those who see values of it. For others values are left out, unless the newest examination knows the column
    and holds it for neither sensitive nor nested, and the table for none about persons: no detector finds all of those.
    """
    schema: dict[str, Any] | None = asset.declared.get("table_schema")
    if schema is None or policies.sees_values(actor, asset.organisation_id):
        return schema
    found = sensitivity_findings(asset.pk)
    about_persons = found.filter(personal=True).exclude(sensitive_type="age").exists()
    profile = None if about_persons else latest_profile(asset.pk)
    columns = () if profile is None else profile.data.get("columns", ())
    known = {column["name"] for column in columns if column.get("inferred_type") != "structure"}
    return masked_schema(schema, known - set(found.values_list("column", flat=True)))


def quality_findings(
    actor: Actor,
    row: QualityAssessment,
    *,
    kind: str = "",
    column: str = "",
    minimum_confidence: float = 0.0,
) -> list[dict[str, Any]]:
    """What an assessment found, the surest first, as the actor may read it: values that it may not are shapes."""
    found = [
        item
        for item in row.data.get("findings", ())
        if item["confidence"] >= minimum_confidence and kind in ("", item["kind"]) and column in ("", item["column"])
    ]
    found.sort(key=lambda item: (-item["confidence"], -item["count"]))
    return masked_findings(found, hidden_columns(actor, row.asset, row.profile_id))


def grades(actor: Actor) -> models.QuerySet[Grade]:
    """The grades that `actor` may see, with their assets."""
    rows = Grade.objects.select_related("asset", "asset__organisation", "confirmed_by", "decided_by", "returned_by")
    return rows.filter(asset__in=visible_assets(actor).select_related(None))


def grade(actor: Actor, grade_id: int) -> Grade:
    """One grade, or NotFound."""
    row = grades(actor).filter(pk=grade_id).first()
    if row is None:
        raise NotFound
    return row


def current_grade(asset_id: int) -> Grade | None:
    """The grade that people look at: the open one, else the decided one, else the newest."""
    rank = models.Case(
        models.When(state__in=states.OPEN, then=0),
        models.When(state=states.DECIDED, then=1),
        default=2,
    )
    return Grade.objects.filter(asset_id=asset_id).order_by(rank, "-pk").first()


def newest_grades(asset_ids: Iterable[int] | None = None) -> models.QuerySet[Grade]:
    """Of every asset the newest grade that counts, if it was not returned to the owner: what other rules place anew.

    Of these assets alone where some are named: a batch does not look at all the others.
    """
    counting = Grade.objects.exclude(state=states.SUPERSEDED)
    if asset_ids is not None:
        counting = counting.filter(asset_id__in=list(asset_ids))
    newest = counting.order_by("asset_id", "-pk").distinct("asset_id")
    return Grade.objects.filter(pk__in=newest.values("pk")).exclude(state=states.RETURNED)


def standing_grades() -> models.QuerySet[Grade]:
    """Of every asset the grade by which it stands: the decided one, else the one that waits for reviewers."""
    rank = models.Case(models.When(state=states.DECIDED, then=0), default=1)
    rows = Grade.objects.filter(state__in=[*states.OPEN, states.DECIDED])
    return Grade.objects.filter(pk__in=rows.order_by("asset_id", rank, "-pk").distinct("asset_id").values("pk"))


def standing(actor: Actor, grade: Grade) -> dict[str, Any]:
    """What a step on a grade ran into: its own last step, or that of the grade in its place, as plain data.

    Reviewers are named to the exchange only.
    """
    row = grade if grade.state in (states.CONFIRMED, states.DECIDED, states.RETURNED) else current_grade(grade.asset_id)
    row = row or grade
    steps = {
        states.CONFIRMED: (row.confirmed_at, row.confirmed_by),
        states.DECIDED: (row.decided_at, row.decided_by),
        states.RETURNED: (row.returned_at, row.returned_by),
    }
    at, by = steps.get(row.state, (None, None))
    return {
        "id": row.pk,
        "state": row.state,
        "level": row.level,
        "category": row.category,
        "at": None if at is None else at.isoformat(),
        "by": by.get_username() if by is not None and (actor.is_exchange or actor.is_system) else None,
    }


_LONG_OF_APPEALS: Final = tuple(
    ["asset__declared"]
    + [f"{grade}__{name}" for grade in ("appealed", "review") for name in ("recommendation", "difference")]
)


def appeals(actor: Actor) -> models.QuerySet[GradeAppeal]:
    """The appeals that `actor` may see: owners those of their data, the exchange all."""
    rows = GradeAppeal.objects.select_related("asset", "appealed", "review", "filed_by").defer(*_LONG_OF_APPEALS)
    return rows.filter(asset__in=visible_assets(actor).select_related(None))


def appeal(actor: Actor, appeal_id: int) -> GradeAppeal:
    """One appeal, or NotFound."""
    row = appeals(actor).filter(pk=appeal_id).first()
    if row is None:
        raise NotFound
    return row


def grade_history(asset_id: int) -> models.QuerySet[Grade]:
    """Every grade of an asset, newest first."""
    return (
        Grade.objects.filter(asset_id=asset_id)
        .select_related("confirmed_by", "decided_by", "returned_by")
        .order_by("-pk")
    )


def source_grades(asset_ids: Iterable[int]) -> dict[int, Source]:
    """Asset → its grade as a source of derived data: the decided level, else the recommended one.

    Where an examination after the decision found it graver, that counts. Assets without a grade are absent. For rooms
    that hold the assets themselves.
    """
    found: dict[int, Source] = {}
    standing = [states.RECOMMENDED, states.CONFIRMED, states.DECIDED]
    for row in Grade.objects.filter(asset_id__in=list(asset_ids), state__in=standing).order_by("pk"):
        decided = row.state == states.DECIDED
        if not decided and row.difference is not None and not row.difference["differs"]:
            continue  # an appeal: it says of the file what the decision rested on
        one = Source(
            level=row.level if decided else _undecided(row),
            asset=row.asset_id,
            decided=decided,
            harmed_object=row.recommendation.get("harmed_object", "individual_rights"),
        )
        known = found.get(row.asset_id)
        if known is None or _place(one) > _place(known):
            found[row.asset_id] = one
    return found


def _undecided(row: Grade) -> str:
    """The recommended level; what is flagged counts as no less than the highest general level until people decide."""
    recommended = Level(row.recommended_level)
    return max(recommended, Level.GENERAL_4, key=Level.values.index) if _flags(row) else recommended


def _place(source: Source) -> int:
    return Level.values.index(str(source.level))


def derived_assets(asset_id: int) -> models.QuerySet[DataAsset]:
    """The assets that are declared to be derived from this one, whoever owns them; for services."""
    return DataAsset.objects.filter(declared__derivation__sources__contains=[{"asset": asset_id}])


def decided_grades(asset_ids: Iterable[int]) -> dict[int, Grade]:
    """Asset → its decided grade; assets without one are absent. For rooms that hold the assets themselves."""
    return {row.asset_id: row for row in Grade.objects.filter(asset_id__in=list(asset_ids), state=states.DECIDED)}


def decided_categories(asset_ids: Iterable[int]) -> frozenset[str]:
    """The categories, as paths, of the decided grades of these assets; of a queryset of them by one query."""
    decided = Grade.objects.filter(asset_id__in=asset_ids, state=states.DECIDED).exclude(category="")
    return frozenset(decided.values_list("category", flat=True))


def unsettled(asset_ids: Iterable[int]) -> set[int]:
    """Those of the assets whose decided grade does not cover what is known of them now.

    They are being examined, or an examination since has failed (of newer detectors alone: what they refuse stays as it
    was), or what was recommended after the decision differs from it and waits for reviewers, or was returned to the
    owner. One that agrees with the decision leaves it as it is.
    """
    chosen = list(asset_ids)
    standing = Grade.objects.filter(asset_id__in=chosen).exclude(state=states.SUPERSEDED)
    newest = standing.order_by("asset_id", "-pk").distinct("asset_id")
    decided = decided_grades(chosen)
    reopened = {row.asset_id for row in newest if row.asset_id in decided and _reopens(row, decided[row.asset_id])}
    jobs = examinations().filter(subject_id__in=chosen)
    under_way = jobs.filter(state__in=job_states.UNFINISHED).values_list("subject_id", flat=True)
    return reopened | _failed_since(newest, jobs) | {pk for pk in under_way if pk is not None}


def _failed_since(newest: Iterable[Grade], jobs: models.QuerySet[Job]) -> set[int]:
    """Assets whose newest examination came after their newest grade and failed."""
    said = {row.asset_id: row.created_at for row in newest}
    last = jobs.exclude(arguments__cause=Cause.ENGINE).order_by("subject_id", "-pk").distinct("subject_id")
    failed = [
        (job.subject_id, job.created_at)
        for job in last.only("subject_id", "state", "created_at")
        if job.state == job_states.FAILED
    ]
    return {pk for pk, at in failed if pk is not None and pk in said and at > said[pk]}


def _reopens(newest: Grade, decided: Grade) -> bool:
    if newest.pk == decided.pk or newest.state == states.AGREED:
        return False
    if newest.state == states.RETURNED:
        return True
    if newest.difference is not None:
        return bool(newest.difference["differs"])
    order = Level.values.index  # recommended by a version that did not compare
    return order(newest.recommended_level) > order(decided.level) or not _flags(newest) <= _flags(decided)


def _flags(row: Grade) -> set[str]:
    return {flag["code"] for flag in row.recommendation.get("flags", ())}


def overall_quality(asset_ids: Iterable[int]) -> dict[int, float | None]:
    """Asset → newest overall score (0 to 100; None: insufficient evidence); assets without an assessment are absent."""
    newest = (
        QualityAssessment.objects.filter(asset_id__in=list(asset_ids))
        .order_by("asset_id", "-pk")
        .distinct("asset_id")
        .values_list("asset_id", "overall")
    )
    return dict(newest)
