"""Runs Django's deployment checks with the settings of a well-made production, warnings as failures."""

import os
import secrets
import subprocess
import sys
import tempfile

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "FIELD_KEY": secrets.token_urlsafe(48),
    "DEBUG": "0",
    "ALLOWED_HOSTS": "crm.hospital.example",
    "PUBLIC_URL": "https://crm.hospital.example",
    "EMAIL_URL": "smtp://mail.hospital.example:25",
}


def main() -> None:
    """Exit code of `manage.py check --deploy`."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **PRODUCTION, "VAR_DIR": folder}
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
