"""`manage.py serve`: web and worker together, under one Ctrl-C."""

import socket
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from accounts.roles import ROLES
from crm import processes
from crm.supervisor import Supervisor


class Command(BaseCommand):
    """Runs the whole program on one machine."""

    help = "Runs web and worker together until Ctrl-C and prints the addresses."

    def add_arguments(self, parser):
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, host: str, port: int, **options):
        """Until SIGINT or SIGTERM."""
        _refuse_taken_port(host, port)
        self._greet(f"http://{host}:{port}")
        sys.exit(Supervisor([processes.web(address=f"{host}:{port}"), processes.worker()], stop_with="web").run())

    def _greet(self, url: str) -> None:
        self.stdout.write(f"\n{settings.HOSPITAL_NAME} {settings.HOSPITAL_NAME_ZH}, version {settings.VERSION}\n")
        self.stdout.write(f"  staff   {url}/admin/\n  API     {url}/api/v1/docs/\n  health  {url}/healthz\n")
        if settings.DEMO_PASSWORD:
            self._print_logins()
        self.stdout.write(gettext("Ctrl-C ends it.") + "\n")
        self.stdout.flush()

    def _print_logins(self) -> None:
        self.stdout.write(f"\nDemo logins, password {settings.DEMO_PASSWORD} (from .env):\n")
        for code, label in ROLES.items():
            self.stdout.write(f"  {code:<18} {label}\n")
        self.stdout.write("\n")


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"Port {port} is in use ({error.strerror}). Try: make run PORT={port + 1}") from error
