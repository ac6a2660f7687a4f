import pytest
from django.db import connection

from common.lookups import ByteOrder, just_after
from patients.models import ContactPoint, NameToken, Patient
from patients.services import merging, registration
from patients.tests.factories import ZHANG_WEI_CARD, ContactPointFactory, IdentifierFactory, PatientFactory

pytestmark = pytest.mark.django_db


def found(text):
    return [patient.name for patient in Patient.objects.search(text)]


@pytest.mark.parametrize(
    "text", ["张伟", "张", "伟", "zhangwei", "Zhang Wei", "zw", "ZHANG", "張偉", "wei zhang", "张wei"]
)
def test_a_chinese_name_is_found_by_characters_pinyin_and_initials(text):
    PatientFactory(name="张伟")
    PatientFactory(name="李娜")
    assert found(text) == ["张伟"]


@pytest.mark.parametrize("text", ["jose", "García", "garcia jose", "José Garc", "jg", "lopez jose"])
def test_a_latin_name_is_found_without_accents_in_any_order(text):
    PatientFactory(name="José García López")
    assert found(text) == ["José García López"]


def test_the_exact_name_comes_before_longer_ones():
    for name in ["张伟强", "张伟民", "张伟"]:
        PatientFactory(name=name)
    assert found("zhangwei")[0] == "张伟"


@pytest.mark.parametrize("text", ["13812345678", "+86 138 1234 5678", "12345678", "5678", "１３８１２３４５６７８"])
def test_a_phone_is_found_whole_or_by_its_end(text):
    ContactPointFactory(patient=PatientFactory(name="张伟"), value="+8613812345678")
    ContactPointFactory(patient=PatientFactory(name="李娜"), value="+8613900000000")
    assert found(text) == ["张伟"]


def test_a_family_with_one_phone_is_found_together():
    for name in ["张伟", "李娜"]:
        ContactPointFactory(patient=PatientFactory(name=name), value="+8613812345678")
    assert sorted(found("13812345678")) == sorted(["张伟", "李娜"])
    assert Patient.objects.with_phone("138 1234 5678").count() == 2
    assert not Patient.objects.with_phone("no phone").exists()


@pytest.mark.parametrize("text", [ZHANG_WEI_CARD, "0134", "070134", "1101 0119 9003 0701 34"])
def test_an_identity_number_is_found_whole_or_by_its_end(text):
    IdentifierFactory(patient=PatientFactory(), system="resident_id", value=ZHANG_WEI_CARD)
    assert found(text) == ["张伟"]


def test_with_identifier_asks_for_one_kind_of_number():
    IdentifierFactory(patient=PatientFactory(), system="passport", value="E12345678")
    assert Patient.objects.with_identifier("e1234 5678", system="passport").exists()
    assert not Patient.objects.with_identifier("E12345678", system="insurance").exists()


def test_a_record_number_leads_to_the_record_and_a_merged_one_to_the_kept(alice):
    kept, merged = PatientFactory(name="张伟"), PatientFactory(name="章威")
    assert found(merged.record_number.lower()) == ["章威"]
    merging.merge(kept=kept, merged=merged, by=alice, reason="same person")
    assert found(merged.record_number) == found("章威") == ["张伟"]


def test_an_ended_phone_finds_nobody(alice):
    ContactPointFactory(value="+8613812345678", ended_at="2024-01-01T00:00Z")
    assert found("13812345678") == []


def test_nothing_is_found_by_nothing_or_signs():
    PatientFactory()
    assert found("") == found("  ") == found("%") == found("_") == found("'--") == []


def test_a_renamed_patient_is_found_by_the_new_name_only(alice):
    patient = PatientFactory(name="张伟")
    registration.update(patient=patient, by=alice, name="王芳")
    assert found("王芳") == ["王芳"]
    assert found("zhangwei") == []


@pytest.mark.parametrize("text", ["zhangwei", "13812345678", "5678", ZHANG_WEI_CARD, "P123456785"])
def test_a_search_costs_the_same_statements_for_one_and_for_many(text, django_assert_max_num_queries):
    for _ in range(25):
        ContactPointFactory(patient=PatientFactory(), value="+8613812345678")
    with django_assert_max_num_queries(6):
        list(Patient.objects.search(text))


def plan_of(queryset):
    """The plan as it is at a size where reading the whole table is no option."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    return queryset.explain()


def test_a_prefix_is_read_from_its_index_in_order_without_sorting():
    PatientFactory.create_batch(30)
    rows = NameToken.objects.filter(token__prefix="zhang").order_by(ByteOrder("token"), "patient_id")[:20]
    plan = plan_of(rows)
    assert "name_token_prefix" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_the_last_digits_are_read_from_their_index():
    plan = plan_of(ContactPoint.objects.filter(tail_reversed__prefix="8765"))
    assert "contact_by_last_digits" in plan


@pytest.mark.parametrize(("prefix", "end"), [("a", "b"), ("张", "弡"), ("\ud7ff", "\ue000"), ("a\U0010ffff", "b")])
def test_the_end_of_a_prefix_is_the_next_code_point(prefix, end):
    assert just_after(prefix) == end


def test_signs_of_patterns_are_ordinary_characters():
    PatientFactory(name="100% Bob")
    assert NameToken.objects.filter(token__prefix="1%").count() == 0
    assert NameToken.objects.filter(token__prefix="").count() == NameToken.objects.count()
