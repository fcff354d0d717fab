"""What every request of a signed-in session passes: the person's language, and the demand for a second factor."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from foundation.errors import Forbidden
from foundation.participants import sessions
from foundation.participants.models import User

Next = Callable[[HttpRequest], HttpResponse]
OPEN: Final = ("/accounts/", "/api/", "/static/", "/i18n/", "/healthz", "/readyz")
"""What a person without a second factor may still reach: the pages where one is set up, and what asks by itself."""


class LanguageOfThePerson:
    """The language that a signed-in person has chosen comes before that of the browser."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language."""
        user = request.user
        if isinstance(user, User) and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        return self.get_response(request)


class SecondFactor:
    """Where settings.MFA_REQUIRED, administrators, reviewers and approvers get no further without a second factor.

    Below /api/ keys count as well as sessions: there the REST API's session authentication asks the same.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to where a second factor is set up."""
        user = request.user
        if isinstance(user, User) and not request.path.startswith(OPEN):
            try:
                sessions.require_second_factor(user)
            except Forbidden as error:
                messages.warning(request, gettext(error.message))
                return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)
