"""Production starts only with what production needs."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from crm import production

GOOD = {
    "secret_key": "x" * 60,
    "field_key": ["y" * 40],
    "debug": False,
    "email_backend": "django.core.mail.backends.smtp.EmailBackend",
    "allowed_hosts": ["crm.hospital.example"],
    "public_url": "https://crm.hospital.example",
}


def test_a_well_made_production_starts():
    assert production.problems(**GOOD) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"secret_key": production.DEVELOPMENT_SECRET}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"field_key": []}, "FIELD_KEY"),
        ({"field_key": [""]}, "FIELD_KEY"),
        ({"field_key": ["y" * 40, "short"]}, "FIELD_KEY"),
        ({"debug": True}, "DEBUG"),
        ({"email_backend": "django.core.mail.backends.console.EmailBackend"}, "EMAIL_URL"),
        ({"email_backend": "django.core.mail.backends.dummy.EmailBackend"}, "EMAIL_URL"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS"),
        ({"public_url": ""}, "PUBLIC_URL"),
        ({"public_url": "http://crm.hospital.example"}, "PUBLIC_URL"),
    ],
)
def test_one_thing_wrong_is_named(change, word):
    [sentence] = production.problems(**{**GOOD, **change})
    assert word in sentence


def test_a_process_without_settings_counts_as_production_and_does_not_start(tmp_path):
    names = ("ENVIRONMENT", "SECRET_KEY", "FIELD_KEY", "ALLOWED_HOSTS")  # empty ones hide a developer's .env
    known = {"EMAIL_URL": "consolemail://", "DATABASE_URL": "sqlite:///:memory:", "VAR_DIR": str(tmp_path)}
    environment = {**os.environ, **dict.fromkeys(names, ""), **known}
    started = subprocess.run(
        [sys.executable, "-c", "import crm.settings"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode != 0
    assert "This is production" in started.stderr
