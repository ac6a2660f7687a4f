"""A mail server that fails as it is told to.

    server = FakeMailServer(); server.start()
    server.next = "rcpt:550 5.1.1 no such user"     # or mail:…, data:…, and a word: hang, cut, cut-early

`next` holds for one letter. `letters` are those that were taken, as (envelope sender, recipients, bytes).
"""

import asyncio

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "mail-user", "mail-password"


class _Handler:
    def __init__(self, server):
        self.server = server

    async def handle_MAIL(self, server, session, envelope, address, options):
        return self._refusal("mail") or self._taken(envelope, "mail_from", address)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.server.next == "cut-early":
            server.transport.abort()
        refused = self._refusal("rcpt")
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        step = self.server.next
        refused = self._refusal("data")
        if refused:
            return refused
        self.server.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if step == "hang":
            await asyncio.sleep(self.server.hangs)
        if step == "cut":
            server.transport.abort()
        return "250 taken"

    def _refusal(self, stage):
        name, _colon, answer = self.server.next.partition(":")
        return answer if name == stage else None

    @staticmethod
    def _taken(envelope, name, value):
        setattr(envelope, name, value)
        return "250 OK"


class FakeMailServer(Controller):
    """On a free port of this machine; knows a user and password when `secured`."""

    def __init__(self, *, secured: bool = False):
        self.next = ""
        self.hangs = 1.0  # seconds
        self.letters: list = []
        options = {"authenticator": self._sign_in, "auth_require_tls": False} if secured else {}
        super().__init__(_Handler(self), hostname="127.0.0.1", port=0, **options)

    @staticmethod
    def _sign_in(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    @property
    def bound(self) -> int:
        """The port that was free."""
        return self.server.sockets[0].getsockname()[1]

    def _trigger_server(self):
        """aiosmtpd knocks at the port it was given; with 0 it is known only now."""
        self.port = self.bound
        super()._trigger_server()
