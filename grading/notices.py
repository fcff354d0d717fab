"""What owners of data are told of its grades and its quality."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words, register
from grading import policies, selectors
from grading.models import DataAsset, Grade


def _owner(grade_id: int) -> Iterable[Audience]:
    owners = Grade.objects.filter(pk=grade_id).values_list("asset__organisation_id", flat=True)
    return [Audience(owner, policies.OWNERS_ROLES) for owner in owners]


def _words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    """The file's name, and the level where one is decided."""
    seen = selectors.grades(actor).filter(pk__in=ids)
    return {row.pk: {"file": row.asset.filename, "level": row.get_level_display()} for row in seen}


def _owner_of_asset(asset_id: int) -> Iterable[Audience]:
    owners = DataAsset.objects.filter(pk=asset_id).values_list("organisation_id", flat=True)
    return [Audience(owner, policies.OWNERS_ROLES) for owner in owners]


def _quality_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    """The file's name and its score; a dash where the evidence does not suffice for one."""
    seen = dict(selectors.visible_assets(actor).filter(pk__in=ids).values_list("pk", "filename"))
    scores = selectors.overall_quality(seen)
    return {
        pk: {"file": name, "score": "–" if scores.get(pk) is None else f"{scores[pk]:.0f}"} for pk, name in seen.items()
    }


register(
    Kind(
        name="grading.grade_decided",
        subject_type="grade",
        label=_("The grade of a file of yours was decided"),
        title=_("Graded: %(file)s"),
        text=_("The level of '%(file)s' is decided: %(level)s."),
        audience=_owner,
        words=_words,
        link="/api/v1/grades/%(id)s",
    ),
    Kind(
        name="grading.grade_returned",
        subject_type="grade",
        label=_("The grade of a file of yours was returned"),
        title=_("Returned: %(file)s"),
        text=_("A reviewer has returned the grade of '%(file)s'. The reason stands with the grade."),
        audience=_owner,
        words=_words,
        link="/api/v1/grades/%(id)s",
    ),
    Kind(
        name="grading.quality_fell",
        subject_type="data_asset",
        label=_("The quality score of a file of yours fell because it was not updated as declared"),
        title=_("Quality has fallen to %(score)s: %(file)s"),
        text=_("'%(file)s' was not updated as often as you declare. Its quality score is now %(score)s of 100."),
        audience=_owner_of_asset,
        words=_quality_words,
        link="/api/v1/assets/%(id)s/quality",
    ),
)
