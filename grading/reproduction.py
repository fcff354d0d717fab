"""Computing a stored assessment again from what is stored: measures, declaration, day, and the version of the rules."""

from django.utils.translation import gettext_noop as _

from foundation.errors import Conflict
from foundation.rulebooks import registry
from foundation.rulebooks.in_force import shipped
from foundation.rulebooks.models import RulebookVersion
from grading.engine.quality import Assessment, QualityProfile
from grading.models import QualityAssessment
from grading.rulebook import QUALITY, reassessed


def rules_behind(row: QualityAssessment) -> QualityProfile:
    """The quality profile that an assessment was made by, known by its text's SHA-256.

    A released version, in force or not any more, or the file that is shipped with this version. Conflict where neither
    has that text: the file of another version of the product.
    """
    wanted = row.inputs.get("rulebooks", {}).get(QUALITY, {}).get("sha256", "")
    texts = [shipped(QUALITY).content.text] if shipped(QUALITY).content.sha256 == wanted else []
    released = RulebookVersion.objects.filter(rulebook__kind=QUALITY, sha256=wanted)
    for text in texts or released.values_list("content", flat=True)[:1]:
        rules: QualityProfile = registry.checked(registry.kind(QUALITY), text)[1]
        return rules
    raise Conflict(
        _("The rules of this assessment (%(code)s %(version)s) are those of another version of the product."),
        code=row.rules_code,
        version=row.rules_version,
    )


def reproduced(row: QualityAssessment) -> Assessment:
    """What an assessment (of `rulebook.assessments`) says, computed anew; equal to what is stored in `row.data`.

    By the engine that is here: `row.engine_version` is the one that it was computed by. Conflict as `rules_behind`; one
    of UNDECIDABLE where it is stored in a form of before.
    """
    return reassessed(row, rules_behind(row))
