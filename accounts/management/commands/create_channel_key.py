from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from accounts.models.device import DEVICE_CHANNELS
from accounts.services import devices


class Command(BaseCommand):
    """Make a key with which a channel speaks to the API; it is printed once."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("name", help="what people call the device, e.g. “Kiosk hall A”")
        parser.add_argument("--channel", required=True, choices=[channel.value for channel in DEVICE_CHANNELS])
        parser.add_argument("--read-patients", action="store_true", default=None, help="may look up patients")

    def handle(self, *, name, channel, read_patients, **options):
        device = devices.register(name=name, channel=channel)
        if device.channel != channel:
            said = gettext("“%(name)s” exists and belongs to the channel “%(channel)s”.")
            raise CommandError(said % {"name": name, "channel": device.channel})
        rights = {} if read_patients is None else {"may_read_patients": True}
        _key, secret = devices.create_key(device, **rights)
        self.stdout.write(secret)
        self.stderr.write(gettext("Keep it safe: it is not shown again. Header of each request:"))
        self.stderr.write(f"Authorization: Api-Key {secret[:8]}…")
