"""Every state machine: the trigger that the database has installed allows exactly what today's table lists."""

import importlib
from itertools import product

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from foundation.jobs.states import JOB
from foundation.notifications.states import WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT
from foundation.participants.states import ACCREDITATION, ELEVATION, INVITATION, MEMBERSHIP, ORGANISATION
from foundation.rulebooks.states import RULEBOOK_VERSION
from foundation.state_machine import START, Machine
from foundation.uploads.states import UPLOAD
from grading.states import APPEAL, ASSET, GRADE
from marketplace.authorization.states import ACCESS_REQUEST, ALLOTMENT, APPROVAL_STEP, GRANT
from marketplace.catalog.states import LISTING_VERSION
from marketplace.delivery.states import DELIVERY
from marketplace.incidents.states import INCIDENT
from marketplace.matching.states import DEMAND, MATCH, SAMPLE

MACHINES: dict[str, Machine] = {
    "jobs_job": JOB,
    "uploads_upload": UPLOAD,
    "rulebooks_rulebookversion": RULEBOOK_VERSION,
    "notifications_webhookendpoint": WEBHOOK_ENDPOINT,
    "notifications_webhookdelivery": WEBHOOK_DELIVERY,
    "participants_organisation": ORGANISATION,
    "participants_membership": MEMBERSHIP,
    "participants_invitation": INVITATION,
    "participants_elevation": ELEVATION,
    "participants_accreditation": ACCREDITATION,
    "grading_dataasset": ASSET,
    "grading_grade": GRADE,
    "grading_gradeappeal": APPEAL,
    "catalog_listingversion": LISTING_VERSION,
    "authorization_accessrequest": ACCESS_REQUEST,
    "authorization_approvalstep": APPROVAL_STEP,
    "authorization_allotment": ALLOTMENT,
    "authorization_grant": GRANT,
    "matching_demand": DEMAND,
    "matching_match": MATCH,
    "matching_demandsample": SAMPLE,
    "delivery_delivery": DELIVERY,
    "incidents_incident": INCIDENT,
}


def test_no_machine_is_forgotten() -> None:
    found = set()
    for config in apps.get_app_configs():
        try:
            module = importlib.import_module(f"{config.name}.states")
        except ModuleNotFoundError:
            continue
        found |= {value for value in vars(module).values() if isinstance(value, Machine)}
    assert found == set(MACHINES.values())


def test_no_column_of_states_is_forgotten() -> None:
    """Every model with a `state` is guarded, so that a new one cannot come without its table."""
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.name == "state" for field in model._meta.local_concrete_fields)
    }
    assert tables == set(MACHINES)


@pytest.mark.django_db
@pytest.mark.parametrize("table", MACHINES)
def test_the_trigger_is_installed_and_enabled(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
            [table, f"{table}_state_transitions"],
        )
        ((enabled, definition),) = cursor.fetchall()
    assert enabled == "O"
    assert f"BEFORE INSERT OR UPDATE OF state ON public.{table} FOR EACH ROW" in definition
    assert definition.endswith(f"EXECUTE FUNCTION {table}_state_transitions()")


@pytest.mark.django_db
@pytest.mark.parametrize("table", MACHINES)
def test_the_database_allows_exactly_the_pairs_of_the_table(table: str) -> None:
    """The installed function guards a bare table with a row in every state; each pair is tried by a real statement."""
    machine = MACHINES[table]
    states = [*machine.states, "no_such_state"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE probe (origin text, state text) ON COMMIT DROP")
        for state in states:
            cursor.execute("INSERT INTO probe VALUES (%s, %s)", [state, state])
        cursor.execute(
            "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OF state ON probe "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_state_transitions()"
        )
    stays = {(state, state) for state in states}
    pairs = {*product(states, states), *((START, state) for state in states)} - stays
    allowed = {pair for pair in pairs if _obeys(*pair)}
    assert allowed == machine.pairs - stays


def _obeys(source: str, target: str) -> bool:
    statement, values = (
        ("INSERT INTO probe VALUES (%s, %s)", [source, target])
        if source == START
        else ("UPDATE probe SET state = %s WHERE origin = %s", [target, source])
    )
    with connection.cursor() as cursor:
        point = transaction.savepoint()
        try:
            cursor.execute(statement, values)
            assert cursor.rowcount == 1
            return True
        except IntegrityError as error:
            if getattr(error.__cause__, "sqlstate", "") != "23514":
                raise
            return False
        finally:
            transaction.savepoint_rollback(point)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.name)
def test_every_state_can_be_reached(machine: Machine) -> None:
    reached = {START}
    while grown := {row.target for row in machine.rows if row.source in reached} - reached:
        reached |= grown
    assert reached - {START} == set(machine.states)
