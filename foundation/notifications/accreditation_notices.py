"""What holders are told of their accreditations, and the exchange of claims; registered by `notices`."""

from collections.abc import Callable, Collection, Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.notifications.registry import Audience, Kind, Words
from foundation.participants import accreditation_kinds
from foundation.participants import selectors as participants
from foundation.participants.models import Accreditation, MemberRole


def _exchange(accreditation_id: int) -> Iterable[Audience]:
    try:
        return [Audience(participants.exchange().pk, (MemberRole.ADMINISTRATOR, MemberRole.REVIEWER))]
    except NotFound:
        return []


def _holder(accreditation_id: int) -> Iterable[Audience]:
    """The administrators who claimed it, and the person; nobody where the person has left that organisation."""
    row = Accreditation.objects.filter(pk=accreditation_id).first()
    if row is None:
        return []
    via = row.claimed_via_id
    if row.user_id is not None and participants.member_actor(user_id=row.user_id, organisation_id=via) is None:
        return []
    return [Audience(via, (MemberRole.ADMINISTRATOR,), user_id=row.user_id)]


def _words(actor: Actor, ids: Collection[int]) -> Mapping[int, Words]:
    seen = participants.visible_accreditations(actor).filter(pk__in=ids)
    return {
        row.pk: {
            "kind": accreditation_kinds.name_of(row.kind),
            "holder": row.organisation.name if row.organisation else row.user.get_username() if row.user else "",
            "until": row.valid_until.isoformat(),
        }
        for row in seen
    }


def _accreditation(
    name: str, label: Promise, title: Promise, text: Promise, audience: Callable[[int], Iterable[Audience]] = _holder
) -> Kind:
    return Kind(
        name=f"participants.accreditation_{name}",
        subject_type="accreditation",
        label=label,
        title=title,
        text=text,
        audience=audience,
        words=_words,
        link="/api/v1/accreditations/%(id)s",
    )


KINDS = (
    _accreditation(
        "claimed",
        _("An accreditation waits for the exchange's decision"),
        _("To be judged: %(kind)s of %(holder)s"),
        _("%(holder)s is said to hold a certificate until %(until)s: %(kind)s. Check it, then confirm or refuse."),
        _exchange,
    ),
    _accreditation(
        "confirmed",
        _("An accreditation was confirmed"),
        _("Confirmed: %(kind)s of %(holder)s"),
        _("The exchange has confirmed this accreditation of %(holder)s: %(kind)s, valid until %(until)s."),
    ),
    _accreditation(
        "refused",
        _("An accreditation was refused"),
        _("Refused: %(kind)s of %(holder)s"),
        _("The exchange has refused this accreditation of %(holder)s: %(kind)s. The reason stands with it."),
    ),
    _accreditation(
        "revoked",
        _("An accreditation was revoked"),
        _("Revoked: %(kind)s of %(holder)s"),
        _("This accreditation of %(holder)s counts no more: %(kind)s. The reason stands with it."),
    ),
    _accreditation(
        "expiring",
        _("An accreditation ends soon"),
        _("Ends soon: %(kind)s of %(holder)s"),
        _("This accreditation of %(holder)s counts until %(until)s: %(kind)s. Claim its successor in time."),
    ),
    _accreditation(
        "expired",
        _("An accreditation has ended"),
        _("Ended: %(kind)s of %(holder)s"),
        _("The last day of this accreditation of %(holder)s was %(until)s: %(kind)s."),
    ),
)
