"""The review page and its buttons; who gets in; no step is skipped by a crafted POST."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.participants import services as registration
from grading import services
from grading.models import DataAsset, Grade
from tests import factories
from tests.factories import SYSTEM, World
from tests.grading.samples import hospital, observations

pytestmark = pytest.mark.django_db
QUEUE = "/admin/grading/grade/"


@pytest.fixture
def world():
    return World()


def receive(world, content=None, filename="records.csv", **declared) -> DataAsset:
    party = world.provider
    return services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename=filename,
        chunks=[content or observations(3)],
        declared=declared,
    )


@pytest.fixture
def grade(world) -> Grade:
    return factories.examined(receive(world), recommended="general_3")


@pytest.fixture
def hospital_grade(world) -> Grade:
    """A real examination, run in this process."""
    receive(world, hospital(), "住院.csv", sector="health", title="<b>Inpatients</b>")
    jobs.execute(Job.objects.get(kind="grading.examine").pk)
    return Grade.objects.get()


def page(grade: Grade) -> str:
    return f"{QUEUE}{grade.pk}/change/"


def press(client: Client, grade: Grade, event: str, **form: str) -> Any:
    return client.post(f"{QUEUE}{grade.pk}/{event}/", form, follow=True)


def told(answer: Any) -> list[str]:
    """What the next page says, but for there being nothing more to do."""
    said = [strip_tags(str(message)) for message in answer.context["messages"]]
    return [line for line in said if line != "Nothing waits for you in this queue."]


def state(grade: Grade) -> tuple[str, str]:
    row = Grade.objects.get(pk=grade.pk)
    return row.state, row.level


def test_the_review_page_draws_every_column(world, hospital_grade):
    text = unescape(world.reviewer.admin.get(page(hospital_grade)).content.decode())
    for name in ("姓名", "身份证号", "手机号", "诊断", "住院天数"):
        assert text.count(f'role="img" aria-label="{name}"') == 2  # small in its row, whole when it is opened
    assert "median 7, half of the values from 4 to 11" in text
    assert "shapes of the values" in text


def test_the_review_page_shows_all_that_a_decision_needs(world, hospital_grade):
    answer = world.reviewer.admin.get(page(hospital_grade))
    text = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert text.count('role="img" aria-label="Quality by dimension (GB/T 36344-2018)"') == 2
    assert text.count('role="img" aria-label="Quality by column"') == 1
    for said in (
        "general 4",
        "Health care / Clinical records / sensitive personal information",
        "<caption>Matrix: rights of individuals · especially serious harm → general data</caption>",
        'aria-current="true">general data<small>general 4</small><small>● recommended</small>',
        "Resident identity number",
        "身份证号",
        "candidates pass the check digit",
        "Completeness",
        "120 rows",
        "History",
    ):
        assert said in text, said
    assert "<b>Inpatients</b>" not in answer.content.decode()
    assert "&lt;b&gt;Inpatients&lt;/b&gt;" in answer.content.decode()
    for line in hospital().decode().splitlines()[1:]:
        number = line.split(",")[1]
        assert number not in text


def test_the_review_page_shows_the_elements_of_grading(world):
    elements = {"groups": ["patients"], "coverage": {"extent": "city", "share": 0.6}}
    receive(
        world,
        hospital(),
        elements=elements,
        graded_elsewhere={"scheme": "zhejiang", "level": "level_2"},
        derivation={
            "sources": [{"level": "general_4", "name": "<b>Register</b>"}],
            "processing": ["masked"],
            "reason": "No names.",
        },
    )
    jobs.execute(Job.objects.get(kind="grading.examine").pk)
    content = world.reviewer.admin.get(page(Grade.objects.get())).content.decode()
    assert "<b>Register</b>" not in content
    text = unescape(content)
    for said in (
        "<dt>group</dt><dd>patients</dd>",
        "<dt>scale</dt><dd>120 rows, 120 persons told apart</dd>",
        "4 kinds of personal information, 4/5 columns sensitive",
        "<dt>coverage</dt><dd>a city, 60%</dd>",
        "<dt>graded elsewhere</dt><dd>zhejiang level_2 (general 2)</dd>",
        "<b>Register</b> (general 4); masked; No names.",
        "personal information of patients, whose membership alone is sensitive, at least general 4.",
    ):
        assert said in text, said


def test_without_harm_nobody_is_named_as_harmed(world):
    receive(world)
    jobs.execute(Job.objects.get(kind="grading.examine").pk)
    text = unescape(world.reviewer.admin.get(page(Grade.objects.get())).content.decode())
    assert "<caption>Matrix: no harm → general data</caption>" in text
    assert " marked" not in text
    assert "None was found." in text


def test_what_stands_for_no_value_is_no_frequent_value(world):
    content = b"code,place\n" + b"".join(b"%d,%s\n" % (n, (b"N/A", b"quay", b"N/A")[n % 3]) for n in range(90))
    receive(world, content)
    jobs.execute(Job.objects.get(kind="grading.examine").pk)
    answer = world.reviewer.admin.get(page(Grade.objects.get()))
    place = next(column for column in answer.context["profile"]["columns"] if column["name"] == "place")
    assert (place["missing"], place["values"]) == (60, ["quay"])


def test_the_form_offers_the_recommendation(world, grade):
    text = world.reviewer.admin.get(page(grade)).content.decode()
    assert re.search(r'name="category"[^>]*value="transport"', text)
    assert re.search(r'<option value="general_3" selected>', text)
    assert "Confirm as first reviewer" in text


def test_a_decision_by_session_login_and_csrf(world, grade):
    registration.add_member(
        actor=SYSTEM,
        organisation_id=world.exchange.organisation_id,
        member=registration.NewMember("desk.reviewer", roles=["reviewer"], password="a-long-enough-secret-7"),
    )
    browser = Client(enforce_csrf_checks=True)

    def token() -> str:
        return str(browser.cookies["csrftoken"].value)

    assert browser.get("/admin/login/")["Location"].startswith("/accounts/login/")
    browser.get("/accounts/login/")
    login = {"login": "desk.reviewer", "password": "a-long-enough-secret-7", "next": page(grade)}
    assert browser.post("/accounts/login/", {**login, "csrfmiddlewaretoken": token()}).status_code == 302
    choice = {"level": "general_3", "category": "transport", "reason": ""}
    assert browser.post(f"{QUEUE}{grade.pk}/decide/", choice).status_code == 403
    assert state(grade) == ("recommended", "")
    browser.get(page(grade))
    answer = browser.post(f"{QUEUE}{grade.pk}/decide/", {**choice, "csrfmiddlewaretoken": token()})
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)
    assert state(grade) == ("decided", "general_3")
    assert Grade.objects.get(decided_by__username="desk.reviewer").pk == grade.pk


def test_a_refused_choice_says_why_and_keeps_what_was_typed(world, grade):
    answer = press(world.reviewer.admin, grade, "decide", level="general_1", category="rail", reason=" ")
    assert told(answer) == ["The level is below the recommended one: state the reason."]
    assert re.search(r'name="category"[^>]*value="rail"', answer.content.decode())
    assert '<option value="general_1" selected>' in answer.content.decode()
    assert state(grade) == ("recommended", "")


def test_important_data_takes_two_people_here_too(world, grade):
    first, second = world.reviewer.admin, world.second_reviewer.admin
    choice = {"level": "important", "category": "transport", "reason": "regional catalogue"}
    assert told(press(first, grade, "decide", **choice)) == [
        "Important and core levels need two reviewers: confirm first, and another reviewer decides."
    ]
    assert told(press(first, grade, "confirm", **choice)) == [
        "The grade of records.csv is confirmed: another reviewer decides."
    ]
    assert told(press(first, grade, "decide", **choice)) == ["You confirmed this grade: another reviewer decides."]
    assert state(grade) == ("confirmed", "important")
    text = second.get(page(grade)).content.decode()
    assert '<option value="important" selected>' in text
    assert "Confirm as first reviewer" not in text
    assert told(press(second, grade, "decide", **{**choice, "level": "core"})) == [
        "The first reviewer confirmed 'important': decide the same, or return the grade."
    ]
    assert told(press(second, grade, "decide", **choice)) == ["The grade of records.csv is decided."]
    assert state(grade) == ("decided", "important")
    assert "<form method" not in second.get(page(grade)).content.decode().split('id="content-main"')[1]


def test_a_grade_is_returned(world, grade):
    assert told(press(world.reviewer.admin, grade, "return", reason="")) == [
        "State the reason: the owner will read it."
    ]
    assert told(press(world.reviewer.admin, grade, "return", reason="describe the columns")) == [
        "The grade of records.csv is returned to the owner."
    ]
    assert state(grade) == ("returned", "")


@pytest.mark.parametrize("event", ["confirm", "decide", "return"])
def test_a_button_needs_the_token_of_its_form(world, grade, event):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.reviewer.user)
    form = {"level": "general_3", "category": "transport", "reason": "r"}
    assert browser.post(f"{QUEUE}{grade.pk}/{event}/", form).status_code == 403
    assert state(grade) == ("recommended", "")


def test_nobody_decides_on_data_of_their_own_organisation_whatever_they_send(world, grade):
    DataAsset.objects.filter(pk=grade.asset_id).update(organisation=world.exchange.organisation_id)
    refused = "Reviewers do not decide on data of their own organisation."
    assert refused in world.reviewer.admin.get(page(grade)).content.decode()
    for event in ("confirm", "decide", "return"):
        form = {"level": "important", "category": "transport", "reason": "r", "organisation": "7"}
        assert told(press(world.reviewer.admin, grade, event, **form)) == [refused]
    assert state(grade) == ("recommended", "")


@pytest.mark.parametrize("event", ["confirm", "decide", "return"])
def test_a_crafted_post_skips_nothing(world, grade, event):
    form = {"level": "core", "category": "transport", "reason": "r", "state": "decided", "decided_by": "1"}
    browser = world.reviewer.admin
    assert browser.post(page(grade), form).status_code == 405
    assert browser.get(f"{QUEUE}{grade.pk}/{event}/").status_code == 405
    assert browser.post(f"{QUEUE}{grade.pk + 1_000_000}/{event}/", form).status_code == 404
    assert browser.post(f"{QUEUE}add/", form).status_code == 403
    assert browser.post(f"{QUEUE}{grade.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.post(QUEUE, {"action": "delete_selected", "_selected_action": grade.pk}).status_code in (200, 302)
    assert state(grade) == ("recommended", "")
    press(browser, grade, "return", reason="done")
    assert told(press(browser, grade, event, **form)) == [f"Grade: '{event}' is not possible in state 'returned'."]
    assert state(grade) == ("returned", "")


@pytest.mark.parametrize("role", ["operator", "administrator", "approver", "auditor"])
def test_other_people_of_the_exchange_read_and_decide_nothing(world, grade, role):
    browser = world.colleague(world.exchange, role).admin
    answer = browser.get(page(grade))
    assert "Only reviewers of the exchange decide on grades." in answer.content.decode()
    for event in ("confirm", "decide", "return"):
        answer = press(browser, grade, event, level="important", category="transport", reason="r")
        assert told(answer) == ["Only reviewers of the exchange decide on grades."]
    assert state(grade) == ("recommended", "")


def test_nobody_else_gets_in(world, grade):
    staff_elsewhere = world.other_provider
    staff_elsewhere.user.__class__.objects.filter(pk=staff_elsewhere.user.pk).update(is_staff=True, is_superuser=True)
    for browser, status in ((Client(), 302), (world.provider.admin, 302), (staff_elsewhere.admin, 403)):
        assert browser.get(page(grade)).status_code == status
        assert browser.get(QUEUE).status_code == status
        for event in ("confirm", "decide", "return"):
            answer = browser.post(f"{QUEUE}{grade.pk}/{event}/", {"level": "general_3", "reason": "r"})
            assert answer.status_code == status
    assert state(grade) == ("recommended", "")


def test_assets_are_read_only(world, hospital_grade):
    asset = hospital_grade.asset
    browser = world.reviewer.admin
    address = f"/admin/grading/dataasset/{asset.pk}/change/"
    text = browser.get(address).content.decode()
    assert f'href="../../../grade/{hospital_grade.pk}/change/"' in text
    assert browser.get("/admin/grading/dataasset/").status_code == 200
    before = DataAsset.objects.filter(pk=asset.pk).values().get()
    assert browser.post(address, {"filename": "other.csv", "state": "received"}).status_code == 403
    assert browser.post(f"/admin/grading/dataasset/{asset.pk}/delete/", {"post": "yes"}).status_code == 403
    assert DataAsset.objects.filter(pk=asset.pk).values().get() == before
