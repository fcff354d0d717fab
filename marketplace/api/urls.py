"""Addresses of the REST API, version 1: one list a room."""

from django.urls import URLPattern

from marketplace.api.views import jobs, participants

urlpatterns: list[URLPattern] = [
    *participants.urls,
    *jobs.urls,
]
