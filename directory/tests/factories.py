import factory

from directory.models import Department, HealthcareService, Location, Practitioner, Site


class SiteFactory(factory.django.DjangoModelFactory):
    """A site with generous limits, so that a test meets only the limit it sets."""

    class Meta:
        model = Site

    code = factory.Sequence(lambda n: f"site{n}")
    name_en = factory.Sequence(lambda n: f"Site {n}")
    name_zh = factory.Sequence(lambda n: f"第{n}院区")
    max_open = 50
    max_per_day = 50
    max_per_department = 50


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    site = factory.SubFactory(SiteFactory)
    code = factory.Sequence(lambda n: f"dep{n}")
    name_en = "Orthopaedics"
    name_zh = "骨科"


class LocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Location

    site = factory.SubFactory(SiteFactory)
    code = factory.Sequence(lambda n: f"{n:03}")
    name_en = factory.LazyAttribute(lambda room: f"Room {room.code}")
    name_zh = factory.LazyAttribute(lambda room: f"{room.code}诊室")


class PractitionerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Practitioner

    name = factory.Sequence(lambda n: f"Dr Test {n}")
    code = factory.Sequence(lambda n: f"D{n:04}")


class ServiceFactory(factory.django.DjangoModelFactory):
    """A general clinic for everybody, released a fortnight before."""

    class Meta:
        model = HealthcareService

    department = factory.SubFactory(DepartmentFactory)
    code = factory.Sequence(lambda n: f"service{n}")
    name_en = "General clinic"
    name_zh = "普通门诊"
