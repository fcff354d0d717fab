"""Pages of one's own account: home, language, invitation, elevation. Signing in itself is django-allauth's."""

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from foundation import wording
from foundation.actors import ANONYMOUS, Actor
from foundation.errors import DomainError, Forbidden, Gone, InvalidInput
from foundation.participants import selectors, services, sessions
from foundation.participants.models import MemberRole, User
from foundation.participants.signin.forms import ElevationForm, InvitationForm, LanguageForm


@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What belongs to the account."""
    user = cast("User", request.user)
    memberships = list(selectors.memberships_of(user))
    for membership in memberships:
        membership.role_names = _named(membership.roles)  # type: ignore[attr-defined]
    context = {"memberships": memberships, "language_form": LanguageForm(instance=user)}
    return render(request, "account/home.html", context)


@login_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose one's language."""
    try:
        actor = _person(cast("User", request.user))
        services.choose_language(actor=actor, language=request.POST.get("language", ""))
    except DomainError as error:
        messages.error(request, _said(error))
    return redirect("account_home")


@sensitive_post_parameters("password", "repeated")
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join an organisation, with the account one is signed in to or with a new one."""
    user = request.user if isinstance(request.user, User) else None
    form = InvitationForm(request.POST if request.method == "POST" and user is None else None)
    try:
        found = selectors.invitation(token)
        if request.method == "POST" and (user is not None or form.is_valid()):
            joining = None if user is not None else _joining(form.cleaned_data)
            actor = ANONYMOUS if user is None else _person(user)
            services.accept_invitation(actor=actor, token=token, joining=joining, user=user)
            messages.success(request, gettext("Welcome. Sign in with what you have chosen."))
            return redirect("account_home")
    except InvalidInput as error:
        for field in error.fields:
            form.add_error(_place(form, field.pointer), wording.said(field.message, field.params))
    except DomainError as error:
        return _refused(request, error)
    context = {"invitation": found, "form": form, "role_names": _named(found.roles)}
    answer = render(request, "account/invitation.html", context)
    answer["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return answer


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@never_cache
@require_http_methods(["GET", "POST"])
def elevation(request: HttpRequest) -> HttpResponse:
    """Begin or end an elevation of this session; who it is has just been made sure of."""
    actor = selectors.actor_for_user(cast("User", request.user))
    if actor is None or not sessions.needs_elevation(actor):
        return _refused(request, Forbidden(rule="participants.exchange_only"))
    form = ElevationForm(request.POST if request.method == "POST" and "end" not in request.POST else None)
    try:
        if request.method == "POST" and (number := request.POST.get("end", "")).isdecimal():
            services.end_elevation(actor=actor, elevation_id=int(number[:18]))
            return redirect("account_elevation")
        if form.is_valid():
            digest = sessions.digest_of(request)
            said: dict[str, Any] = form.cleaned_data
            services.begin_elevation(actor=actor, session_digest=digest, **said)
            return redirect("admin:index")
    except InvalidInput as error:
        for field in error.fields:
            form.add_error(_place(form, field.pointer), wording.said(field.message, field.params))
    except DomainError as error:
        messages.error(request, _said(error))
    context = {"form": form, "active": sessions.elevation_of(request)}
    return render(request, "account/elevation.html", context)


def _joining(chosen: dict[str, Any]) -> services.Joining:
    return services.Joining(username=chosen["username"], password=chosen["password"], key=False)


def _person(user: User) -> Actor:
    """The actor of a person, of one without a membership too."""
    found = selectors.actor_for_user(user)
    return found or Actor(kind="member", label=user.get_username(), user_id=user.pk)


def _named(roles: list[str]) -> str:
    return ", ".join(str(MemberRole(role).label) for role in roles)


def _place(form: Any, pointer: str) -> str | None:
    name = pointer.rpartition("/")[2]
    return name if name in form.fields else None


def _said(error: DomainError) -> str:
    return str(wording.detail(error))


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    status = 403 if isinstance(error, Forbidden) else 410 if isinstance(error, Gone) else 404
    return render(request, "account/refused.html", {"said": _said(error)}, status=status)
