"""Real web processes on the test's database, as the race tests use them."""

import json
import urllib.request

import pytest

from crm import tasks

pytestmark = pytest.mark.processes


def test_other_processes_see_what_the_test_has_saved(live_processes):
    tasks.beat()
    with urllib.request.urlopen(f"{live_processes.base_url}/healthz", timeout=10) as answer:
        assert json.load(answer)["worker"]["ok"]
