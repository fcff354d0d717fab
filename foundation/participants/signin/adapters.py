"""What this exchange asks of django-allauth: no self sign-up, the address we believe, secrets encrypted at rest."""

import base64
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from foundation.actors import ANONYMOUS
from foundation.audit import services as audit
from foundation.participants import selectors, sessions
from foundation.participants.addresses import client_address
from foundation.participants.models import User

_RECORDED: Final = {
    "account/email/password_changed": "person.password_changed",
    "account/email/password_set": "person.password_changed",
    "account/email/password_reset": "person.password_reset",
    "account/email/email_changed": "person.email_changed",
    "account/email/email_deleted": "person.email_removed",
    "mfa/email/totp_activated": "second_factor.added",
    "mfa/email/totp_deactivated": "second_factor.removed",
    "mfa/email/webauthn_added": "second_factor.added",
    "mfa/email/webauthn_removed": "second_factor.removed",
    "mfa/email/recovery_codes_generated": "second_factor.codes_made",
}
"""What django-allauth notifies a person of → what the audit log calls it."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from registrations and invitations."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits and sessions are kept by; the unspecified one where there is none."""
        return client_address(request) or "::"

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Note in the audit log that a session has begun."""
        if isinstance(user, User):
            actor = selectors.actor_for_user(user) or ANONYMOUS
            with transaction.atomic():
                audit.record(actor=actor, action="session.begun", subject=("user", user.pk))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Note in the audit log how the account can be entered from now on; then notify as settings say.

        With a new second factor the person's other sessions end: they were begun without it.
        """
        action = _RECORDED.get(template_prefix)
        if action is not None and isinstance(user, User):
            signed_in = self.request is not None and self.request.user.is_authenticated
            actor = (selectors.actor_for_user(user) if signed_in else None) or ANONYMOUS
            with transaction.atomic():
                audit.record(actor=actor, action=action, subject=("user", user.pk))
                if action == "second_factor.added":
                    sessions.end_all(user.pk, but=self.request.session.session_key if signed_in else None)
        super().send_notification_mail(template_prefix, user, context, email)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail: to settings.PUBLIC_URL, never to what a request says in `Host`."""
        return f"{settings.PUBLIC_URL}{reverse('account_reset_password_from_key', kwargs=_parts(key))}"


def _parts(key: str) -> dict[str, str]:
    uidb36, _dash, secret = key.partition("-")
    return {"uidb36": uidb36, "key": secret}


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds of one-time codes and recovery codes are stored encrypted under settings.ACCOUNT_KEYS, newest first."""

    def encrypt(self, text: str) -> str:
        """As it is stored."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """As it is used; cryptography.fernet.InvalidToken for what no key of ours encrypted."""
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    keys = settings.ACCOUNT_KEYS
    return MultiFernet([Fernet(_derived(keys[version])) for version in sorted(keys, reverse=True)])


def _derived(secret: str) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"foundation.participants.second_factor")
    return base64.urlsafe_b64encode(kdf.derive(secret.encode()))
