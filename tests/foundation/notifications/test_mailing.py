"""Mails: whose language, what they say, when they are sent again, and when not."""

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation

from foundation.jobs.services import Retryable
from foundation.notifications import rendering, services
from foundation.notifications.models import Notification
from foundation.notifications.services import mailing
from foundation.notifications.services.reading import Choice
from foundation.participants.models import Membership, Organisation, User
from tests.factories import World
from tests.foundation.notifications.conftest import KIND


@pytest.fixture
def row(world: World) -> Notification:
    User.objects.filter(pk=world.provider.user.pk).update(email="one@example.com")
    return Notification.objects.create(
        recipient=world.provider.user,
        organisation=world.provider.organisation,
        kind=KIND,
        subject_id=world.provider.organisation_id,
    )


def send(row: Notification) -> dict[str, Any]:
    return services.mail_notification(notification_id=row.pk)


def test_a_mail_says_what_happened_and_where_to_look(row: Notification, settings: Any) -> None:
    settings.PUBLIC_URL = "https://exchange.example"
    assert send(row) == {"sent": True}
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["one@example.com"], "Dalian Data Company is verified")
    assert f"https://exchange.example/api/v1/organisations/{row.subject_id}" in message.body
    assert message.extra_headers["Message-ID"] == f"<notification-{row.pk}@exchange.example>"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    row.refresh_from_db()
    assert row.mailed_at is not None


def test_a_mail_is_sent_once(row: Notification) -> None:
    assert [send(row), send(row)] == [{"sent": True}, {"sent": False, "reason": "not_needed"}]
    assert len(mail.outbox) == 1


def test_a_mail_speaks_its_readers_language(row: Notification, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue of the language is asked for, whatever the worker's own language is."""
    User.objects.update(language="zh-hans")
    spoken: list[str] = []
    actual = rendering.render

    def heard(*arguments: Any) -> Any:
        spoken.append(str(translation.get_language()))
        return actual(*arguments)

    monkeypatch.setattr(mailing, "render", heard)
    send(row)
    User.objects.update(language="")
    Notification.objects.update(mailed_at=None)
    send(row)
    assert spoken == ["zh-hans", "en"]
    assert translation.get_language() == "en"


def test_a_title_with_line_breaks_is_one_header(row: Notification) -> None:
    Organisation.objects.filter(pk=row.organisation_id).update(name="A\r\nBcc: everybody@example.com")
    assert send(row) == {"sent": True}
    assert mail.outbox[0].subject == "A Bcc: everybody@example.com is verified"
    assert mail.outbox[0].recipients() == ["one@example.com"]


def test_who_no_longer_wants_or_may_is_not_written_to(row: Notification, world: World) -> None:
    services.set_preferences(actor=world.provider.actor, choices=[Choice(KIND, "mail", wanted=False)])
    assert send(row) == {"sent": False, "reason": "not_wanted"}
    services.set_preferences(actor=world.provider.actor, choices=[Choice(KIND, "mail", wanted=True)])
    hidden = world.organisation("Hidden", "buyer", verified=False)
    Notification.objects.update(subject_id=hidden.organisation_id)
    assert send(row) == {"sent": False, "reason": "not_visible"}
    Membership.objects.filter(user=row.recipient_id).update(state="ended", ended_at=timezone.now())
    assert send(row) == {"sent": False, "reason": "not_wanted"}
    assert services.mail_notification(notification_id=row.pk + 1) == {"sent": False, "reason": "not_needed"}
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (
            smtplib.SMTPRecipientsRefused({"one@example.com": (550, b"no such box")}),
            {"sent": False, "reason": "refused"},
        ),
        (smtplib.SMTPRecipientsRefused({"one@example.com": (450, b"later")}), None),
        (smtplib.SMTPServerDisconnected("gone"), None),
        (ConnectionRefusedError("nobody there"), None),
        (TimeoutError("slow"), None),
    ],
)
def test_what_the_server_says_decides_on_another_attempt(
    row: Notification, monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: dict[str, Any] | None
) -> None:
    def refuse(*_arguments: Any, **_names: Any) -> None:
        raise error

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    if outcome is None:
        with pytest.raises(Retryable) as caught:
            send(row)
        assert "one@example.com" not in str(caught.value)
    else:
        assert send(row) == outcome
    row.refresh_from_db()
    assert row.mailed_at is None
