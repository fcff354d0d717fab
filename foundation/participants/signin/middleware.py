"""What every request of a signed-in session passes: the person's language, and the demand for a second factor."""

from collections.abc import Callable
from typing import Final

from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.errors import Forbidden
from foundation.participants import selectors
from foundation.participants.models import MemberRole, User

Next = Callable[[HttpRequest], HttpResponse]
OPEN: Final = ("/accounts/", "/static/", "/i18n/", "/healthz", "/readyz")
"""What a person without a second factor may still reach: the pages where one is set up."""
SENSITIVE: Final = frozenset({MemberRole.ADMINISTRATOR, MemberRole.REVIEWER, MemberRole.APPROVER})


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
    """Where settings.MFA_REQUIRED, administrators, reviewers and approvers get no further without a second factor."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to where a second factor is set up; a problem document below /api/."""
        if not missing(request):
            return self.get_response(request)
        error = Forbidden(
            _("Set up a second factor first: your role at the exchange demands one."),
            rule="participants.second_factor",
        )
        if request.path.startswith("/api/"):
            body = {
                "type": f"/api/problems/{error.code}",
                "title": gettext(error.title),
                "status": 403,
                "detail": gettext(error.message),
                "rule": error.rule,
            }
            return JsonResponse(body, status=403, content_type="application/problem+json")
        messages.warning(request, gettext(error.message))
        return HttpResponseRedirect(reverse("mfa_index"))


def missing(request: HttpRequest) -> bool:
    """Whether this session's person needs a second factor and has none."""
    user = request.user
    if not settings.MFA_REQUIRED or not isinstance(user, User) or request.path.startswith(OPEN):
        return False
    if request.META.get("HTTP_AUTHORIZATION", "").startswith("Bearer "):  # the key counts, not the session
        return False
    actor = selectors.actor_for_user(user)
    if actor is None or actor.member_roles.isdisjoint(SENSITIVE):
        return False
    return not get_adapter().is_mfa_enabled(user)
