"""The pages that the `type` of a problem leads to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, override

from marketplace.api.problem_types import BY_CODE, ProblemType

LANGUAGES = ("en", "zh-hans")


def explain(request: HttpRequest, code: str) -> HttpResponse:
    """`/api/problems/{code}`: what the problem means and what to do, in both languages; public."""
    if code not in BY_CODE:
        raise Http404
    problem = BY_CODE[code]
    texts = [_in(language, problem) for language in LANGUAGES]
    return render(request, "api/problem.html", {"problem": problem, "texts": texts})


def _in(language: str, problem: ProblemType) -> dict[str, str]:
    with override(language):
        return {
            "language": language,
            "title": gettext(problem.title),
            "meaning": gettext(problem.meaning),
            "remedy_heading": gettext("What to do"),
            "remedy": gettext(problem.remedy),
        }
