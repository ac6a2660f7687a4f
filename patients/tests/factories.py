"""One valid default of each noun; invented people."""

import datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.services.actors import system_user
from patients.models import (
    Consent,
    ContactPoint,
    GivenBy,
    Identifier,
    IdentifierSystem,
    NameToken,
    Patient,
    PatientTag,
    Proof,
    Purpose,
    RelatedPerson,
    Relation,
    Sex,
    Tag,
)
from patients.services import record_numbers

ZHANG_WEI_CARD = "110101199003070134"  # a man born on 7 March 1990; invented, with a right check digit


class UserFactory(DjangoModelFactory):
    """A superuser: rights are not what most tests are about."""

    username = factory.Sequence(lambda n: f"alice{n}")
    name = "Alice"
    is_superuser = True
    is_staff = True

    class Meta:
        model = User


class PatientFactory(DjangoModelFactory):
    """A person with the tokens by which they are found."""

    name = "张伟"
    sex = Sex.MALE
    birth_date = datetime.date(1990, 3, 7)
    record_number = factory.LazyFunction(record_numbers.draw)

    class Meta:
        model = Patient
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        patient = model_class(*args, **kwargs)
        patient.rename(patient.name)
        patient.save()
        NameToken.objects.bulk_create(NameToken.built_for([patient]))
        return patient


class ContactPointFactory(DjangoModelFactory):
    patient = factory.SubFactory(PatientFactory)
    system = "phone"
    value = factory.Sequence(lambda n: f"+86138{n:08d}")

    class Meta:
        model = ContactPoint

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        value = kwargs.pop("value")
        point = model_class(*args, **kwargs)
        point.reach_at(value)
        point.save()
        return point


class IdentifierFactory(DjangoModelFactory):
    patient = factory.SubFactory(PatientFactory)
    system = IdentifierSystem.PASSPORT
    value = factory.Sequence(lambda n: f"E{n:08d}")

    class Meta:
        model = Identifier

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        value = kwargs.pop("value")
        identifier = model_class(*args, **kwargs)
        identifier.seal(value)
        identifier.save()
        return identifier


class RelatedPersonFactory(DjangoModelFactory):
    patient = factory.SubFactory(PatientFactory)
    proxy = factory.SubFactory(PatientFactory, name="李娜")
    relation = Relation.PARENT
    proof = Proof.HOUSEHOLD

    class Meta:
        model = RelatedPerson


class ConsentFactory(DjangoModelFactory):
    patient = factory.SubFactory(PatientFactory)
    purpose = Purpose.REMINDERS
    channel = GivenBy.COUNTER
    version = "1"
    text_shown = "We may remind you."
    by = factory.LazyFunction(system_user)

    class Meta:
        model = Consent


class TagFactory(DjangoModelFactory):
    code = factory.Sequence(lambda n: f"tag-{n}")
    name_zh = "轮椅"
    name_en = "Wheelchair"

    class Meta:
        model = Tag


class PatientTagFactory(DjangoModelFactory):
    patient = factory.SubFactory(PatientFactory)
    tag = factory.SubFactory(TagFactory)
    by = factory.LazyFunction(system_user)

    class Meta:
        model = PatientTag
