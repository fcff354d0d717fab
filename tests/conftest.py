"""What all tests share: a real database, a real broker, and one real Celery worker process for those that ask."""

import gc
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import hypothesis
import pytest
from celery import current_app
from celery.app.control import Inspect
from django.conf import settings
from django.db import transaction
from django.test import TransactionTestCase
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

from foundation import confined
from foundation.embedded.processes import tie_to_this_process
from foundation.jobs.models import Job
from tests import furnishing, unconfined
from tests.emptying import empty_tables
from tests.template import use_template, version_of_the_code

PROJECT = Path(__file__).resolve().parent.parent
LANE = os.environ.get("PYTEST_XDIST_WORKER", "")
_NUMBERS = itertools.count()
QUEUE, WORKER = "celery", f"tests{LANE}@localhost"

LONGEST = (
    "tests/chaos/",
    "tests/marketplace/api/test_contract.py",
    "tests/marketplace/api/test_matrix.py",
    "tests/grading/services/test_hostile_files.py",
    "tests/grading/engine/test_fuzz.py",
    "tests/foundation/test_embedded",
    "tests/e2e/",
    "tests/foundation/jobs/test_workers.py",
    "tests/grading/management/test_grade.py",
    "tests/grading/services/test_parts.py",
    "tests/marketplace/delivery/test_connections.py",
    "tests/foundation/backups/test_drill.py",
    "tests/marketplace/api/test_tus_client.py",
)
"""Begun first, so that no lane ends long after the others: a file is the work of one lane."""

# Timing is measured elsewhere: a busy machine is no reason for a test to fail. Each run draws other examples:
# many short runs come to as many as few long ones; who changes an engine asks for `--hypothesis-profile=thorough`.
for profile, examples in {"any-machine": 50, "thorough": 1000}.items():
    hypothesis.settings.register_profile(
        profile,
        hypothesis.settings(),
        deadline=None,
        max_examples=examples,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
hypothesis.settings.load_profile("any-machine")
settings.PASSWORD_HASHERS = ["tests.hashing.OneRound", *settings.PASSWORD_HASHERS]
os.environ["CELERY_SKIP_CHECKS"] = "1"  # Django's, of workers that tests start: these pages are checked often enough
TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]
os.environ["SEMANTIC_MODEL"] = settings.SEMANTIC_MODEL = "off"  # tests of the stage name a model of their own
settings.THROTTLES = {}  # no test is slowed down by accident; those of the limits set their own

if LANE:  # lanes run side by side: pytest-django gives each a database, this a database of the broker
    broker = urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{1 + int(LANE.removeprefix('gw'))}"))
    os.environ["REDIS_URL"] = settings.REDIS_URL = settings.CELERY_BROKER_URL = broker
    settings.CACHES["default"]["LOCATION"] = broker
    current_app.conf.update(broker_url=broker)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Contents of files are called by their parameter: each lane makes them anew, and gzip writes the time down."""
    if isinstance(val, bytes) and not (len(val) < 60 and val.isascii() and val.decode().isprintable()):
        return argname
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they come."""

    def rank(item: pytest.Item) -> int:
        return next((place for place, begins in enumerate(LONGEST) if item.nodeid.startswith(begins)), len(LONGEST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker,
) -> None:
    """Copied from one that is migrated, unless databases are to be kept, or made in another way."""
    option = request.config.getoption
    if option("reuse_db") or option("nomigrations"):
        return
    version = version_of_the_code()
    if option("create_db"):  # migrated in this run: for measuring what migrations reach
        version = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(uuid4())
    with django_db_blocker.unblock():
        use_template(version)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nearly all that importing and collecting make is kept: no search for garbage among it, until it is done."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays until the end: no later search for garbage goes through it again."""
    furnishing.take_note(session.items)
    gc.collect()
    gc.freeze()


def _scan_once(scan: Callable[[WhiteNoiseMiddleware], None]) -> Callable[[WhiteNoiseMiddleware], None]:
    """The static files of the installed applications, which every client of a test would look for on the disk anew."""
    found: dict[str, object] = {}

    def add_files(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            scan(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    return add_files


WhiteNoiseMiddleware.add_files_from_finders = _scan_once(WhiteNoiseMiddleware.add_files_from_finders)


@pytest.fixture(scope="session", autouse=True)
def _files_are_read_here() -> Iterator[None]:
    """Files are examined and masked in the process of the test; see `unconfined`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grading.reading.confined", unconfined)
        patch.setattr("grading.engine.confined.from_plain", unconfined.rebuilt)
        yield


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are examined and masked by confined children, as in operation: for tests whose subject these are."""
    monkeypatch.setattr("grading.reading.confined", confined)


@pytest.fixture(scope="session", autouse=True)
def _private_vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files of tests never mix with those of an installation; the worker process is told the same folder."""
    settings.VAULT_DIR = tmp_path_factory.mktemp("vault")
    os.environ["VAULT_DIR"] = str(settings.VAULT_DIR)
    yield
    os.environ.pop("VAULT_DIR")


@pytest.fixture(autouse=True)
def _private_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each test has a log of its own, so that the checkpoints of one mean nothing to the next; made when written."""
    settings.AUDIT_CHECKPOINT_DIR = tmp_path_factory.getbasetemp() / f"checkpoints-{next(_NUMBERS)}"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Each request chooses its language anew, but nothing takes the last one back: a test does not begin with it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="module", autouse=True)
def _furnished(request: pytest.FixtureRequest) -> Iterator[None]:
    """The usual parties, made once for modules whose tests are rolled back; see `furnishing`."""
    if not furnishing.is_furnished(request.module):
        yield
        return
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock(), furnishing.furnished():
        yield


@pytest.fixture(scope="class")
def class_db(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """One transaction around all tests of a class: what its fixtures make is made once, each test is rolled back to it.

    For tables of cases that all begin alike. Each test still asks for `db`; what a test itself makes must not be kept
    by the objects that it shares with the others: give it a `copy` of the world.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def worker_process(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """A Celery worker process on the test database and broker, for the whole session; it waits to be given work."""
    url = urlsplit(os.environ["DATABASE_URL"])
    test_url = urlunsplit(url._replace(path=f"/{settings.DATABASES['default']['NAME']}"))
    log = open(Path(settings.STATE_DIR) / f"test-worker{LANE}.log", "w")  # noqa: SIM115  (lives as long as the worker)
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "-n", WORKER, "-c", "2", "-Q", "idle", "-l", "INFO"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": test_url},
        stdout=log,
        stderr=subprocess.STDOUT,
        preexec_fn=tie_to_this_process(set()),  # a killed test run leaves no worker
    )
    deadline = time.monotonic() + 60
    while not current_app.control.ping(destination=[WORKER], timeout=1.0):  # asked of one, its answer is enough
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the Celery worker did not start: see {log.name}")
    yield
    process.terminate()
    process.wait(timeout=30)
    log.close()


@pytest.fixture
def worker(worker_process: None, transactional_db: None) -> Iterator[Callable[..., None]]:
    """A function that waits until no job is queued or running; the real worker does the work.

    Only tests that ask for it are served: in all others a job that runs beside the test would race with it, and hold
    locks while the tables are emptied.
    """
    control = current_app.control
    control.purge()  # messages of tests that were not served
    control.add_consumer(QUEUE, reply=True, destination=[WORKER], timeout=10)

    def wait(seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while Job.objects.filter(state__in=["queued", "running"]).exists():
            if time.monotonic() > deadline:
                unfinished = Job.objects.filter(state__in=["queued", "running"])
                raise TimeoutError(f"unfinished: {list(unfinished.values('kind', 'state', 'error_detail'))}")
            time.sleep(0.05)

    yield wait
    control.cancel_consumer(QUEUE, reply=True, destination=[WORKER], timeout=10)
    control.purge()
    deadline = time.monotonic() + 60
    while _at_work(control.inspect(destination=[WORKER], timeout=5)):
        if time.monotonic() > deadline:
            raise TimeoutError("the worker does not come to rest")


def _at_work(worker: Inspect) -> bool:
    """Whether the worker has, or has taken, anything to do; no answer counts as yes."""
    active, taken = worker.active(), worker.reserved()
    return active is None or taken is None or any(active.values()) or any(taken.values())
