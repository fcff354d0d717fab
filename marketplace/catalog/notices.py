"""What providers and the exchange's reviewers are told of listings."""

from collections.abc import Callable, Collection, Iterable

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words, register
from foundation.participants.models import Role
from foundation.participants.selectors import organisations_with_role
from marketplace.catalog import policies, selectors
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.reasons import own_words


def title_of(version: ListingVersion) -> str:
    """The title in the reader's language where the provider gave one."""
    chinese = (get_language() or "").startswith("zh")
    return version.title_zh if chinese and version.title_zh else version.title


def _provider(version_id: int) -> Iterable[Audience]:
    owners = ListingVersion.objects.filter(pk=version_id).values_list("listing__organisation_id", flat=True)
    return [Audience(owner, policies.PROVIDERS_ROLES) for owner in owners]


def _reviewers(version_id: int) -> Iterable[Audience]:
    return [Audience(row.pk, policies.REVIEWERS_ROLES) for row in organisations_with_role(Role.EXCHANGE)]


def _words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    seen = selectors.visible_versions(actor).filter(pk__in=ids)
    return {
        row.pk: {
            "title": title_of(row),
            "number": row.number,
            "reason": own_words(row.state_reason) or gettext("The reason stands with the version."),
        }
        for row in seen
    }


def _kind(
    name: str, label: Promise, title: Promise, text: Promise, audience: Callable[[int], Iterable[Audience]] = _provider
) -> Kind:
    return Kind(
        name=f"catalog.{name}",
        subject_type="listing_version",
        label=label,
        title=title,
        text=text,
        audience=audience,
        words=_words,
        link="/api/v1/versions/%(id)s",
    )


register(
    _kind(
        "listing_submitted",
        _("A listing waits for review"),
        _("For review: %(title)s"),
        _("Version %(number)s of '%(title)s' was submitted and waits for a reviewer."),
        _reviewers,
    ),
    _kind(
        "listing_returned",
        _("A listing was returned to you"),
        _("Returned: %(title)s"),
        _("The exchange has returned version %(number)s of '%(title)s'. The reason stands with the version."),
    ),
    _kind(
        "listing_published",
        _("A listing of yours was published"),
        _("Published: %(title)s"),
        _("Version %(number)s of '%(title)s' is public now."),
    ),
    _kind(
        "listing_suspended",
        _("A listing of yours was suspended"),
        _("Suspended: %(title)s"),
        _("The exchange has suspended version %(number)s of '%(title)s'. %(reason)s"),
    ),
    _kind(
        "listing_reinstated",
        _("A listing of yours was reinstated"),
        _("Reinstated: %(title)s"),
        _("The suspension of version %(number)s of '%(title)s' is lifted: it is public again."),
    ),
)
