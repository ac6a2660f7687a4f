"""Whom somebody books for: children by declaring, adults by a code to their own phone, and the end of it. P27, P28."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.services.actors import portal_user
from common import clock
from interactions.models import Task
from patients.consent_texts import TEXTS
from patients.models import Consent, Identifier, Patient, Proof, RelatedPerson
from patients.services import contacts, identifiers, proxies
from patients.services.identity_numbers import GivenIdentifier
from patients.tests.factories import ZHANG_WEI_CARD, ContactPointFactory, PatientFactory, UserFactory
from portal import invited, visitor
from portal.tests.coding import asked, code_at, wrong_at
from portal.tests.factories import clinic
from portal.tests.signing import account_of, enter

pytestmark = pytest.mark.usefixtures("carriers")
MINE, THEIRS = "+8613800138000", "+8613900139000"
HERS = {"relation": "child", "name": "Wang Fang", "birth_date": "1952-03-07", "kind": "", "phone": "139 0013 9000"}
FAMILY, CHILD, ADULT, CODE = (reverse(f"portal:{name}") for name in ("family", "add_child", "add_adult", "adult_code"))


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


@pytest.fixture
def inside(client, alice):
    enter(client, alice)
    return client


def kid(**more):
    born = clock.today() - dt.timedelta(days=5 * 366)
    return {"relation": "parent", "name": "Charlie Smith", "birth_date": f"{born}", "kind": "", "agree": "on"} | more


def page(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def acts_for(person, name="Charlie Smith", **more) -> RelatedPerson:
    known = {"relation": "parent", "proof": Proof.DECLARED, "by": UserFactory(), "can_view": True} | more
    return proxies.grant(patient=PatientFactory(name=name, language="en"), proxy=person, **known)


def test_who_has_nobody_yet_is_told_how_to_add_somebody(inside):
    text = page(inside.get(FAMILY))
    assert "Nobody yet." in text
    assert "Add a child" in text
    assert "Add an adult" in text


def test_a_child_is_added_by_its_guardian_and_booked_for(inside, alice):
    """P27: a consent of its own, in the words that were shown."""
    shown = inside.get(CHILD).content.decode()
    answer = inside.post(CHILD, kid(), follow=True)
    child = Patient.objects.get(name="Charlie Smith")
    assert reverse("portal:what", args=[child.uuid]) in answer.content.decode()
    consent = Consent.objects.get(patient=child)
    assert consent.text_shown in unescape(shown)
    assert consent.text_shown.startswith("As the guardian")
    assert TEXTS["portal"].en in consent.text_shown
    assert Consent.objects.filter(patient=alice).count() == 0
    assert "Charlie Smith You are their: Parent" in page(inside.get(FAMILY))


def test_without_agreement_no_child_is_added(inside):
    answer = inside.post(CHILD, kid(agree=""))
    assert answer.status_code == 422
    assert "Please tick the box" in page(answer)
    assert (Patient.objects.count(), RelatedPerson.objects.count()) == (1, 0)


def test_a_form_that_is_sent_twice_adds_one_child(inside):
    first, second = inside.post(CHILD, kid()), inside.post(CHILD, kid())
    assert first["Location"] == second["Location"]
    assert (Patient.objects.count(), RelatedPerson.objects.count(), Consent.objects.count()) == (2, 1, 1)


def test_an_adult_is_not_added_as_a_child(inside):
    answer = inside.post(CHILD, kid(birth_date="1990-03-07"))
    assert answer.status_code == 422
    assert "Adults agree themselves" in page(answer)


KINDS = [
    ("resident_id", "110101201903070017", "2019-03-07", None),
    ("resident_id", "１１０１０１ ２０１９０３０７ ００１７。", "2019-03-07", None),
    ("resident_id", "110101201903070018", "2019-03-07", "This number cannot be right"),
    ("resident_id", "110101201903070017", "2019-03-08", "do not agree"),
    ("passport", "E12345678", "2019-03-07", None),
    ("travel_permit", "H12345678", "2019-03-07", None),
    ("other", "军字第1234567号", "2019-03-07", None),
    ("other", "", "2019-03-07", "Enter the number"),
    ("", "", "2019-03-07", None),
]


@pytest.mark.parametrize(("kind", "number", "born", "wrong"), KINDS)
def test_each_kind_of_document_is_taken_or_its_fault_is_said(inside, kind, number, born, wrong):
    """P28; a child without a document is added as well."""
    answer = inside.post(CHILD, kid(kind=kind, number=number, birth_date=born))
    if wrong:
        assert answer.status_code == 422
        assert wrong in page(answer)
        assert Patient.objects.count() == 1
    else:
        assert answer.status_code == 302
        assert Identifier.objects.filter(system=kind).count() == (1 if kind else 0)


@pytest.mark.parametrize("name", ["𠮷田·买买提", "阿卜杜热西提·" + "麦" * 54, "Nguyễn Thị Minh Khai"])
def test_rare_and_long_names_are_kept_as_they_are(inside, name):
    """P29."""
    answer = inside.post(CHILD, kid(name=name), follow=True)
    assert name in unescape(answer.content.decode())
    assert Patient.objects.filter(name=name).count() == 1


def test_an_adult_agrees_by_the_code_to_their_phone(inside, alice):
    """P27."""
    assert inside.post(ADULT, HERS)["Location"] == CODE
    assert RelatedPerson.objects.count() == 0
    inside.post(CODE, {"code": code_at(THEIRS)})
    related = RelatedPerson.objects.get()
    assert (related.proxy, related.proof, related.can_book) == (alice, "code", True)
    assert Consent.objects.get(patient=related.patient).text_shown == TEXTS["portal"].en
    assert invited.KEY not in inside.session


def test_the_answers_are_the_same_for_a_known_and_an_unknown_adult(client, alice):
    """H7: nobody learns whether somebody is known here, before their code."""
    known = PatientFactory(name="Wang Fang", birth_date=dt.date(1952, 3, 7), language="en")
    ContactPointFactory(patient=known, value=THEIRS)
    enter(client, alice)
    bodies = []
    for name in ("Wang Fang", "Nobody Known"):
        answers = [client.post(ADULT, HERS | {"name": name}), client.get(CODE)]
        bodies.append([(one.status_code, re.sub(r'value="\w{64}"', "", one.content.decode())) for one in answers])
    assert bodies[0] == bodies[1]


def test_a_wrong_code_adds_nobody_and_the_fifth_ends_it(inside):
    inside.post(ADULT, HERS)
    wrong = wrong_at(THEIRS)
    said = [page(inside.post(CODE, {"code": wrong})) for _n in range(5)]
    assert "Tries left: 4" in said[0]
    assert "not valid any more" in said[4]
    assert "not valid any more" in page(inside.post(CODE, {"code": code_at(THEIRS)}))
    assert RelatedPerson.objects.count() == 0


def test_the_code_is_sent_again_and_the_first_one_is_over(inside):
    inside.post(ADULT, HERS)
    first = code_at(THEIRS)
    inside.post(reverse("portal:adult_again"), {"voice": "1"})
    assert asked() == 2
    if first != code_at(THEIRS):
        inside.post(CODE, {"code": first})
        assert RelatedPerson.objects.count() == 0
    inside.post(CODE, {"code": code_at(THEIRS)})
    assert RelatedPerson.objects.count() == 1


def test_the_code_of_an_adult_signs_nobody_in(inside, client, alice):
    """H7: it is bound to the browser that asked, and to what it asked."""
    inside.post(ADULT, HERS)
    assert inside.post(reverse("portal:code"), {"code": code_at(THEIRS)})["Location"] == reverse("portal:sign_in")


def test_on_a_shared_browser_nobody_finds_the_half_done_invitation_of_another(client, alice):
    client.force_login(UserFactory())
    session = client.session
    account = account_of(alice)
    session["portal"] = visitor.signed_in(account)
    session.save()
    client.post(ADULT, HERS)
    assert invited.KEY in client.session
    client.post(reverse("portal:sign_out"))
    assert invited.KEY not in client.session


def test_codes_to_one_phone_are_limited_here_as_well(inside):
    for _n in range(5):
        inside.post(ADULT, HERS)
    answer = inside.post(ADULT, HERS)
    assert answer.status_code == 429
    assert "minutes" in page(answer)
    assert asked() == 5


def test_the_number_of_a_document_is_sealed_while_the_code_is_on_its_way(inside):
    inside.post(ADULT, HERS | {"kind": "resident_id", "number": ZHANG_WEI_CARD, "birth_date": "1990-03-07"})
    assert ZHANG_WEI_CARD not in str(dict(inside.session))
    inside.post(CODE, {"code": code_at(THEIRS)})
    assert Identifier.objects.get().unsealed() == ZHANG_WEI_CARD


def test_the_document_of_a_stranger_opens_nothing_and_staff_compare(inside):
    """H7."""
    stranger = PatientFactory(name="Wang Fang", birth_date=dt.date(1952, 3, 7))
    identifiers.add(patient=stranger, given=GivenIdentifier("passport", "E12345678"), by=UserFactory())
    inside.post(ADULT, HERS | {"kind": "passport", "number": "E12345678"})
    inside.post(CODE, {"code": code_at(THEIRS)})
    assert not stranger.proxies.exists()
    assert Task.objects.get().kind == "check_identity"


def test_who_is_too_young_to_agree_is_added_as_a_child(inside):
    """PIPL 31: below fourteen a code proves no agreement."""
    answer = inside.post(ADULT, HERS | {"birth_date": kid()["birth_date"]})
    assert answer.status_code == 422
    assert asked() == 0


def test_no_more_than_so_many_people_and_no_code_is_sent_for_one_more(inside, alice, settings):
    settings.MAX_FAMILY = 1
    acts_for(alice)
    assert "You can add at most 1 people" in page(inside.get(FAMILY))
    for address, said in ((CHILD, kid(name="Dora")), (ADULT, HERS)):
        answer = inside.post(address, said)
        assert answer.status_code == 422
        assert "at most 1" in page(answer)
    assert asked() == 0


def test_somebody_is_removed_after_a_question(inside, alice):
    """P27: unlink at any time; H2: the old addresses are dead."""
    child = acts_for(alice).patient
    address = reverse("portal:remove", args=[child.uuid])
    assert "Visits that are booked stay booked" in page(inside.get(address))
    assert RelatedPerson.objects.live().count() == 1
    assert inside.post(address)["Location"] == inside.post(address)["Location"] == FAMILY
    assert RelatedPerson.objects.live().count() == 0
    for name in ("remove", "added", "what"):
        assert inside.get(reverse(f"portal:{name}", args=[child.uuid])).status_code == 404


def test_an_adult_ends_that_somebody_books_for_them(inside, alice):
    """P27: an adult can refuse to be managed."""
    bob = PatientFactory(name="Bob Jones")
    right = proxies.grant(patient=alice, proxy=bob, relation="spouse", proof=Proof.CODE, by=portal_user())
    assert "Bob Jones Is your: Spouse" in page(inside.get(FAMILY))
    address = reverse("portal:refuse", args=[bob.uuid])
    assert inside.get(address).status_code == 200
    inside.post(address)
    right.refresh_from_db()
    assert right.ended_at is not None
    assert "Nobody but you." in page(inside.get(FAMILY))


def test_nobody_ends_or_sees_the_right_of_strangers(inside, alice):
    """H1, H2."""
    bob, charlie = PatientFactory(name="Bob Jones"), PatientFactory(name="Charlie")
    right = proxies.grant(patient=charlie, proxy=bob, relation="parent", proof=Proof.DECLARED, by=UserFactory())
    for name in ("remove", "refuse"):
        for who in (bob, charlie, alice):
            address = reverse(f"portal:{name}", args=[who.uuid])
            assert inside.get(address).status_code == 404
            inside.post(address)
    right.refresh_from_db()
    assert right.ended_at is None


def test_every_page_asks_strangers_to_sign_in(client, alice):
    """H1."""
    addresses = [FAMILY, CHILD, ADULT, CODE, reverse("portal:adult_again")]
    addresses += [reverse(f"portal:{name}", args=[alice.uuid]) for name in ("added", "remove", "refuse")]
    for address in addresses:
        for ask in (client.get, client.post):
            answer = ask(address, kid())
            assert answer.status_code in (302, 405), address
            if answer.status_code == 302:
                assert answer["Location"].startswith(reverse("portal:sign_in")), address
    assert (Patient.objects.count(), RelatedPerson.objects.count()) == (1, 0)


def test_more_fields_than_asked_for_change_nothing(inside, alice):
    """H3."""
    bob = PatientFactory(name="Bob Jones")
    odd = {"id": 7, "patient": bob.pk, "proxy": bob.pk, "guardian": bob.pk, "proof": "court", "can_view": "", "by": 1}
    inside.post(CHILD, kid(**odd, sex="male", record_number="1", merged_into=bob.pk))
    related = RelatedPerson.objects.get()
    assert (related.proxy, related.proof, related.patient.sex) == (alice, "declared", "unknown")
    assert related.patient.merged_into is None
    answer = inside.post(CHILD, kid(name="Dora", relation="helper"))
    assert answer.status_code == 422


def test_names_with_markup_are_shown_as_they_are(inside, alice):
    """H9."""
    acts_for(alice, name='<script>alert("x")</script>')
    assert "<script>alert" not in inside.get(FAMILY).content.decode()


@pytest.mark.parametrize("field", ["name", "birth_date", "phone"])
def test_each_missing_field_is_named_in_the_summary_and_kept_values_stay(inside, field):
    """P31."""
    answer = inside.post(ADULT, HERS | {field: ""})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error:" in html
    assert f'href="#id_{field}"' in html
    assert f'aria-describedby="id_{field}' in html
    assert "novalidate" in html
    kept = "139 0013 9000" if field != "phone" else "Wang Fang"
    assert kept in html


def test_browsers_do_not_fill_in_what_they_know_of_their_owner(inside):
    """P29 asks for it on one's own page only."""
    assert 'autocomplete="name"' not in inside.get(CHILD).content.decode()
    assert 'autocomplete="tel"' not in inside.get(ADULT).content.decode()


def test_no_page_asks_more_of_the_database_with_more_people(inside, alice, django_assert_max_num_queries):
    for number in range(4):
        acts_for(alice, name=f"Child {number}")
        proxies.grant(
            patient=alice, proxy=PatientFactory(name=f"P {number}"), relation="other", proof="code", by=UserFactory()
        )
    inside.get(FAMILY)
    some = alice.acts_for.first().patient.uuid
    for address in (FAMILY, CHILD, ADULT, *(reverse(f"portal:{name}", args=[some]) for name in ("added", "remove"))):
        with django_assert_max_num_queries(8):
            assert inside.get(address).status_code == 200, address


def test_the_journey_leads_to_the_family_and_back(inside, alice):
    clinic()
    child = acts_for(alice).patient
    assert FAMILY in inside.get(reverse("portal:book")).content.decode()
    assert inside.get(reverse("portal:what", args=[child.uuid])).status_code == 200


def test_a_child_that_moved_to_another_phone_is_a_new_record_that_staff_compare(inside):
    """Nobody gets a known child by name and birth date alone."""
    known = PatientFactory(name="Charlie Smith", birth_date=dt.date.fromisoformat(kid()["birth_date"]))
    contacts.add(patient=known, value=THEIRS, by=UserFactory())
    inside.post(CHILD, kid())
    assert not known.proxies.exists()
    assert Task.objects.filter(kind="check_identity").count() == 1
