import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import clock, names
from directory.tests.factories import DepartmentFactory, PractitionerFactory, ServiceFactory, SiteFactory
from scheduling.services import wanted
from scheduling.tests.factories import SessionFactory, SlotFactory


@pytest.fixture
def ortho():
    department = DepartmentFactory(name_zh="骨科", name_en="Orthopaedics", code="ortho")
    return ServiceFactory(
        department=department, name_zh="骨科专家门诊", name_en="Bones, expert clinic",
        search_words="膝盖痛, knee pain，腰痛、Ménière",
    )  # fmt: skip


@pytest.fixture
def eye():
    department = DepartmentFactory(name_zh="眼科", name_en="Ophthalmology", code="eye")
    return ServiceFactory(department=department, name_zh="眼科普通门诊", name_en="Eye clinic", search_words="眼睛痛")


def services(text, **more):
    return [match.service for match in wanted.matching(text, **more)]


def doctor(service, name, **more):
    person = PractitionerFactory(name=name, name_pinyin=names.pinyin(name), **more)
    SessionFactory(service=service, practitioner=person)
    return person


@pytest.mark.parametrize(
    "text",
    ["骨科", "骨", "orthopaedics", "ORTHO", "ｏｒｔｈｏ", " Ortho paedics ", "paedics", "bones, EXPERT", "专家门诊",
     "膝盖痛", "膝盖", "Knee Pain", "kneepain", "meniere", "我膝盖痛三天了", "I have knee pain", "我要看骨科"],
)  # fmt: skip
def test_a_service_is_found_by_name_department_and_the_words_of_patients(ortho, eye, text):
    assert services(text) == [ortho]


@pytest.mark.parametrize("text", ["", "  ", "💊", "%", "_", "\x00", "'; --", "牙", "knees and toes", "x" * 5000])
def test_odd_or_unknown_text_finds_nothing_and_breaks_nothing(ortho, eye, text):
    assert services(text) == []


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered(text):
    SessionFactory(
        practitioner=PractitionerFactory(name="张伟"), service=ServiceFactory(search_words=names.clean(text))
    )
    assert len(wanted.matching(text)) <= 12


def test_equal_names_come_first_then_beginnings_then_parts_then_words(ortho):
    word = ServiceFactory(
        name_zh="甲", name_en="A", search_words="骨科", department__name_zh="乙", department__name_en=""
    )
    part = ServiceFactory(name_zh="小儿骨科", name_en="", department__name_zh="丙", department__name_en="")
    begins = ServiceFactory(name_zh="骨科体检", name_en="", department__name_zh="丁", department__name_en="")
    assert services("骨科") == [ortho, begins, part, word]
    assert services("骨科", limit=2) == [ortho, begins]


@pytest.mark.parametrize("text", ["张伟", "张", "伟", "zhangwei", "Zhang Wei", "zw", "ＺＷ", "张wei"])
def test_a_doctor_with_sessions_to_come_is_found_by_name_pinyin_and_initials(ortho, eye, text):
    person = doctor(eye, "张伟")
    doctor(ortho, "李娜")
    [match] = wanted.matching(text)
    assert (match.service, match.practitioner, match.department) == (eye, person, eye.department)


def test_a_doctor_is_named_once_for_each_service(ortho, eye):
    person = doctor(eye, "张伟")
    for days in (1, 2):
        SessionFactory(service=ortho, practitioner=person, day=clock.today() + dt.timedelta(days=days))
    assert {(match.service, match.practitioner) for match in wanted.matching("张伟")} == {
        (eye, person),
        (ortho, person),
    }


def test_a_doctor_who_left_or_has_no_sessions_to_come_is_not_named(eye, now):
    doctor(eye, "张伟", is_active=False)
    PractitionerFactory(name="张伟")
    SessionFactory(service=eye, practitioner=PractitionerFactory(name="张伟"), status="cancelled")
    ended = doctor(eye, "张伟").sessions.get()
    assert len(wanted.matching("张伟")) == 1
    assert wanted.matching("张伟", at=ended.ends_at) == []


def test_what_is_not_in_use_is_not_found():
    for off in ({"is_active": False}, {"department__is_active": False}, {"department__site__is_active": False}):
        doctor(ServiceFactory(name_en="Knee clinic", **off), "张伟")
    assert services("knee") == services("张伟") == []


def test_the_statements_do_not_grow(eye, django_assert_num_queries):
    for number in (1, 20):
        for _ in range(number):
            doctor(eye, "张伟")
            ServiceFactory(name_zh="张伟工作室")
        with django_assert_num_queries(3):
            assert wanted.matching("张伟")


def test_what_is_offered_has_sessions_from_today_on_in_the_order_of_departments(now, django_assert_num_queries):
    site = SiteFactory(code="a")
    second = SlotFactory(session__service__department=DepartmentFactory(site=site, code="b")).session.service
    first = SlotFactory(session__service__department=DepartmentFactory(site=site, code="a")).session.service
    ServiceFactory()
    SessionFactory(status="cancelled")
    SessionFactory(service__is_active=False)
    SessionFactory(service__department__is_active=False)
    with django_assert_num_queries(1):
        found = wanted.offered()
        assert [service.department.site for service in found] == [site, site]
    assert found == [first, second]
    assert wanted.offered(first.sessions.get().ends_at) == []
