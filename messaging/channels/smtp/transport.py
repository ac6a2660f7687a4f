"""E-mail through a mail server, with Django's SMTP backend and the account's own settings."""

import contextlib
import smtplib
import ssl

from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.channels import http, letters
from messaging.channels.base import Accepted, Option, Outgoing, Settles, Transport, TransportError
from messaging.models import Medium

SECONDS = 10
NO_SUCH_ADDRESS = (550, 551, 553)  # RFC 5321, 4.2.3; to RCPT


class _Watched:
    """Remembers whether the letter itself was begun to be handed over: before that, nothing was sent."""

    handed_over = False

    def data(self, message):
        self.handed_over = True
        return super().data(message)


class _Plain(_Watched, smtplib.SMTP):
    pass


class _Ssl(_Watched, smtplib.SMTP_SSL):
    pass


class _Backend(EmailBackend):
    """Django's, with connections that can be asked how far they came, and that are closed when they were not let in."""

    def open(self):
        """Raises smtplib's and the system's errors."""
        try:
            return super().open()
        except OSError:
            if self._partial_connection is not None:
                self._partial_connection.close()
            raise

    @property
    def connection_class(self):
        return _Ssl if self.use_ssl else _Plain


class SmtpTransport(Transport):
    """NEVER: a mail server cannot be asked, and it delivers the same Message-ID twice.

    Bounces come as e-mail to the sender's mailbox, not to us.
    """

    kind = "smtp"
    label = _("E-mail through a mail server (SMTP)")
    media = (Medium.EMAIL.value,)
    options = (
        Option("host", _("mail server")),
        Option("port", _("port"), default="587", required=False),
        Option("security", _("encryption"), default="starttls", required=False, help=_("starttls, ssl or none.")),
        Option("user", _("user name"), required=False),
        Option("password", _("password"), secret=True, required=False),
        Option("sender", _("sender"), help=_("An address, or: Name <address>.")),
    )
    settles = Settles.NEVER
    at_once = 1

    def send(self, message: Outgoing) -> Accepted:
        """250 after the letter: taken."""
        letter, backend = letters.letter(message, self.settings["sender"]), self._backend()
        self._open(backend)
        try:
            backend.send_messages([letter])
        except smtplib.SMTPException as error:
            raise _refused(error, backend.connection.handed_over) from None
        except OSError:
            raise _broken_off(backend.connection.handed_over) from None
        except ValueError:  # the sender is no address
            raise http.account("sender") from None
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                backend.close()
        return Accepted(provider_id=str(message.ref))

    def _backend(self) -> _Backend:
        settings = self.settings
        if settings["security"] not in ("starttls", "ssl", "none") or not settings["port"].isdecimal():
            raise http.account("settings")
        return _Backend(
            host=settings["host"],
            port=int(settings["port"]),
            username=settings["user"],
            password=settings["password"],
            use_tls=settings["security"] == "starttls",
            use_ssl=settings["security"] == "ssl",
            timeout=SECONDS,
            fail_silently=False,
        )

    def _open(self, backend: _Backend) -> None:
        """Connect and sign in. Whatever goes wrong here, nothing was sent."""
        try:
            backend.open()
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
            raise http.account(str(getattr(error, "smtp_code", "TLS"))) from None
        except (smtplib.SMTPException, OSError):
            raise TransportError(gettext("The carrier cannot be reached."), down=True) from None


def _broken_off(handed_over: bool) -> TransportError:
    """Once the letter is on its way, a lost answer proves nothing."""
    if handed_over:
        return TransportError(gettext("The carrier gave no clear answer."), unknown=True)
    return TransportError(gettext("The carrier cannot be reached."), down=True)


def _refused(error: smtplib.SMTPException, handed_over: bool) -> TransportError:
    """By the server's code. Its words are left out: they repeat the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, said)] = error.recipients.values()
        return _by_code(code, wrong_address=code in NO_SUCH_ADDRESS and not said.startswith(b"5.7."))
    if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code >= 500:
        return http.account(str(error.smtp_code))
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 400:
        return _by_code(error.smtp_code)
    return _broken_off(handed_over)


def _by_code(code: int, *, wrong_address: bool = False) -> TransportError:
    """5xx for good, 4xx for now; 5.7.x is policy (RFC 3463), which says nothing against the address."""
    words = gettext("The mail server refused it (%(code)s).") % {"code": code}
    return TransportError(words, permanent=code >= 500, wrong_address=wrong_address, down=code == 421)
