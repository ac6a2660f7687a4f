"""The program's settings, with the reference beside it: same middleware, same database, same server."""

from crm.settings import *  # noqa: F403
from crm.settings import INSTALLED_APPS, STATIC_ROOT

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
