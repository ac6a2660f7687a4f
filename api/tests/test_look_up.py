import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import PractitionerRole
from directory.tests.factories import DepartmentFactory, PractitionerFactory, ServiceFactory, SiteFactory
from patients.models import Patient
from patients.tests.factories import ZHANG_WEI_CARD, ContactPointFactory, IdentifierFactory, PatientFactory
from scheduling.tests.factories import SessionFactory, SlotFactory


@pytest.fixture
def zhang(db):
    patient = PatientFactory(name="张伟")
    ContactPointFactory(patient=patient, value="+8613800138000")
    IdentifierFactory(patient=patient, value="E12345678")
    return patient


@pytest.mark.parametrize("query", ["phone=138 0013 8000", "identifier=e12345678", "q=zhangw", "q=8000", "q=张伟"])
def test_a_patient_is_found_with_the_phone_masked(phone, zhang, query):
    assert phone.get(f"patients/?{query}").json()["results"] == [
        {
            "id": str(zhang.uuid),
            "record_number": zhang.record_number,
            "name": "张伟",
            "sex": "male",
            "birth_date": "1990-03-07",
            "language": "zh-hans",
            "phone": "138****8000",
        }
    ]


@pytest.mark.parametrize("query", ["phone=13900139000", "phone=abc", "identifier=x", "q=%25", "q=%F0%9F%98%80"])
def test_nobody_is_an_empty_list(phone, zhang, query):
    assert phone.get(f"patients/?{query}").json() == {"results": []}


def test_a_person_is_registered_with_all_that_was_told(phone):
    body = {
        "name": "Alice Example",
        "birth_date": "1990-03-07",
        "phones": ["139 0013 9000"],
        "email": "alice@example.org",
        "identifiers": [{"system": "passport", "value": "E12345678", "issuer": "GB", "valid_until": "2030-01-01"}],
        "language": "en",
    }
    answer = phone.post("patients/", body)
    made = Patient.objects.get()
    assert (answer.status_code, answer.json()["id"]) == (201, str(made.uuid))
    assert answer.json()["phone"] == "139****9000"
    assert (made.contact_points.count(), made.identifiers.count(), made.created_by) == (2, 1, phone.user)


def test_a_look_alike_is_shown_masked_and_can_be_set_aside(phone, zhang):
    body = {"name": "张伟", "birth_date": "1990-03-07"}
    answer = phone.post("patients/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "looks_alike")
    assert answer.json()["alternatives"] == [
        {
            "id": str(zhang.uuid),
            "name": "张*",
            "phone": "138****8000",
            "score": 100 - 1,
            "reasons": ["name", "birth_date"],
        }
    ]
    assert phone.post("patients/", body | {"confirm_not_duplicate": True}).status_code == 201


def test_the_owner_of_a_number_is_shown_masked(phone, zhang):
    body = {"name": "Bob", "identifiers": [{"system": "passport", "value": "E12345678"}]}
    told = phone.post("patients/", body).json()
    assert (told["code"], told["alternatives"][0]["name"]) == ("identifier_taken", "张*")


def test_a_key_that_may_not_look_up_patients_learns_of_nobody(partner, zhang):
    told = partner.post("patients/", {"name": "张伟", "birth_date": "1990-03-07"}).json()
    assert told["code"] == "looks_alike"
    assert "alternatives" not in told


def wrong_card():
    return ZHANG_WEI_CARD[:-1] + ("1" if ZHANG_WEI_CARD[-1] != "1" else "2")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": "…"}, "name_missing"),
        ({"birth_date": "1700-01-01"}, "birth_date_impossible"),
        ({"phones": ["12"]}, "phone_invalid"),
        ({"email": "alice"}, "email_invalid"),
        ({"identifiers": [{"system": "resident_id", "value": wrong_card()}]}, "identifier_invalid"),
        ({"identifiers": [{"system": "resident_id", "value": ZHANG_WEI_CARD}], "sex": "female"}, "identifier_mismatch"),
    ],
)
def test_impossible_facts_are_refused_by_name(phone, facts, code):
    answer = phone.post("patients/", {"name": "Alice Example"} | facts)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Patient.objects.exists()


def test_a_name_that_grows_when_it_is_made_plain_is_refused(phone):
    answer = phone.post("patients/", {"name": "ﷺ" * 60})
    assert (answer.status_code, answer.json()["field"]) == (400, "name")


def test_the_catalogue_tells_what_can_be_booked_where_and_by_whom(phone):
    service = ServiceFactory(preparation_en="Come sober.", fee_amount="12.50")
    practitioner = PractitionerFactory()
    PractitionerRole.objects.create(practitioner=practitioner, department=service.department)
    site = service.department.site
    assert [row["id"] for row in phone.get("sites/").json()["results"]] == [str(site.uuid)]
    [department] = phone.get(f"departments/?site={site.uuid}").json()["results"]
    assert (department["name"], department["site"]) == ("Orthopaedics", str(site.uuid))
    [told] = phone.get(f"services/?department={department['id']}&grade=general").json()["results"]
    assert (told["preparation"], told["fee_amount"], told["release_time"]) == ("Come sober.", "12.50", "07:00")
    [person] = phone.get(f"practitioners/?department={department['id']}&site={site.uuid}").json()["results"]
    assert (person["id"], person["departments"]) == (str(practitioner.uuid), [department["id"]])
    assert phone.get(f"departments/?site={SiteFactory().uuid}").json()["results"] == []


def test_what_is_out_of_use_is_left_out(phone):
    DepartmentFactory(is_active=False)
    assert phone.get("departments/").json() == {"results": [], "next": None}


def test_pages_follow_each_other_without_repeat_or_loss(phone):
    made = [str(SiteFactory().uuid) for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = phone.get(f"sites/?limit=2{cursor and '&cursor='}{cursor}").json()
        seen, cursor = seen + [row["id"] for row in page["results"]], page["next"]
    assert seen == made


def test_slots_come_page_by_page_soonest_first(phone):
    session = SessionFactory()
    made = [str(SlotFactory(session=session, number=n).uuid) for n in range(4)]
    seen, cursor = [], ""
    while cursor is not None:
        page = phone.get(f"slots/?limit=3{cursor and '&cursor='}{cursor}").json()
        seen, cursor = seen + [row["id"] for row in page["results"]], page["next"]
    assert seen == made


def test_slots_are_found_by_every_filter_and_by_no_other(phone):
    slot = SlotFactory()
    service, session = slot.service, slot.session
    own = {
        "service": service.uuid,
        "practitioner": session.practitioner.uuid,
        "department": service.department.uuid,
        "site": service.department.site.uuid,
        "part_of_day": "am",
        "from": session.day,
        "to": session.day,
    }
    for name, value in own.items():
        assert [row["id"] for row in phone.get(f"slots/?{name}={value}").json()["results"]] == [str(slot.uuid)], name
    stranger = "00000000-0000-4000-8000-000000000000"
    for name in ("service", "practitioner", "department", "site"):
        assert phone.get(f"slots/?{name}={stranger}").json()["results"] == [], name
    assert phone.get("slots/?part_of_day=pm").json()["results"] == []


def test_when_nothing_is_free_the_reason_is_told(phone):
    slot = SlotFactory(taken=1)
    told = phone.get("slots/").json()
    assert (told["results"], [reason["code"] for reason in told["reasons"]]) == ([], ["slot_full"])
    [full] = phone.get("slots/?include=all").json()["results"]
    assert (full["id"], full["free"], full["why"]["code"]) == (str(slot.uuid), 0, "slot_full")


def statements(phone, path):
    phone.get(path)  # the first request of a minute also notes that the key was used
    with CaptureQueriesContext(connection) as captured:
        answer = phone.get(path)
    return len(answer.json()["results"]), len(captured)


@pytest.mark.parametrize(
    "path", ["slots/", "slots/?include=all", "practitioners/", "services/", "departments/", "patients/?q=zhang"]
)
def test_statements_do_not_grow_with_the_rows(phone, path):
    add_rows()
    few = statements(phone, path)
    for _ in range(9):
        add_rows()
    many = statements(phone, path)
    assert (few[0], many[0]) == (1, 10)
    assert few[1] == many[1] <= 7


def add_rows():
    slot = SlotFactory()
    PractitionerRole.objects.create(practitioner=slot.session.practitioner, department=slot.service.department)
    ContactPointFactory(patient=PatientFactory())
