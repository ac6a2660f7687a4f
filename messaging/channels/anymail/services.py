"""The e-mail services that need no more than a key: how django-anymail is given one account of each.

Its backends and webhook views take their settings as arguments, so several accounts can differ, nothing stands in
settings.py, and the package is no app of the project. Services whose receipts need a further package, or that
anymail no longer tests, are left out.
"""

import io
from collections.abc import Mapping
from typing import Any

from anymail.backends import brevo, mailgun, postmark, resend
from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from django.core.handlers.wsgi import WSGIRequest

from messaging.channels import http
from messaging.channels.base import Incoming

BACKENDS = {
    "brevo": brevo.EmailBackend,
    "mailgun": mailgun.EmailBackend,
    "postmark": postmark.EmailBackend,
    "resend": resend.EmailBackend,
}
HOOKS = {
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "resend": ResendTrackingWebhookView,
}


def backend(settings: Mapping[str, str]) -> AnymailRequestsBackend:
    """For one sending. Our session keeps our time limits. Raises KeyError for a service that is not known."""
    service = settings["service"]
    options: dict[str, Any] = {"server_token" if service == "postmark" else "api_key": settings["api_key"]}
    if service == "mailgun" and settings["domain"]:
        options["sender_domain"] = settings["domain"]
    if settings["base_url"]:
        options["api_url"] = settings["base_url"]
    built = BACKENDS[service](**options)
    built.session = http.Session()
    return built


def hook(settings: Mapping[str, str]) -> AnymailBaseWebhookView:
    """What checks and reads the service's requests. Mailgun signs; the others send the user and password that stand in
    the address given to them."""
    secret = settings["hook_secret"]
    view = HOOKS[settings["service"]]
    return view(webhook_signing_key=secret) if settings["service"] == "mailgun" else view(webhook_secret=secret)


def as_request(incoming: Incoming) -> WSGIRequest:
    """The request as Django had it, for anymail's views."""
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in incoming.headers.items()}
    environ |= {
        "REQUEST_METHOD": incoming.method,
        "CONTENT_TYPE": incoming.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(incoming.body)),
        "wsgi.input": io.BytesIO(incoming.body),
    }
    return WSGIRequest(environ)
