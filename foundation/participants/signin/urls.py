"""Addresses below /accounts/."""

from django.urls import include, path

from foundation.participants.signin import views

urlpatterns = [
    path("", views.home, name="account_home"),
    path("language/", views.language, name="account_language"),
    path("invitation/<str:token>/", views.invitation, name="account_invitation"),
    path("elevation/", views.elevation, name="account_elevation"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
