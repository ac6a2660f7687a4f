"""Special days and channel rules: those of other sites only are not shown to who is limited to some."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from directory.tests.factories import DepartmentFactory, ServiceFactory, SiteFactory
from scheduling.errors import RuleTooWide
from scheduling.models import ChannelRule, ClosedDay
from scheduling.services import channel_rules

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


def rule_of(**given) -> dict:
    data = {"name_en": "Keep", "name_zh": "", "channel": "phone", "is_active": "on", "grade": "", "opens_days": ""}
    numbers = {"reserved_percent": 10, "max_percent": 100, "melts_hours": 24, "closes_hours": 0}
    return data | numbers | {name: getattr(one, "pk", one) for name, one in given.items()}


ADD_RULE = "admin:scheduling_channelrule_add"


def test_a_rule_for_every_site_is_not_made_by_who_is_limited_to_some(chief):
    answer = chief.post(reverse(ADD_RULE), rule_of())
    assert answer.status_code == 200
    assert "This rule would speak of other sites too." in answer.text
    assert not ChannelRule.objects.exists()


@pytest.mark.parametrize("kind", ["site", "department", "service"])
def test_a_rule_within_the_scope_is_made_and_changed(chief, kind):
    mine = DepartmentFactory(site=chief.site)
    what = {"site": mine.site, "department": mine, "service": ServiceFactory(department=mine)}[kind]
    assert chief.post(reverse(ADD_RULE), rule_of(**{kind: what})).status_code == 302
    rule = ChannelRule.objects.get()
    address = reverse("admin:scheduling_channelrule_change", args=[rule.pk])
    assert chief.post(address, rule_of(**{kind: what, "reserved_percent": 20})).status_code == 302
    assert chief.post(address, rule_of(reserved_percent=30)).status_code == 200
    rule.refresh_from_db()
    assert rule.reserved_percent == 20


def test_who_is_limited_to_a_department_makes_no_rule_for_its_site(chief):
    mine = DepartmentFactory(site=chief.site)
    Scope.objects.update(department=mine)
    assert chief.post(reverse(ADD_RULE), rule_of(site=chief.site)).status_code == 200
    assert chief.post(reverse(ADD_RULE), rule_of(site=chief.site, department=mine)).status_code == 302


def test_the_service_refuses_too(chief):
    everywhere = ChannelRule.objects.create(name_en="Every rule", channel="portal")
    person = Scope.objects.get().user
    with pytest.raises(RuleTooWide):
        channel_rules.save(ChannelRule(name_en="Mine", channel="portal"), by=person)
    everywhere.site = chief.site
    with pytest.raises(RuleTooWide):
        channel_rules.save(everywhere, by=person)


def test_who_sees_all_sites_makes_rules_for_all(client):
    client.force_login(UserFactory(role="supervisor"), backend=BACKEND)
    assert client.post(reverse(ADD_RULE), rule_of()).status_code == 302


def test_who_sees_all_sites_sees_all_of_them(client):
    day("Far day", SiteFactory())
    ChannelRule.objects.create(name_en="Far rule", channel="portal", site=SiteFactory())
    client.force_login(UserFactory(role="auditor"), backend=BACKEND)
    assert "Far day" in listed(client, "closedday")
    assert "Far rule" in listed(client, "channelrule")
