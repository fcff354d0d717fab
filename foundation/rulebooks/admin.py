"""Rules in the admin: written, compared, proposed by one person, released by another."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError, InvalidInput, NotFound
from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor
from foundation.rulebooks import registry, selectors, services
from foundation.rulebooks.admin_page import ReleaseForm, TextForm, page
from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import RulebookVersion
from foundation.wording import sentences

TEMPLATES: Final = "admin/rulebooks/rulebookversion"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise Http404
    return int(text)


def _instant(posted: Mapping[str, str]) -> dict[str, Any]:
    form = ReleaseForm(posted)
    if not form.is_valid():
        raise InvalidInput.of("/valid_from", gettext_noop("Give a date and a time, or nothing for now."))
    return {"against": _number(posted.get("against", "")), "valid_from": form.cleaned_data["valid_from"]}


def _reason(posted: Mapping[str, str]) -> dict[str, Any]:
    return {"reason": posted.get("reason", "")}


def _nothing(_posted: Mapping[str, str]) -> dict[str, Any]:
    return {}


BUTTONS: Final[dict[str, tuple[Callable[..., RulebookVersion], Callable[[Mapping[str, str]], dict[str, Any]], Any]]] = {
    "propose": (services.propose_version, _nothing, _("The version is proposed; what it would change is computed.")),
    "return": (services.return_version, _reason, _("The version is a draft again.")),
    "release": (services.release_version, _instant, _("The version is released.")),
    "withdraw": (services.withdraw_version, _reason, _("The version is withdrawn.")),
}
"""Button → its service, how its form is read, and what is said when it is done."""


@admin.register(RulebookVersion)
class RulebookVersionAdmin(ReadOnlyAdmin):
    """Versions of rules, newest first; new ones are written from the list."""

    change_list_template = f"{TEMPLATES}/change_list.html"
    list_display = ["id", "rulebook", "number", "label", "state", "valid_from", "valid_to", "author", "releaser"]
    list_filter = ["state", "rulebook__kind"]
    list_select_related = ["rulebook", "author", "releaser"]
    search_fields = ["=id", "=label", "=sha256"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RulebookVersion]:
        """All versions; the list needs no long texts."""
        return super().get_queryset(request).defer("content", "data", "what_if")

    def get_urls(self) -> list[URLPattern]:
        """The pages that write, and the buttons, before the admin's own."""
        view = self.admin_site.admin_view
        return [
            path("write/<slug:kind>/", view(self.write), name="rulebooks_write"),
            path("<int:version_id>/revise/", view(self.revise), name="rulebooks_revise"),
            path("<int:version_id>/actions/<slug:event>", view(self.press), name="rulebooks_action"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with what is in force of each kind and a button that writes another."""
        kinds = [
            {"found": found, "title": gettext(kind.title), "code": found.content.code if kind.by_code else ""}
            for found in selectors.everything()
            for kind in [registry.kind(found.kind)]
        ]
        return super().changelist_view(request, {**(extra_context or {}), "kinds": kinds})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one version; `?against=3` compares it with version 3."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        row = self._seen(request, _number(object_id))
        against = request.GET.get("against")
        try:
            found = page(row, admin_actor(request), against=None if against is None else _number(against))
        except NotFound as error:
            raise Http404 from error
        return self._answer(request, "version.html", f"{found['kind']} #{row.number}", found)

    def write(self, request: HttpRequest, kind: str) -> HttpResponse:
        """A new version, beginning with the text in force (of a `?code=`), or with that of `?from=` a version's id."""
        self._require_view(request)
        try:
            title = gettext(registry.kind(kind).title)
        except NotFound as error:
            raise Http404 from error
        if request.method == "POST":
            return self._write(request, title, services.draft_version, kind=kind)
        origin = request.GET.get("from")
        try:
            found = in_force(kind, scope=request.GET.get("code", "")) if origin is None else None
        except NotFound as error:
            raise Http404 from error
        text = self._seen(request, _number(origin or "")).content if found is None else found.content.text
        return self._form(request, title, TextForm(initial={"content": text}))

    def revise(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Another text for a draft; the form carries the hash of the text that it began with."""
        row = self._seen(request, version_id)
        title = f"{gettext(registry.kind(row.rulebook.kind).title)} #{row.number}"
        if request.method == "POST":
            seen = request.POST.get("seen", "")
            return self._write(request, title, services.revise_draft, version_id=version_id, seen_sha256=seen)
        return self._form(request, title, TextForm(initial={"content": row.content, "note": row.note}), row.sha256)

    def _write(
        self, request: HttpRequest, title: str, service: Callable[..., RulebookVersion], **named: Any
    ) -> HttpResponse:
        """Call the service with what was typed; what it refuses stays in the form, beside the reasons."""
        form = TextForm(request.POST)
        if form.is_valid():
            try:
                row = service(actor=admin_actor(request), **form.cleaned_data, **named)
            except DomainError as error:
                for line in sentences(error):
                    form.add_error("content", line)
            else:
                messages.success(request, gettext("The draft is kept."))
                return self._to(row.pk)
        return self._form(request, title, form, request.POST.get("seen", ""))

    def press(self, request: HttpRequest, version_id: int, event: str) -> HttpResponse:
        """A button was pressed: call its service, say what came of it."""
        if event not in BUTTONS:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._require_view(request)
        service, read, done = BUTTONS[event]
        try:
            service(actor=admin_actor(request), version_id=version_id, **read(request.POST))
        except NotFound as error:
            raise Http404 from error
        except DomainError as error:
            for line in sentences(error):
                messages.error(request, line)
        else:
            messages.success(request, done)
        return self._to(version_id)

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _seen(self, request: HttpRequest, version_id: int) -> RulebookVersion:
        self._require_view(request)
        try:
            return selectors.version(admin_actor(request), version_id)
        except NotFound as error:
            raise Http404 from error

    def _to(self, version_id: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:rulebooks_rulebookversion_change", args=[version_id]))

    def _form(self, request: HttpRequest, title: str, form: TextForm, seen: str = "") -> HttpResponse:
        return self._answer(request, "write.html", title, {"form": form, "seen": seen})

    def _answer(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, f"{TEMPLATES}/{template}", {**shared, **context})
