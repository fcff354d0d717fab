"""Names of the choices in the OpenAPI document: several tables have a `state` or a `kind`, with a set of its own."""

from collections.abc import Mapping
from typing import Final

ENUM_NAMES: Final[Mapping[str, str]] = {
    "OrganisationState": "foundation.participants.models.OrganisationState",
    "OrganisationKind": "foundation.participants.models.OrganisationKind",
    "JobState": "foundation.jobs.models.State",
    "AssetState": "grading.models.AssetState",
    "GradeState": "grading.models.GradeState",
    "GradeAppealState": "grading.models.AppealState",
    "GradeCause": "grading.models.Cause",
    "Level": "grading.models.Level",
    "VersionState": "marketplace.catalog.models.VersionState",
    "ProvenanceStepKind": "marketplace.catalog.models.StepKind",
    "Sector": "marketplace.catalog.models.Sector",
    "Purpose": "marketplace.catalog.models.Purpose",
    "SupplyMode": "marketplace.catalog.models.SupplyMode",
    "RequestState": "marketplace.authorization.models.RequestState",
    "ApprovalStepState": "marketplace.authorization.models.StepState",
    "AllotmentState": "marketplace.authorization.models.AllotmentState",
    "GrantState": "marketplace.authorization.models.GrantState",
    "AuthorizationMode": "marketplace.authorization.models.Mode",
    "Form": "marketplace.authorization.models.Form",
    "DemandState": "marketplace.matching.models.DemandState",
    "MatchState": "marketplace.matching.models.MatchState",
    "RulebookVersionState": "foundation.rulebooks.models.VersionState",
    "DeliveryState": "marketplace.delivery.models.DeliveryState",
    "IncidentState": "marketplace.incidents.models.IncidentState",
    "IncidentKind": "marketplace.incidents.models.IncidentKind",
    "WebhookState": "foundation.notifications.models.EndpointState",
    "WebhookDeliveryState": "foundation.notifications.models.DeliveryState",
    "WebhookPauseReason": "foundation.notifications.models.PauseReason",
    "NotificationChannel": "foundation.notifications.models.Channel",
    "UploadState": "foundation.uploads.models.State",
}
