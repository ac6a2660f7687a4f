"""What people see of the models, and what web processes load."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.tests.factories import UserFactory
from scheduling.models import RiskModel
from scheduling.risk import learning, scoring
from scheduling.tests.risk_data import add_visits, yesterday

WEB = """
import sys
import crm.wsgi
from django.contrib import admin
from django.urls import get_resolver
get_resolver().url_patterns
assert admin.site._registry
print(sorted({"numpy", "scipy", "sklearn", "joblib"} & set(sys.modules)))
"""


@pytest.fixture
def stored():
    add_visits(20, 30, last=yesterday())
    made = learning.train(until=yesterday())
    scoring.score()
    return made


def page_of(client, role: str, language: str, model: RiskModel):
    client.force_login(UserFactory(role=role))
    address = reverse("admin:scheduling_riskmodel_change", args=[model.pk])
    return client.get(address, headers={"accept-language": language})


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("role", ["supervisor", "administrator", "auditor"])
def test_who_plans_or_audits_reads_the_card(client, stored, role, language):
    answer = page_of(client, role, language, stored)
    assert answer.status_code == 200
    assert f"{stored.card['all']['auc']:.3f}" in answer.text
    assert answer.text.count("<caption>") == 5


def test_the_card_says_what_a_list_is_worth(client, stored):
    text = page_of(client, "supervisor", "en", stored).text
    assert "Of 100 people on a list of the riskiest 10 %" in text
    assert "No visit since those that the model learnt from has an outcome yet." in text


@pytest.mark.parametrize("role", ["front_desk", "agent", "clinician"])
def test_others_do_not(client, stored, role):
    assert page_of(client, role, "en", stored).status_code == 403


def test_the_point_score_has_a_page_without_figures(client):
    scoring.score()
    assert "published point score" in page_of(client, "supervisor", "en", RiskModel.objects.get()).text


def test_nobody_changes_a_model_by_hand(client, stored):
    client.force_login(UserFactory(is_superuser=True))
    address = reverse("admin:scheduling_riskmodel_change", args=[stored.pk])
    assert client.post(address, {"version": 9}).status_code == 403
    assert client.get(reverse("admin:scheduling_riskmodel_add")).status_code == 403


def test_web_processes_load_neither_numpy_nor_scikit_learn():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WEB], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stderr
