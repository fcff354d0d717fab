"""Pages of the admin whose buttons call services: one where the row's machine allows its event, by POST alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from foundation.errors import DomainError, NotFound
from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor
from foundation.state_machine import Machine
from foundation.wording import sentences


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a row's page: shown where the machine allows its event; `argument` names the service's id."""

    label: Any
    service: Callable[..., Any]
    argument: str
    takes_reason: bool = True
    needs_reason: bool = True


class ButtonAdmin(ReadOnlyAdmin):
    """Read-only pages whose buttons call services; the services decide who may press them."""

    change_form_template = "admin/buttons.html"
    machine: ClassVar[Machine]
    buttons: ClassVar[Mapping[str, Button]]

    def get_urls(self) -> list[URLPattern]:
        """The buttons' address before the admin's own."""
        address = "<int:pk>/actions/<slug:event>"
        pressed = path(address, self.admin_site.admin_view(self.press), name=f"{self._name}_action")
        return [pressed, *super().get_urls()]

    @property
    def _name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one row, with the buttons that its state allows."""
        row = self.get_object(request, object_id)
        shown = [
            {
                "label": button.label,
                "takes_reason": button.takes_reason,
                "needs_reason": button.needs_reason,
                "url": reverse(f"admin:{self._name}_action", args=[row.pk, event]),
            }
            for event, button in self.buttons.items()
            if row is not None and self.machine.allows(event, row.state)
        ]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "buttons": shown})

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """What else of the form the services are called with."""
        return {}

    def press(self, request: HttpRequest, pk: int, event: str) -> HttpResponse:
        """A button was pressed: call its service, say what came of it."""
        button = self.buttons.get(event)
        if button is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        reason = {"reason": request.POST.get("reason", "")} if button.takes_reason else {}
        try:
            button.service(actor=admin_actor(request), **{button.argument: pk}, **reason, **self.read(request))
        except NotFound as error:
            raise Http404 from error
        except DomainError as error:
            messages.error(request, " ".join(sentences(error)))
        else:
            messages.success(request, gettext("Done."))
        return HttpResponseRedirect(reverse(f"admin:{self._name}_change", args=[pk]))
