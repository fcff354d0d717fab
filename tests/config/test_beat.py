"""What beat sends has a queue and a worker of its own, and does not pile up without end while that one is away."""

from datetime import timedelta

from celery import current_app
from django.conf import settings
from kombu import Connection

from config.schedule import HOUSEKEEPING_QUEUE
from foundation.embedded.procfile import read_procfile

LINES = read_procfile((settings.BASE_DIR / "Procfile").read_text("utf-8"))


def test_what_beat_sends_is_dropped_when_nobody_took_it_for_hours() -> None:
    queue = "tests-of-beat"
    name, entry = next(iter(settings.CELERY_BEAT_SCHEDULE.items()))
    current_app.send_task(entry["task"], **{**entry["options"], "queue": queue})
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


def test_every_task_of_beat_goes_to_the_queue_that_one_line_alone_takes_from() -> None:
    queue = HOUSEKEEPING_QUEUE
    assert {entry["options"]["queue"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} == {queue}
    assert queue != current_app.conf.task_default_queue
    takers = [name for name, command in LINES.items() if f"--queues {queue} " in command]
    assert takers == ["housekeeping"]
    assert "--queues" not in LINES["worker"]  # the default queue alone
    assert "--pool threads --concurrency 4 " in LINES["housekeeping"]  # one long task holds up no other


def test_two_workers_on_one_machine_have_two_names() -> None:
    names = [command.split("--hostname ")[1].split()[0] for command in LINES.values() if " worker " in command]
    assert names == ["worker@%h", "housekeeping@%h"]
