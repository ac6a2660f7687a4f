"""The program's settings, for tests: which database, and what would only make tests slow.

`DATABASE=postgresql` starts a PostgreSQL from its wheel, once: the first process of a run starts it and its children
(xdist's workers, web servers under test) find its address in the environment. `DATABASE=sqlite`, the default, uses a
file, because other processes have to open it too.
"""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("ENVIRONMENT", "development")
os.environ["FIELD_KEY"] = "field-key-of-the-tests-only-not-used-anywhere-else"
os.environ["SECRET_KEY"] = "secret-key-of-the-tests-only-not-used-anywhere-else"
os.environ["HOSPITAL_NAME"] = "Riverside Hospital"
os.environ["HOSPITAL_NAME_ZH"] = "江滨医院"
os.environ["TIME_ZONE"] = "Asia/Shanghai"
os.environ["PHONE_REGION"] = "CN"
os.environ["LANGUAGE_CODE"] = "en"
os.environ["REDIS_URL"] = ""
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="crm-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
if "TEST_DATABASE_URL" in os.environ:  # a process that a test has started, on that test's database
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
elif os.environ.get("DATABASE", "sqlite") == "postgresql":
    from tests import postgres

    os.environ["DATABASE_URL"] = postgres.url()
else:
    os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['VAR_DIR']}/db.sqlite3"

from crm.settings import *  # noqa: F403
from crm.settings import DATABASES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and nothing else
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # nothing is collected
STATIC_ROOT = None
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
