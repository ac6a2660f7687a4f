"""The fake in a process of its own: python -m messaging.tests.fakes --port 9009 [--forgets-keys] [--drop-every 20]"""

import argparse

from messaging.tests.fakes.script import Script
from messaging.tests.fakes.server import SECRET, FakeCarriers


def main() -> None:
    parser = argparse.ArgumentParser(prog="messaging.tests.fakes")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--secret", default=SECRET)
    parser.add_argument("--forgets-keys", action="store_true", help="the gateway does not honour Idempotency-Key")
    parser.add_argument("--drop-every", type=int, default=0, help="cut the connection after each n-th acceptance")
    given = parser.parse_args()
    fake = FakeCarriers(given.port, given.secret, not given.forgets_keys, Script(drop_every=given.drop_every))
    print(fake.port, flush=True)  # noqa: T201
    fake.serve()


if __name__ == "__main__":
    main()
