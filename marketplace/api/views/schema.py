"""The OpenAPI document of the running exchange: public, made once a process."""

from functools import cache
from typing import Final

from django.http import HttpResponse
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from marketplace.api.base import View

RENDERERS: Final = {renderer.media_type: renderer for renderer in (OpenApiYamlRenderer, OpenApiJsonRenderer)}


@cache
def rendered(media_type: str) -> bytes:
    """The document in English, as `make openapi` writes it to docs/openapi.yaml."""
    with override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return bytes(RENDERERS[media_type]().render(document, renderer_context={}))


class Document(View):
    """`/schema`."""

    public = True
    authentication_classes = ()
    renderer_classes = list(RENDERERS.values())

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """The document, as YAML or JSON."""
        media_type = request.accepted_renderer.media_type
        return HttpResponse(rendered(media_type), content_type=f"{media_type}; charset=utf-8")
