"""Taking an asset back: its results and its file go, what others point at stays."""

import pytest

from foundation.audit.models import Event
from foundation.errors import Conflict, Forbidden, NotFound
from foundation.vault.models import Blob
from grading import services
from grading.models import DataAsset, Grade, Profile
from tests import factories
from tests.factories import World
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def asset(world):
    party = world.provider
    asset = services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="hours.csv",
        chunks=[observations(3)],
        declared={},
    )
    factories.examined(asset)
    return asset


def test_the_owner_takes_an_asset_back(world, asset, django_capture_on_commit_callbacks):
    from foundation.vault import storage

    path = storage.blob_path(asset.blob.uid)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        services.discard_asset(actor=world.provider.actor, asset_id=asset.pk)
    assert not path.exists()
    assert [m.objects.count() for m in (DataAsset, Profile, Grade, Blob)] == [0, 0, 0, 0]
    assert Event.objects.get(action="data_asset.discarded").data == {"sha256": asset.sha256}


def test_an_asset_that_a_listing_holds_stays(world):
    version = factories.draft_listing(world)
    distribution = factories.add_file(world.provider, version)
    factories.examined(distribution.asset)
    with pytest.raises(Conflict):
        services.discard_asset(actor=world.provider.actor, asset_id=distribution.asset_id)
    assert DataAsset.objects.count() == Grade.objects.count() == Blob.objects.count() == 1
    assert not Event.objects.filter(action="data_asset.discarded").exists()


def test_nobody_else_takes_it_away(world, asset):
    for party, refusal in (
        (world.other_provider, NotFound),
        (world.reviewer, Forbidden),
        (world.colleague(world.provider, "auditor"), Forbidden),
    ):
        with pytest.raises(refusal):
            services.discard_asset(actor=party.actor, asset_id=asset.pk)
    assert DataAsset.objects.filter(pk=asset.pk).exists()
