"""Bars that rest on no written policy end: from now on a restriction has one, and can be appealed."""

from django.db import migrations
from django.utils import timezone

REASON = "Ended with the update: it rested on no written policy."


def end_bars(apps, schema_editor):
    patients = apps.get_model("patients", "Patient")
    past = apps.get_model("patients", "HistoricalPatient")
    names = {field.attname for field in past._meta.get_fields() if hasattr(field, "attname")}
    for patient in patients.objects.exclude(barred_until=None).iterator():
        patient.barred_until, patient.barred_reason = None, ""
        patient.save(update_fields=["barred_until", "barred_reason"])
        kept = {field.attname: getattr(patient, field.attname) for field in patient._meta.concrete_fields}
        past.objects.create(
            **{name: value for name, value in kept.items() if name in names},
            history_date=timezone.now(),
            history_type="~",
            history_change_reason=REASON,
        )


def drop_right(apps, schema_editor):
    """Its place is taken by the rights about restrictions."""
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="patients", codename="bar_patient"
    ).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0005_contact_that_fails"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunPython(end_bars, migrations.RunPython.noop),
        migrations.RunPython(drop_right, migrations.RunPython.noop),
    ]
