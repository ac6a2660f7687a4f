import pytest

from patients.tests.factories import UserFactory


@pytest.fixture
def alice(db):
    """Who acts in most tests."""
    return UserFactory()
