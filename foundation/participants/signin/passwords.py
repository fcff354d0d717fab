"""New passwords: one that is reset ends every other access of its person, one that is changed does so when asked."""

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm
from allauth.core import context
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.actors import ANONYMOUS
from foundation.participants import selectors, services


class ResetPassword(ResetPasswordKeyForm):  # type: ignore[misc]
    """A password chosen with the secret of a mail. Nobody has signed in: the log names nobody."""

    def save(self) -> None:
        """Store it; sessions and API keys end with the old one, in one transaction."""
        with transaction.atomic():
            super().save()
            services.end_access(actor=ANONYMOUS, user_id=self.user.pk, because=services.RESET)


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """A password changed by who knows the old one."""

    end_access = forms.BooleanField(
        required=False,
        label=_("Revoke my API keys as well"),
        help_text=_("Choose this where somebody else may know the old password. Your other sessions end in any case."),
    )

    def save(self) -> None:
        """Store it, and revoke the person's API keys where that was chosen, in one transaction."""
        with transaction.atomic():
            super().save()
            if self.cleaned_data["end_access"]:
                services.end_access(
                    actor=selectors.actor_for_user(self.user) or ANONYMOUS,
                    user_id=self.user.pk,
                    because=services.CHANGED,
                    but_session=context.request.session.session_key,
                )
