"""Addresses of the REST API, version 1: one list a room."""

from django.urls import URLPattern

from marketplace.api.views import catalog, jobs, participants, uploads

urlpatterns: list[URLPattern] = [
    *participants.urls,
    *catalog.urls,
    *uploads.urls,
    *jobs.urls,
]
