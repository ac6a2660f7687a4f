"""`manage.py serve`: web and worker together, under one Ctrl-C."""

import os
import socket
import sys

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext

from accounts.roles import ROLES
from common.console import ConsoleCommand
from crm import processes
from crm.supervisor import Supervisor


class Command(ConsoleCommand):
    """Runs the whole program on one machine."""

    help = "Runs web and worker together until Ctrl-C and prints the addresses."

    def add_arguments(self, parser):
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, host: str, port: int, **options):
        """Until SIGINT or SIGTERM."""
        _refuse_taken_port(host, port)
        os.environ.setdefault("PUBLIC_URL", f"http://localhost:{port}")  # links in messages lead to this very port
        self._greet(f"http://{host}:{port}")
        sys.exit(Supervisor([processes.web(address=f"{host}:{port}"), processes.worker()], stop_with="web").run())

    def _greet(self, url: str) -> None:
        self.stdout.write(f"\n{settings.HOSPITAL_NAME} {settings.HOSPITAL_NAME_ZH} {settings.VERSION}\n")
        pages = {
            "admin/": gettext("staff pages"),
            "portal/": gettext("patient portal"),
            "api/v1/docs/": gettext("API"),
            "healthz": gettext("health"),
        }
        for path, name in pages.items():
            self.stdout.write(f"  {url}/{path:<14} {name}\n")
        if settings.DEMO_PASSWORD:
            self._print_logins()
        self.stdout.write(gettext("Ctrl-C ends it.") + "\n")
        self.stdout.flush()

    def _print_logins(self) -> None:
        said = gettext("Demo logins, all with the password %s (from .env):")
        self.stdout.write(f"\n{said % settings.DEMO_PASSWORD}\n")
        for code, label in ROLES.items():
            self.stdout.write(f"  {code:<18} {label}\n")
        self.stdout.write(
            gettext("Patients sign in with any mobile number; the code stands in the supervisor's outbox.")
        )
        self.stdout.write("")


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            said = gettext("Port %(port)s is in use. Try: make run PORT=%(next)s") % {"port": port, "next": port + 1}
            raise CommandError(said) from error
