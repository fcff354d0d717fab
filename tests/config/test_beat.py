"""What beat sends while no worker runs must not pile up without end."""

from datetime import timedelta

from celery import current_app
from django.conf import settings
from kombu import Connection


def test_what_beat_sends_is_dropped_when_nobody_took_it_for_hours() -> None:
    queue = "tests.beat"
    name, entry = next(iter(settings.CELERY_BEAT_SCHEDULE.items()))
    current_app.send_task(entry["task"], queue=queue, **entry["options"])
    with Connection(settings.CELERY_BROKER_URL) as broker:
        message = broker.SimpleQueue(queue).get(timeout=5)
        message.ack()
    assert message.headers["task"] == entry["task"], name
    assert message.headers["expires"] is not None


def test_it_outlasts_a_long_queue_and_the_next_one() -> None:
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        lasts = timedelta(seconds=entry["options"]["expires"])
        assert timedelta(hours=1) < lasts <= timedelta(days=1), name
        assert lasts > timedelta(seconds=entry["schedule"]), name
