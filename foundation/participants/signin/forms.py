"""Forms of the pages below /accounts/."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import LANGUAGES, User


class InvitationForm(forms.Form):
    """What an invited person chooses; the service checks the password as it does everywhere."""

    username = forms.RegexField(r"^[\w.@+-]+\Z", max_length=150, label=_("User name"))
    password = forms.CharField(
        max_length=128,
        strip=False,
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        max_length=128,
        strip=False,
        label=_("Password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any] | None:
        """Both passwords are the same."""
        data = super().clean()
        if data and data.get("password") != data.get("repeated"):
            self.add_error("repeated", _("The two passwords differ."))
        return data


class ElevationForm(forms.Form):
    """Why, and for how long."""

    reason = forms.CharField(min_length=8, max_length=500, label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    minutes = forms.IntegerField(min_value=1, max_value=settings.ELEVATION_MINUTES, initial=15, label=_("Minutes"))


class LanguageForm(forms.ModelForm[User]):
    """The language in which the exchange speaks to its person."""

    language = forms.ChoiceField(
        choices=[("", _("that of the browser")), *LANGUAGES], required=False, label=_("Language")
    )

    class Meta:
        model = User
        fields = ["language"]
