"""Special days and channel rules: those of other sites only are not shown to who is limited to some."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from directory.tests.factories import DepartmentFactory, ServiceFactory, SiteFactory
from scheduling.models import ChannelRule, ClosedDay

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def chief(client):
    """A supervisor of one site, signed in."""
    person = UserFactory(role="supervisor", sees_all_sites=False)
    client.site = DepartmentFactory().site
    Scope.objects.create(user=person, site=client.site)
    client.force_login(person, backend=BACKEND)
    return client


def day(name: str, site=None) -> ClosedDay:
    return ClosedDay.objects.create(name_en=name, day=clock.today() + dt.timedelta(days=3), site=site)


def listed(client, model: str) -> str:
    return client.get(reverse(f"admin:scheduling_{model}_changelist")).text


def test_special_days_of_own_and_of_every_site_are_shown(chief):
    day("Near day", chief.site), day("Every day"), day("Far day", SiteFactory())
    text = listed(chief, "closedday")
    assert "Near day" in text
    assert "Every day" in text
    assert "Far day" not in text


def test_a_special_day_of_every_site_is_changed_by_who_sees_every_site(chief):
    everywhere, near = day("Every day"), day("Near day", chief.site)
    for one, status in ((everywhere, 403), (near, 302)):
        data = {"name_en": "Mine", "name_zh": "", "day": one.day.isoformat(), "site": one.site_id or ""}
        assert chief.post(reverse("admin:scheduling_closedday_change", args=[one.pk]), data).status_code == status


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_who_is_limited_to_a_site_closes_no_other(chief, whose):
    site = "" if whose == "nobody's" else SiteFactory().pk
    data = {"name_en": "Flood", "name_zh": "", "day": clock.today().isoformat(), "site": site}
    assert chief.post(reverse("admin:scheduling_closedday_add"), data).status_code == 200
    assert not ClosedDay.objects.exists()
    chief.post(reverse("admin:scheduling_closedday_add"), {**data, "site": chief.site.pk})
    assert ClosedDay.objects.get().site == chief.site


@pytest.mark.parametrize("kind", ["site", "department", "service"])
def test_channel_rules_of_another_site_are_not_shown(chief, kind):
    mine = DepartmentFactory(site=chief.site)
    near, far = (
        {"site": one.site, "department": one, "service": ServiceFactory(department=one)}[kind]
        for one in (mine, DepartmentFactory())
    )
    ChannelRule.objects.create(name_en="Near rule", channel="portal", **{kind: near})
    ChannelRule.objects.create(name_en="Far rule", channel="portal", **{kind: far})
    ChannelRule.objects.create(name_en="Every rule", channel="portal")
    text = listed(chief, "channelrule")
    assert "Near rule" in text
    assert "Every rule" in text
    assert "Far rule" not in text


def test_who_sees_all_sites_sees_all_of_them(client):
    day("Far day", SiteFactory())
    ChannelRule.objects.create(name_en="Far rule", channel="portal", site=SiteFactory())
    client.force_login(UserFactory(role="auditor"), backend=BACKEND)
    assert "Far day" in listed(client, "closedday")
    assert "Far rule" in listed(client, "channelrule")
