"""PostgreSQL itself refuses that a patient is in two places at once. SQLite has one writer at a time instead."""

from django.db import migrations

# Over a range of the id, because that needs no extension, unlike `patient_id WITH =` (btree_gist).
ADD = """
ALTER TABLE scheduling_appointment ADD CONSTRAINT patient_in_one_place_at_a_time
EXCLUDE USING gist (int8range(patient_id, patient_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
WHERE (status IN ('held', 'booked', 'arrived') AND patient_id IS NOT NULL)
"""
DROP = "ALTER TABLE scheduling_appointment DROP CONSTRAINT patient_in_one_place_at_a_time"


def on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]
    operations = [migrations.RunPython(on_postgresql(ADD), on_postgresql(DROP))]
