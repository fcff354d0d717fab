"""Headers of every answer that Django's own middlewares do not set; the Content-Security-Policy is django-csp's."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

_NOTHING: Final = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "gamepad",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
_OWN: Final = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
"""Copying a key that is shown once, and passkeys."""

HEADERS: Final = {
    "Permissions-Policy": ", ".join([*(f"{name}=()" for name in _NOTHING), *(f"{name}=(self)" for name in _OWN)]),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class SecurityHeaders:
    """Adds HEADERS where the view has not said otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
