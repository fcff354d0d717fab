"""A notice by mail, in its reader's language, through Django's mail backend."""

import smtplib
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext

from foundation.jobs.services import Retryable
from foundation.notifications import registry
from foundation.notifications.models import Channel, Notification, Preference
from foundation.notifications.rendering import render
from foundation.participants import selectors as participants

REFUSED_FOR_GOOD: Final = 500
"""SMTP replies from here on are final (RFC 5321 §4.2.1)."""


def mail_notification(*, notification_id: int) -> dict[str, Any]:
    """Send one notice to its recipient, unless it was sent, or they no longer want it or may no longer see it.

    At least once: whoever is killed between sending and writing that down sends again, under the same Message-ID.
    Retryable while the mail server is away or asks for patience; a final refusal ends it. Returns what happened.
    """
    row = Notification.objects.select_related("recipient", "organisation").filter(pk=notification_id).first()
    if row is None or row.mailed_at is not None:
        return {"sent": False, "reason": "not_needed"}
    actor = participants.member_actor(user_id=row.recipient_id, organisation_id=row.organisation_id)
    if actor is None or not row.recipient.email or not _still_wanted(row):
        return {"sent": False, "reason": "not_wanted"}
    with translation.override(row.recipient.language or settings.LANGUAGE_CODE):
        (notice,) = render(actor, [row])
        if not notice.shown:
            return {"sent": False, "reason": "not_visible"}
        ending = gettext("You are told this as a member of %(organisation)s. Choose what you get by mail at %(url)s")
        url = settings.PUBLIC_URL + "/api/v1/notifications/preferences"
        message = EmailMessage(
            subject=" ".join(notice.title.split()),
            body="\n\n".join(
                [
                    notice.text,
                    settings.PUBLIC_URL + notice.link,
                    ending % {"organisation": row.organisation.name, "url": url},
                ]
            ),
            to=[row.recipient.email],
            headers={
                "Message-ID": f"<notification-{row.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>",
                "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies, please
            },
        )
    return _send(row, message)


def _still_wanted(row: Notification) -> bool:
    chosen = Preference.objects.filter(user=row.recipient_id, kind=row.kind, channel=Channel.MAIL).first()
    if chosen is not None:
        return chosen.wanted
    kind = registry.find(row.kind)
    return kind is not None and kind.by_mail


def _send(row: Notification, message: EmailMessage) -> dict[str, Any]:
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= REFUSED_FOR_GOOD for code, _text in error.recipients.values()):
            return {"sent": False, "reason": "refused"}
        raise Retryable("mail server: recipient refused for now") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Retryable(f"mail server: {type(error).__name__}") from error
    Notification.objects.filter(pk=row.pk).update(mailed_at=timezone.now())
    return {"sent": True}
