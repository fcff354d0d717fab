"""What masking is told of the columns of a file."""

from grading.models import Profile, SensitivityFinding
from marketplace.delivery import selectors
from tests.factories import World, published_listing


def test_every_column_has_its_type_and_nested_ones_are_never_clean(world: World) -> None:
    asset = published_listing(world).distributions.get().asset
    profile = Profile.objects.get(asset=asset)
    kinds = {"n": "integer", "who": "structure", "姓名": "text", "kin": "structure"}
    profile.data = {"columns": [{"name": name, "inferred_type": kind} for name, kind in kinds.items()]}
    profile.save()
    for column, sensitive_type in (("姓名", "person_name"), ("kin", "mobile_phone")):
        SensitivityFinding.objects.create(
            profile=profile,
            asset=asset,
            engine_version="tests",
            column=column,
            sensitive_type=sensitive_type,
            personal=True,
            sensitive_personal=False,
            confidence=0.9,
            evidence={},
        )
    assert selectors.assessed_columns(asset.pk) == {
        "n": None,
        "who": selectors.NESTED,
        "姓名": "person_name",
        "kin": "mobile_phone",
    }
    assert selectors.assessed_columns(0) == {}
