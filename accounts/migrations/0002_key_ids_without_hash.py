from django.db import migrations
from django.db.models import F


def name_by_prefix(apps, schema_editor):
    """The id was prefix and hash; now it is the prefix, which is unique and shown anyway."""
    for name in ("ChannelKey", "HistoricalChannelKey"):
        apps.get_model("accounts", name)._default_manager.update(id=F("prefix"))
    entries = apps.get_model("admin", "LogEntry").objects
    for entry in entries.filter(content_type__app_label="accounts", content_type__model="channelkey"):
        entry.object_id = entry.object_id.partition(".")[0]
        entry.save(update_fields=["object_id"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(name_by_prefix, migrations.RunPython.noop)]
