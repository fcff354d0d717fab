"""One-time codes, recovery codes and passkeys, as they are checked: what fails is recorded and counts for the lockout.

A password that was guessed must not leave the code to be guessed at leisure, so both draw on the same five attempts.
django-allauth's own limit, an account's from all addresses, stays in force beside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.actors import ANONYMOUS
from foundation.audit import services as audit
from foundation.participants.models import User
from foundation.participants.signin import lockout

WRONG: Final = "incorrect_code"
"""django-allauth's code of an answer that is wrong; that of too many answers says nothing about this one."""


@contextmanager
def _attempt(user: User, method: str) -> Iterator[None]:
    """Check a factor of this person within: refused while locked out; a wrong one is recorded and counted."""
    request = context.request
    if lockout.refuse_locked(request, user):
        raise ValidationError("")  # not shown: the page of the lockout takes the answer's place
    try:
        yield
    except ValidationError as error:
        if getattr(error, "code", None) == WRONG:
            data = {"method": method, "signed_in": request.user.is_authenticated}
            with transaction.atomic():
                audit.record(actor=ANONYMOUS, action="second_factor.failed", subject=("user", user.pk), data=data)
            lockout.count_failure(request, user)
        raise


class SignInCode(AuthenticateForm):  # type: ignore[misc]
    """A one-time or recovery code after the password."""

    def clean_code(self) -> str:
        """The code, when it is right."""
        with _attempt(self.user, "code"):
            return str(super().clean_code())


class ConfirmingCode(ReauthenticateForm):  # type: ignore[misc]
    """A code of somebody signed in, before a sensitive page."""

    def clean_code(self) -> str:
        """The code, when it is right."""
        with _attempt(self.user, "code"):
            return str(super().clean_code())


class SignInPasskey(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""

    def clean_credential(self) -> Authenticator:
        """Whose key has signed the challenge."""
        with _attempt(self.user, "passkey"):
            return super().clean_credential()


class ConfirmingPasskey(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey of somebody signed in, before a sensitive page."""

    def clean_credential(self) -> Authenticator:
        """Whose key has signed the challenge."""
        with _attempt(self.user, "passkey"):
            return super().clean_credential()


class PasskeyAlone(LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey in place of a password. It says itself whose it is; who is nobody's counts for nobody.

    Naming somebody else locks that account for the sender's own address alone, as a wrong password does.
    """

    def clean_credential(self) -> Authenticator:
        """Whose key has signed the challenge."""
        said = self.cleaned_data["credential"]
        webauthn.parse_authentication_response(said)
        with _attempt(webauthn.extract_user_from_response(said), "passkey"):
            return super().clean_credential()
