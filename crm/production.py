"""What a production process must not start with. Pure: settings.py calls it, tests call it."""

SHORTEST_SECRET = 50  # characters, as Django's own deployment check asks
DEVELOPMENT_SECRET = "known-to-everybody-so-a-production-process-refuses-to-start-with-it"  # noqa: S105
CONSOLE_BACKENDS = ("console", "locmem", "filebased", "dummy")


def problems(
    *,
    secret_key: str,
    field_key: list[str],
    debug: bool,
    email_backend: str,
    allowed_hosts: list[str],
    public_url: str,
) -> list[str]:
    """One sentence for each reason not to start; empty when all is well."""
    found = []
    if secret_key == DEVELOPMENT_SECRET or len(secret_key) < SHORTEST_SECRET:
        found.append(f"SECRET_KEY is missing, the development one, or shorter than {SHORTEST_SECRET} characters.")
    if not any(field_key) or min(map(len, field_key)) < 32:
        found.append("FIELD_KEY is missing or shorter than 32 characters: identity numbers could not be sealed safely.")
    if debug:
        found.append("DEBUG is on: error pages would show patients' data.")
    if any(f".{name}." in email_backend for name in CONSOLE_BACKENDS):
        found.append("EMAIL_URL is a console or test channel: messages would reach nobody.")
    if not allowed_hosts or "*" in allowed_hosts:
        found.append("ALLOWED_HOSTS must name the hosts that are served.")
    if not public_url.startswith("https://"):
        found.append("PUBLIC_URL must be the https:// address at which patients and carriers reach this program.")
    return found
