"""The web server. Two processes with four threads each: measured to be enough for two cores."""

import os

from gunicorn.glogging import Logger

from common import rubbish, secret_paths


class SparingLogger(Logger):
    """The access log names no address that opens something by itself."""

    def atoms(self, resp, req, environ, request_time):
        """What a line may be made of. Name and shape are gunicorn's."""
        known = super().atoms(resp, req, environ, request_time)
        return {name: secret_paths.hide(value) if isinstance(value, str) else value for name, value in known.items()}


logger_class = SparingLogger
wsgi_app = "crm.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
threads = int(os.environ.get("WEB_THREADS", 4))
bind = os.environ.get("BIND", "127.0.0.1:8000")
keepalive = 75  # seconds: longer than a proxy keeps its side open
graceful_timeout = 5  # seconds
timeout = 60  # seconds
max_requests = 20_000  # a fresh process now and then bounds what a leak can cost
max_requests_jitter = 2_000
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1,::1"
loglevel = "warning"
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(M)sms"  # never the query string: it may hold a phone number

# One pooled connection per thread; only here, because the worker forks and a pool does not survive that.
os.environ.setdefault("DATABASE_POOL", str(threads))


def post_worker_init(worker):
    """Name and shape are gunicorn's."""
    rubbish.settle()


def post_request(worker, req, environ, resp):
    """The answer is out: whoever asked does not wait for this. Name and shape are gunicorn's."""
    rubbish.sweep()
