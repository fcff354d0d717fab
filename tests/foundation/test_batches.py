"""Each row that beat finds is done once, by identifier, a transaction a batch."""

import pytest

from foundation import batches
from foundation.batches import each_held
from foundation.participants.models import Organisation

pytestmark = pytest.mark.django_db

FIVE = ("a", "b", "c", "d", "e")


@pytest.fixture(autouse=True)
def five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    for name in FIVE:
        Organisation.objects.create(name=name, kind="enterprise", region="210200")


def waiting() -> list[str]:
    return list(Organisation.objects.filter(name__in=FIVE).order_by("pk").values_list("name", flat=True))


def done(row: Organisation) -> None:
    row.name = f"{row.name} is done"
    row.save(update_fields=["name"])


def test_all_are_done_once_in_the_order_of_their_numbers() -> None:
    seen: list[str] = []

    def act(row: Organisation) -> None:
        seen.append(row.name)
        done(row)

    assert each_held(Organisation.objects.filter(name__in=FIVE), act) == 5
    assert (tuple(seen), waiting()) == (FIVE, [])
    assert each_held(Organisation.objects.filter(name__in=FIVE), act) == 0
    assert len(seen) == 5


def test_what_fails_takes_its_batch_back_and_leaves_the_one_before() -> None:
    def act(row: Organisation) -> None:
        if row.name == "d":
            raise RuntimeError
        done(row)

    with pytest.raises(RuntimeError):
        each_held(Organisation.objects.filter(name__in=FIVE), act)
    assert waiting() == ["c", "d", "e"]
