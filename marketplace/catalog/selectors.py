"""Reading listings: published versions are public, others are seen by their provider and the exchange.

What is read of the files are facts about them (levels, scores, counts, column names), never their bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from foundation.actors import Actor
from foundation.errors import NotFound
from grading.models import DataAsset, Grade, Level, Profile, QualityAssessment
from grading.selectors import decided_categories, decided_grades
from marketplace.catalog import policies, states
from marketplace.catalog.bulk import one_of
from marketplace.catalog.models import Distribution, Listing, ListingVersion

LEVELS = tuple(Level.values)
"""Lowest first."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of one file; None or empty where it was not examined or decided yet. `quality` is 0 to 100.

    `quality_low` is the lower end of its interval, None for scores of before intervals. `column_types` go with
    `column_names`.
    """

    distribution: Distribution
    rows: int | None
    columns: int | None
    column_names: tuple[str, ...]
    column_types: tuple[str, ...]
    quality: float | None
    quality_low: float | None
    quality_coverage: float | None
    level: str | None
    category: str

    @property
    def asset(self) -> DataAsset:
        """The data asset behind the file."""
        return self.distribution.asset


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version with the facts of its files. `level` is None unless every file has a decided grade.

    `quality` is the lowest overall score of the files, None where one of them has none: no file hides another;
    `quality_low` likewise the lowest that one of them may be.
    """

    version: ListingVersion
    files: tuple[FileFacts, ...]
    level: str | None
    quality: float | None
    quality_low: float | None


_LONG: Final = ("description", "terms", "questions")
"""What lists of listings do not show."""


@dataclass(frozen=True, slots=True)
class ListingOverview:
    """A listing with those of its versions that the reader may see: the current one, and the one still open."""

    listing: Listing
    current: ListingVersion | None
    open: ListingVersion | None


def visible_versions(actor: Actor) -> models.QuerySet[ListingVersion]:
    """The versions that `actor` may see, with their listings and providers."""
    return ListingVersion.objects.filter(policies.visible(actor)).select_related("listing__organisation")


def version(actor: Actor, version_id: int) -> ListingVersion:
    """One version, or NotFound."""
    row = visible_versions(actor).filter(pk=version_id).first()
    if row is None:
        raise NotFound
    return row


def visible_listings(actor: Actor) -> models.QuerySet[Listing]:
    """The listings of which `actor` may see a version."""
    seen = visible_versions(actor).select_related(None).filter(listing=models.OuterRef("pk"))
    return Listing.objects.filter(models.Exists(seen)).select_related("organisation")


def listing(actor: Actor, listing_id: int) -> Listing:
    """One listing, or NotFound."""
    row = visible_listings(actor).filter(pk=listing_id).first()
    if row is None:
        raise NotFound
    return row


def published_listings(**wanted: str) -> models.QuerySet[Listing]:
    """The public catalogue; `wanted` are values of fields of the published version."""
    published = ListingVersion.objects.filter(listing=models.OuterRef("pk"), state=states.PUBLISHED, **wanted)
    return Listing.objects.filter(models.Exists(published)).select_related("organisation")


def own_listings(actor: Actor) -> models.QuerySet[Listing]:
    """The listings of the actor's organisation in every state; none for actors without one."""
    if actor.organisation_id is None:
        return Listing.objects.none()
    return Listing.objects.filter(organisation_id=actor.organisation_id).select_related("organisation")


def overviews(actor: Actor, listings: Iterable[Listing]) -> list[ListingOverview]:
    """The listings, which the caller may see, with their versions that `actor` sees, long texts left out: one query."""
    chosen = list(listings)
    shown = (
        visible_versions(actor)
        .select_related(None)
        .filter(listing__in=one_of(row.pk for row in chosen), state__in=(*states.CURRENT, *states.OPEN))
        .defer(*_LONG)
        .order_by()
    )
    current: dict[int, ListingVersion] = {}
    still_open: dict[int, ListingVersion] = {}
    for row in shown:
        (current if row.state in states.CURRENT else still_open)[row.listing_id] = row
    return [ListingOverview(row, current.get(row.pk), still_open.get(row.pk)) for row in chosen]


def current_version(actor: Actor, listing_id: int) -> ListingVersion:
    """The published version of a listing, or NotFound."""
    row = visible_versions(actor).filter(listing_id=listing_id, state=states.PUBLISHED).first()
    if row is None:
        raise NotFound
    return row


def published_versions() -> models.QuerySet[ListingVersion]:
    """All that is public now, for the exchange's own work (matching); pass batches of it to `facts`."""
    return ListingVersion.objects.filter(state=states.PUBLISHED).select_related("listing__organisation")


def file_of(actor: Actor, version_id: int, distribution_id: int) -> Distribution:
    """One file of this very version, which `actor` sees, or NotFound: its metadata, never its bytes."""
    seen = version(actor, version_id)
    row = seen.distributions.select_related("asset", "version__listing").filter(pk=distribution_id).first()
    if row is None:
        raise NotFound
    return row


def distribution(actor: Actor, distribution_id: int) -> Distribution:
    """One file of a version that `actor` sees, or NotFound: its metadata, never its bytes."""
    row = (
        Distribution.objects.filter(pk=distribution_id, version__in=visible_versions(actor).select_related(None))
        .select_related("version__listing__organisation", "asset")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def versions_with_graded_file(grade_id: int, *in_states: str) -> list[int]:
    """The versions in one of these states (default: any) that hold the file whose grade it is; for services."""
    found = ListingVersion.objects.filter(distributions__asset__grades=grade_id)
    found = found.filter(state__in=in_states) if in_states else found
    return list(found.order_by("pk").values_list("pk", flat=True))


def highest(levels: Iterable[str]) -> str:
    """The gravest of the levels (就高从严, GB/T 43697-2024). ValueError for none."""
    return max(levels, key=LEVELS.index)


def level_of(version: ListingVersion) -> str | None:
    """The highest decided level over a version's files; None unless every file has a decided grade."""
    assets = list(version.distributions.values_list("asset_id", flat=True))
    decided = decided_grades(assets)
    return highest(grade.level for grade in decided.values()) if assets and len(decided) == len(assets) else None


def categories_of(version: ListingVersion) -> frozenset[str]:
    """The decided categories of a version's files, as paths; files without a decided grade or a category have none."""
    return decided_categories(version.distributions.values_list("asset_id", flat=True))


def facts(versions: Iterable[ListingVersion]) -> list[VersionFacts]:
    """The versions, which the caller may see, with the facts of their files: four queries however many they are."""
    chosen = list(versions)
    files: dict[int, list[Distribution]] = {row.pk: [] for row in chosen}
    rows = Distribution.objects.filter(version_id__in=one_of(files)).select_related("asset").order_by("pk")
    for row in rows:
        files[row.version_id].append(row)
    known = _file_facts([row for held in files.values() for row in held])
    return [_version_facts(row, [known[file.pk] for file in files[row.pk]]) for row in chosen]


def _version_facts(row: ListingVersion, files: Sequence[FileFacts]) -> VersionFacts:
    levels = [file.level for file in files if file.level is not None]
    scores = [file.quality for file in files if file.quality is not None]
    lows = [file.quality_low for file in files if file.quality_low is not None]
    return VersionFacts(
        version=row,
        files=tuple(files),
        level=highest(levels) if files and len(levels) == len(files) else None,
        quality=min(scores) if files and len(scores) == len(files) else None,
        quality_low=min(lows) if files and len(lows) == len(files) else None,
    )


def _file_facts(rows: Sequence[Distribution]) -> dict[int, FileFacts]:
    assets = {row.asset_id for row in rows}
    profiles = {row.asset_id: row for row in _newest_profiles(assets)}
    scores = {row.asset_id: row for row in _newest_scores(assets)}
    grades = decided_grades(assets)
    return {
        row.pk: _one_file(row, profiles.get(row.asset_id), scores.get(row.asset_id), grades.get(row.asset_id))
        for row in rows
    }


def _one_file(row: Distribution, profile: Any, score: Any, grade: Grade | None) -> FileFacts:
    return FileFacts(
        distribution=row,
        rows=profile.rows if profile else None,
        columns=profile.columns if profile else None,
        column_names=tuple(profile.column_names or ()) if profile else (),
        column_types=tuple(kind or "" for kind in profile.column_types or ()) if profile else (),
        quality=score.overall if score else None,
        quality_low=score.low if score else None,
        quality_coverage=score.coverage if score else None,
        level=grade.level if grade else None,
        category=grade.category if grade else "",
    )


def _newest(rows: models.QuerySet[Any], assets: Iterable[int]) -> models.QuerySet[Any]:
    return rows.filter(asset_id__in=list(assets)).order_by("asset_id", "-pk").distinct("asset_id")


def _newest_profiles(assets: Iterable[int]) -> models.QuerySet[Any]:
    """Newest profile of each asset; of the profile itself only names and types of the columns leave the database."""
    rows = Profile.objects.defer("data")
    return _newest(rows.annotate(column_names=_of_columns("name"), column_types=_of_columns("inferred_type")), assets)


def _of_columns(key: str) -> Func:
    return Func(
        F("data"),
        function="jsonb_path_query",
        template="(SELECT array_agg(found ->> '%(key)s') FROM %(function)s(%(expressions)s, '$.columns[*]') AS found)",
        key=key,
        output_field=ArrayField(models.TextField(null=True)),
    )


def _newest_scores(assets: Iterable[int]) -> models.QuerySet[Any]:
    """Newest score of each asset, with the lower end of its interval."""
    low = Cast(KeyTextTransform("low", KeyTransform("overall", "data")), models.FloatField())
    return _newest(QualityAssessment.objects.defer("data", "inputs").annotate(low=low), assets)
