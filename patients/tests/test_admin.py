import datetime

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import AccessLog
from accounts.tests.factories import UserFactory as StaffFactory
from common import clock
from common.shown import AtLeast
from patients.admin import sections
from patients.models import ImportRun, Patient, PatientMerge, PortalAccount, Tag
from patients.services import merging
from patients.tasks import execute_imports
from patients.tests.factories import (
    ZHANG_WEI_CARD,
    ConsentFactory,
    ContactPointFactory,
    IdentifierFactory,
    PatientFactory,
    PatientTagFactory,
    RelatedPersonFactory,
    TagFactory,
    UserFactory,
)
from patients.tests.test_import import GOOD, MAP

pytestmark = pytest.mark.django_db
PHONE = "+8613812345678"
LIST = "admin:patients_patient_changelist"


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def zhang():
    """Somebody with everything."""
    patient = PatientFactory(birth_date=datetime.date(1990, 3, 7))
    ContactPointFactory(patient=patient, value=PHONE)
    IdentifierFactory(patient=patient, system="resident_id", value=ZHANG_WEI_CARD)
    ConsentFactory(patient=patient)
    PatientTagFactory(patient=patient)
    RelatedPersonFactory(patient=patient)
    return patient


def page_of(patient, act=""):
    address = reverse("admin:patients_patient_change", args=[patient.pk])
    return address.replace("/change/", f"/{act}/") if act else address


def act(client, patient, name, **data):
    return client.post(reverse(f"admin:patients_patient_{name}", args=[patient.pk]), data)


def test_namesakes_are_told_apart_where_one_types_to_choose(signed_in):
    pair = [PatientFactory(name="张伟", birth_date=f"19{year}-03-07") for year in (60, 90)]
    query = {"app_label": "patients", "model_name": "relatedperson", "field_name": "patient", "term": "zhangwei"}
    answer = signed_in.get(reverse("admin:autocomplete"), query).json()
    texts = {int(one["id"]): one["text"] for one in answer["results"]}
    assert set(texts) == {one.pk for one in pair}
    for one in pair:
        one.refresh_from_db()
        assert one.record_number in texts[one.pk]
        assert str(one.birth_date.year) in texts[one.pk]


def test_no_page_shows_a_phone_or_number_in_full(signed_in, zhang):
    history = reverse("admin:patients_patient_history", args=[zhang.pk])
    for address in (reverse(LIST), reverse(LIST) + "?q=zhangwei", page_of(zhang), history):
        html = signed_in.get(address).content.decode()
        assert "张伟" in html
        for secret in (PHONE, PHONE[3:], "138 1234 5678", ZHANG_WEI_CARD, ZHANG_WEI_CARD[:14]):
            assert secret not in html
    assert "138****5678" in signed_in.get(reverse(LIST)).content.decode()
    assert "****0134" in signed_in.get(page_of(zhang)).content.decode()


def test_the_list_costs_the_same_statements_for_one_row_and_for_25(signed_in, django_assert_max_num_queries, zhang):
    for _ in range(25):
        ContactPointFactory(patient=PatientFactory())
    with django_assert_max_num_queries(14):
        signed_in.get(reverse(LIST))


@pytest.mark.parametrize("text", ["zw", "12345678", "5678", ZHANG_WEI_CARD])
def test_the_list_is_searched_by_whatever_is_at_hand(signed_in, zhang, text):
    PatientFactory(name="李娜")
    html = signed_in.get(reverse(LIST), {"q": text}).content.decode()
    assert zhang.record_number in html
    assert "李娜" not in html


@pytest.mark.parametrize("query", [{"state": "merged"}, {"state": "barred"}, {"state": "deceased"}, {"tag": "tag-x"}])
def test_the_list_can_be_filtered(signed_in, zhang, query):
    TagFactory(code="tag-x")
    assert zhang.record_number not in signed_in.get(reverse(LIST), query).content.decode()


@pytest.mark.parametrize("lookup", ["contact_points__value__startswith", "identifiers__digest"])
def test_nothing_is_guessed_through_the_address_line(signed_in, zhang, lookup):
    answer = signed_in.get(reverse(LIST), {lookup: "+86138"})
    assert answer.status_code in (302, 400)


def test_opening_a_record_is_written_down(signed_in, zhang):
    signed_in.get(page_of(zhang))
    assert AccessLog.objects.get(action="open").subject_uuid == zhang.uuid


def register(client, **data):
    return client.post(
        reverse("admin:patients_patient_add"), {"name": "张伟", "sex": "unknown", "language": "zh-hans", **data}
    )


def test_a_person_is_registered_through_the_service(signed_in):
    assert register(signed_in, phone="13812345678", resident_id=ZHANG_WEI_CARD).status_code == 302
    patient = Patient.objects.get()
    assert (patient.sex, patient.phone_masked) == ("male", "138****5678")


def test_look_alikes_are_shown_before_saving_and_can_be_overruled(signed_in, zhang):
    answer = register(signed_in, birth_date="1990-03-07")
    assert answer.status_code == 409
    assert zhang.record_number in answer.content.decode()
    assert Patient.objects.filter(name="张伟").count() == 1
    assert register(signed_in, birth_date="1990-03-07", confirm_not_duplicate="1").status_code == 302
    assert Patient.objects.filter(name="张伟").count() == 2


def test_a_refusal_stands_beside_its_field(signed_in, zhang):
    answer = register(signed_in, resident_id=ZHANG_WEI_CARD)
    assert answer.status_code == 422
    assert zhang.record_number in answer.content.decode()
    assert register(signed_in, phone="12345").status_code == 422


def change(client, patient, **data):
    own = ("contact_points", "identifiers", "proxies", "acts_for", "consents", "patient_tags", "portal_accounts")
    inlines = [*own, *(kind.model._meta.get_field("patient").remote_field.related_name for kind in sections.known())]
    forms = {f"{name}-{kind}_FORMS": 0 for name in inlines for kind in ("TOTAL", "INITIAL")}
    facts = {"name": patient.name, "sex": patient.sex, "language": patient.language, "note": "", "deceased_on": ""}
    return client.post(page_of(patient), {**facts, "birth_date": "1990-03-07", **forms, **data})


def test_a_correction_goes_through_the_service(signed_in, zhang, alice):
    assert change(signed_in, zhang, name="张维维").status_code == 302
    zhang.refresh_from_db()
    assert zhang.name_pinyin == "zhang weiwei"
    assert zhang.history.latest().history_user == alice


def test_what_the_service_would_refuse_stays_on_the_form(signed_in, zhang):
    answer = change(signed_in, zhang, birth_date="1991-01-01")
    assert answer.status_code == 200
    assert "identity card" in answer.content.decode()


def test_a_number_is_shown_for_a_reason_only(signed_in, zhang):
    number = zhang.identifiers.get().pk
    refused = act(signed_in, zhang, "reveal_number", identifier=number)
    assert ZHANG_WEI_CARD not in refused.content.decode()
    shown = act(signed_in, zhang, "reveal_number", identifier=number, reason="insurer asks")
    assert ZHANG_WEI_CARD in shown.content.decode()
    assert ZHANG_WEI_CARD not in str(signed_in.cookies)
    assert AccessLog.objects.get(action="reveal").reason == "insurer asks"


def test_a_number_of_another_patient_is_not_shown_through_this_page(signed_in, zhang):
    other = IdentifierFactory(patient=PatientFactory(name="李娜"))
    answer = act(signed_in, zhang, "reveal_number", identifier=other.pk, reason="curious")
    assert answer.status_code == 422
    assert not AccessLog.objects.filter(action="reveal").exists()


ACTS = {
    "add_phone": {"value": "13900139000", "use": "mobile"},
    "add_number": {"system": "passport", "value": "E12345678"},
    "give_consent": {"purpose": "research", "channel": "paper", "version": "2", "text_shown": "We may study."},
    "withdraw_consent": {"purpose": "reminders"},
}


@pytest.mark.parametrize("name", ACTS)
def test_each_act_asks_and_calls_its_service(signed_in, zhang, name):
    assert signed_in.get(reverse(f"admin:patients_patient_{name}", args=[zhang.pk])).status_code == 200
    assert act(signed_in, zhang, name, **ACTS[name]).status_code == 302
    assert act(signed_in, zhang, name).status_code == 422


def test_acts_on_what_the_patient_has(signed_in, zhang):
    point, proxy = zhang.contact_points.get(), PatientFactory(name="李娜")
    facts = {"contact_point": point.pk, "phone": "13900139000", "reason": "new"}
    assert act(signed_in, zhang, "change_phone", **facts).status_code == 302
    assert act(signed_in, zhang, "put_tag", tag=TagFactory().pk).status_code == 302
    assert act(signed_in, zhang, "take_off_tag", patient_tag=zhang.patient_tags.first().pk).status_code == 302
    facts = {"proxy": proxy.pk, "relation": "child", "proof": "household", "can_book": "on"}
    assert act(signed_in, zhang, "add_proxy", **facts).status_code == 302
    facts = {"related": zhang.proxies.get(proxy=proxy).pk, "reason": "moved away"}
    assert act(signed_in, zhang, "end_proxy", **facts).status_code == 302


def test_the_portal_account_is_seen_masked_and_ended_for_a_reason(signed_in, zhang, alice):
    account = PortalAccount.objects.create(phone=PHONE, patient=zhang, way="phone", linked_at=clock.now())
    html = signed_in.get(page_of(zhang)).content.decode()
    assert "Portal accounts" in html
    assert "end-account" in html
    act(signed_in, zhang, "end_account", account=account.pk)
    account.refresh_from_db()
    assert account.ended_at is None
    act(signed_in, zhang, "end_account", account=account.pk, reason="Phone was lost")
    account.refresh_from_db()
    assert account.ended_at is not None
    assert account.history.first().history_change_reason == "Phone was lost"
    assert "end-account" not in signed_in.get(page_of(zhang)).content.decode()


def test_who_may_not_end_accounts_is_not_offered_it(client, zhang):
    account = PortalAccount.objects.create(phone=PHONE, patient=zhang, way="phone", linked_at=clock.now())
    client.force_login(StaffFactory(role="clinician"))
    assert "end-account" not in client.get(page_of(zhang)).content.decode()
    assert act(client, zhang, "end_account", account=account.pk, reason="Phone was lost").status_code in (302, 403)
    assert PortalAccount.objects.live().count() == 1


def test_two_records_are_merged_after_a_preview_and_apart_again(signed_in, zhang):
    other = PatientFactory(name="章伟")
    answer = signed_in.post(reverse(LIST), {"action": "merge_selected", "_selected_action": [zhang.pk, other.pk]})
    preview = signed_in.get(answer.url)
    assert "章伟" in preview.content.decode()
    assert signed_in.post(answer.url, {"reason": "same person"}).status_code == 302
    merge = PatientMerge.objects.get()
    undo = reverse("admin:patients_patientmerge_unmerge", args=[merge.pk])
    assert signed_in.post(undo, {"reason": "two people"}).status_code == 302
    assert Patient.objects.active().count() == 3


def test_a_merge_takes_exactly_two(signed_in, zhang):
    answer = signed_in.post(reverse(LIST), {"action": "merge_selected", "_selected_action": [zhang.pk]}, follow=True)
    assert "exactly two" in answer.content.decode()


def test_a_merged_record_is_only_looked_at(signed_in, alice, zhang):
    other = PatientFactory(name="章伟")
    merging.merge(kept=zhang, merged=other, by=alice, reason="same person")
    html = signed_in.get(page_of(other)).content.decode()
    assert "_save" not in html
    assert zhang.name in html


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("front_desk", {"list", "add"}),
        ("supervisor", {"list", "add", "merge"}),
        ("clinician", {"list"}),
        ("knowledge_editor", set()),
    ],
)
def test_roles_decide_what_is_open(client, zhang, role, allowed):
    user = UserFactory(is_superuser=False)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    pair = [zhang.uuid, PatientFactory().uuid]
    pages = {
        "list": reverse(LIST),
        "add": reverse("admin:patients_patient_add"),
        "merge": reverse("admin:patients_patientmerge_preview", args=pair),
    }
    assert {name for name, address in pages.items() if client.get(address).status_code == 200} == allowed


@pytest.mark.parametrize("model", ["tag", "patientmerge", "verificationattempt", "importrun", "patient"])
def test_every_list_opens_empty(signed_in, model):
    assert signed_in.get(reverse(f"admin:patients_{model}_changelist")).status_code == 200


def test_an_import_is_asked_for_and_its_rejects_taken_out_on_record(signed_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = ContentFile((GOOD + ",男,,,,,\n").encode(), "p.csv")
    data = {"kind": "patients", "file": file, "map_text": MAP}
    assert signed_in.post(reverse("admin:patients_importrun_add"), data).status_code == 302
    execute_imports()
    run = ImportRun.objects.get()
    assert run.created == 2
    assert signed_in.get(reverse("admin:patients_importrun_change", args=[run.pk])).status_code == 200
    answer = signed_in.get(reverse("admin:patients_importrun_rejects", args=[run.uuid]))
    assert b"import_reason" in b"".join(answer.streaming_content)
    assert AccessLog.objects.filter(action="export").exists()


def test_a_map_with_a_slip_is_refused_on_the_form(signed_in):
    data = {"kind": "patients", "file": ContentFile(b"a", "p.csv"), "map_text": "[columns"}
    assert signed_in.post(reverse("admin:patients_importrun_add"), data).status_code == 200
    assert not ImportRun.objects.exists()


def test_a_changed_tag_says_who_changed_what(client):
    alice = UserFactory(is_superuser=True)
    client.force_login(alice, "django.contrib.auth.backends.ModelBackend")
    data = {"name_en": "Wheelchair", "name_zh": "", "code": "wheelchair", "tone": "info", "is_active": "on"}
    client.post(reverse("admin:patients_tag_add"), data)
    tag = Tag.objects.get()
    client.post(reverse("admin:patients_tag_change", args=[tag.pk]), {**data, "name_en": "Needs a wheelchair"})
    latest, first = tag.history.all()
    assert [one.history_user for one in (latest, first)] == [alice, alice]
    page = client.get(reverse("admin:patients_tag_history", args=[tag.pk])).text
    assert "Needs a wheelchair" in page


@pytest.mark.parametrize(("people", "said"), [(3, "3 results"), (4, "3+ results")])
def test_a_list_that_stops_counting_says_so(client, monkeypatch, people, said):
    client.force_login(UserFactory(is_superuser=True), "django.contrib.auth.backends.ModelBackend")
    monkeypatch.setattr("patients.admin.filters.COUNTED_TO", 3)
    PatientFactory.create_batch(people)
    text = " ".join(client.get(reverse(LIST)).text.split())
    assert said in text
    assert f"{said.split()[0]} patients" in text


def test_many_rows_are_counted_in_thousands():
    assert str(AtLeast(5000)) == "5,000+"
    assert AtLeast(5000) == 5000
