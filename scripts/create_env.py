"""Writes `.env` for a development machine: fresh secrets, readable by its owner only, never under version control."""

import os
import secrets
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / ".env"


def main() -> None:
    """Leave an existing file alone: its FIELD_KEY is the only way to read the identity numbers already sealed."""
    values = {
        "ENVIRONMENT": "development",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEY": secrets.token_urlsafe(48),
        "DEMO_PASSWORD": f"demo-{secrets.token_hex(5)}",
    }
    text = "".join(f"{name}={value}\n" for name, value in values.items())
    try:
        descriptor = os.open(TARGET, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
