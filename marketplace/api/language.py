"""In which language an answer speaks."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from marketplace.api.authentication import ApiKeyAuthentication


def speak_for(request: HttpRequest, user: Any, authenticator: Any) -> None:
    """Choose the language of this request once it is known who asks.

    A program that says `Accept-Language` means it. A browser always says it, so there the person's own setting counts;
    for a program that says nothing the setting counts too. Without any of them it is as LocaleMiddleware chose.
    """
    own = getattr(user, "language", "")
    if not own or own not in dict(settings.LANGUAGES):
        return
    if isinstance(authenticator, ApiKeyAuthentication) and request.headers.get("Accept-Language"):
        return
    translation.activate(own)
    request.LANGUAGE_CODE = translation.get_language()
