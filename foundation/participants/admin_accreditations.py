"""Accreditations in the admin: claims that wait for the exchange, with buttons to confirm, refuse and revoke."""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.participants import accreditation_kinds, selectors, services, states
from foundation.participants.admin_buttons import Button, ButtonAdmin
from foundation.participants.models import Accreditation

ID: Final = "accreditation_id"


class KindFilter(admin.SimpleListFilter):
    """By kind, in words."""

    title = _("kind of accreditation")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds of today."""
        return [(code, accreditation_kinds.name_of(code)) for code in accreditation_kinds.known()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Those of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class AccreditationAdmin(ButtonAdmin):
    """Accreditations of organisations and people; those claimed wait for a decision."""

    machine = states.ACCREDITATION
    buttons = {
        "confirm": Button(_("Confirm"), services.confirm_accreditation, ID, takes_reason=False),
        "refuse": Button(_("Refuse"), services.refuse_accreditation, ID),
        "revoke": Button(_("Revoke"), services.revoke_accreditation, ID),
    }
    list_display = ["kind_name", "holder", "level_name", "valid_from", "valid_until", "state", "claimed_at"]
    list_filter = ["state", KindFilter, "valid_until"]
    list_select_related = ["organisation", "user"]
    search_fields = ["number", "organisation__name", "organisation__name_zh", "user__username"]
    fields = [
        "kind_name", "standard", "holder", "claimed_via", "claimed_by", "claimed_at", "level_name", "scope", "number",
        "issuer", "evidence", "valid_from", "valid_until", "state", "counts_today", "state_reason", "superseded_by",
        "decided_by", "decided_at", "ended_at", "others",
    ]  # fmt: skip
    readonly_fields = ["kind_name", "standard", "holder", "level_name", "counts_today", "others"]

    @admin.display(description=_("kind of accreditation"), ordering="kind")
    def kind_name(self, row: Accreditation) -> str:
        """What it is."""
        return accreditation_kinds.name_of(row.kind)

    @admin.display(description=_("standard"))
    def standard(self, row: Accreditation) -> str:
        """What the kind rests on, with how certain that is."""
        kind = accreditation_kinds.known().get(row.kind)
        return f"{kind.standard} ({kind.certainty}): {kind.source}" if kind else "-"

    @admin.display(description=_("holder"))
    def holder(self, row: Accreditation) -> str:
        """The organisation or the person."""
        return str(row.organisation or row.user)

    @admin.display(description=_("level"), ordering="level")
    def level_name(self, row: Accreditation) -> str:
        """The level in words."""
        return accreditation_kinds.level_name(row.kind, row.level) or "-"

    @admin.display(description=_("counts today"), boolean=True)
    def counts_today(self, row: Accreditation) -> bool:
        """Whether a cap that asks today is answered with it."""
        return selectors.counts(row, on=timezone.localdate())

    @admin.display(description=_("others of this kind"))
    def others(self, row: Accreditation) -> str:
        """The holder's other certificates of the kind: what a confirmation would supersede is among them."""
        rows = Accreditation.objects.filter(kind=row.kind, organisation=row.organisation_id, user=row.user_id)
        said = [
            f"{other.pk}: {accreditation_kinds.level_name(other.kind, other.level) or '-'}, "
            f"{other.valid_from} – {other.valid_until}, {other.get_state_display()}"
            for other in rows.exclude(pk=row.pk)[:10]
        ]
        return "; ".join(said) or "-"
