"""The fake carriers, one server for each test."""

import pytest

from messaging.tests.fakes import FakeCarriers


@pytest.fixture
def fake():
    running = FakeCarriers().start()
    yield running
    running.stop()
