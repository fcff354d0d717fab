"""The addresses of the exchange."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.views import SpectacularSwaggerSplitView

from foundation.participants.admin_base import may_enter
from marketplace.api.views import failures, health, metrics, problem_types, schema

admin.site.site_header = _("Data Exchange")
admin.site.site_title = _("Data Exchange")
admin.site.index_title = _("Administration")
admin.site.has_permission = may_enter  # type: ignore[method-assign]
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

docs_page = SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api/swagger.html")

urlpatterns = [
    path("accounts/", include("foundation.participants.signin.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("marketplace.api.urls")),
    path("api/v1/schema", schema.Document.as_view(), name="schema"),
    path("api/docs", docs_page, name="docs"),
    path("api/problems/<slug:code>", problem_types.explain, name="problem"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
handler400 = failures.bad_request
handler404 = failures.not_found
handler500 = failures.failed
