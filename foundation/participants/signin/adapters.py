"""What this exchange asks of django-allauth: no self sign-up, the address we believe, secrets encrypted at rest."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from foundation.actors import ANONYMOUS
from foundation.audit import services as audit
from foundation.participants import selectors
from foundation.participants.addresses import client_address
from foundation.participants.models import User


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
