"""Addresses of the REST API, version 1: one list a room."""

from django.urls import URLPattern

from marketplace.api.views import (
    accreditations,
    audit,
    authorization,
    catalog,
    delivery,
    grading,
    invitations,
    jobs,
    keys,
    matching,
    members,
    notifications,
    participants,
    quality,
    resumable,
    reviews,
    rulebooks,
    schemes,
    uploads,
    webhooks,
)

urlpatterns: list[URLPattern] = [
    *participants.urls,
    *members.urls,
    *accreditations.urls,
    *invitations.urls,
    *keys.urls,
    *catalog.urls,
    *uploads.urls,
    *resumable.urls,
    *quality.urls,
    *grading.urls,
    *reviews.urls,
    *matching.urls,
    *authorization.urls,
    *delivery.urls,
    *rulebooks.urls,
    *schemes.urls,
    *audit.urls,
    *jobs.urls,
    *notifications.urls,
    *webhooks.urls,
]
