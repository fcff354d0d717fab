"""What owners of data are told of its grades and its quality, and reviewers of what waits for them."""

from collections.abc import Callable, Collection, Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words, register
from foundation.participants.models import Role
from foundation.participants.selectors import organisations_with_role
from grading import policies, selectors, wording
from grading.models import DataAsset, Grade, GradeAppeal


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


def _reviewers(_subject_id: int) -> Iterable[Audience]:
    return [Audience(row.pk, ("reviewer",)) for row in organisations_with_role(Role.EXCHANGE)]


def _differing_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    """The file's name, the decided level that stands, and what differs."""
    seen = list(selectors.grades(actor).filter(pk__in=ids))
    decided = selectors.decided_grades(row.asset_id for row in seen)
    return {
        row.pk: {
            "file": row.asset.filename,
            "level": decided[row.asset_id].get_level_display() if row.asset_id in decided else "–",
            "difference": " ".join(wording.difference_lines(row.difference)),
        }
        for row in seen
    }


def _appellant(appeal_id: int) -> Iterable[Audience]:
    owners = GradeAppeal.objects.filter(pk=appeal_id).values_list("asset__organisation_id", flat=True)
    return [Audience(owner, policies.OWNERS_ROLES) for owner in owners]


def _appeal_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    """The file's name, and the level that was decided."""
    seen = selectors.appeals(actor).filter(pk__in=ids)
    return {row.pk: {"file": row.asset.filename, "level": row.review.get_level_display() or "–"} for row in seen}


def _of_appeal(
    name: str, label: Promise, title: Promise, text: Promise, audience: Callable[[int], Iterable[Audience]]
) -> Kind:
    return Kind(
        name=f"grading.appeal_{name}",
        subject_type="grade_appeal",
        label=label,
        title=title,
        text=text,
        audience=audience,
        words=_appeal_words,
        link="/api/v1/appeals/%(id)s",
    )


register(
    Kind(
        name="grading.grade_differs",
        subject_type="grade",
        label=_("A decided grade would be another today"),
        title=_("Differs from today's recommendation: %(file)s"),
        text=_("'%(file)s' is decided as %(level)s. An examination since recommends otherwise. %(difference)s"),
        audience=_reviewers,
        words=_differing_words,
        link="/api/v1/reviews/%(id)s",
    ),
    Kind(
        name="grading.own_grade_differs",
        subject_type="grade",
        label=_("The decided grade of a file of yours would be another today"),
        title=_("Differs from today's recommendation: %(file)s"),
        text=_(
            "Your file '%(file)s' is decided as %(level)s, which stands. An examination since recommends otherwise; "
            "reviewers of the exchange will look at it. %(difference)s"
        ),
        audience=_owner,
        words=_differing_words,
        link="/api/v1/grades/%(id)s",
    ),
    _of_appeal(
        "filed",
        _("The grade of a file was appealed"),
        _("Appeal: %(file)s"),
        _("The owner of '%(file)s' appeals its grade. Reviewers who did not take the decision decide."),
        _reviewers,
    ),
    _of_appeal(
        "withdrawn",
        _("An appeal against a grade was withdrawn"),
        _("Appeal withdrawn: %(file)s"),
        _("The owner of '%(file)s' has withdrawn the appeal against its grade."),
        _reviewers,
    ),
    _of_appeal(
        "granted",
        _("Your appeal against a grade was granted"),
        _("Appeal granted: %(file)s"),
        _("The grade of '%(file)s' is decided anew: %(level)s. The reason stands with the grade."),
        _appellant,
    ),
    _of_appeal(
        "dismissed",
        _("Your appeal against a grade was dismissed"),
        _("Appeal dismissed: %(file)s"),
        _("The level of '%(file)s' stays: %(level)s. The reason stands with the grade."),
        _appellant,
    ),
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
