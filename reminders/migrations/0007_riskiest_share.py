"""A step for those at risk speaks to a share of the visits to come, no longer to those above a fixed risk.

What stood there was a risk, and no share follows from it: every step gets the share that a new one has.
"""

import django.core.validators
from django.db import migrations, models

SHARE, RISK = 20, 30  # percent: what new steps get from now on, and what they got before


def be_shares(apps, schema_editor):
    apps.get_model("reminders", "Step").objects.update(riskiest_percent=SHARE)


def be_risks(apps, schema_editor):
    apps.get_model("reminders", "Step").objects.update(riskiest_percent=RISK)


class Migration(migrations.Migration):
    dependencies = [("reminders", "0006_campaigns")]

    operations = [
        migrations.RemoveConstraint(model_name="step", name="step_risk_is_a_share"),
        migrations.RenameField(model_name="step", old_name="risk_percent", new_name="riskiest_percent"),
        migrations.RunPython(be_shares, be_risks),
        migrations.AlterField(
            model_name="step",
            name="riskiest_percent",
            field=models.PositiveSmallIntegerField(
                default=20,
                help_text="Of 100 visits to come, those that are likeliest to be missed.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="the riskiest, %",
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="audience",
            field=models.CharField(
                choices=[
                    ("all", "Everybody"),
                    ("at_risk", "The riskiest"),
                    ("tag", "Those with a tag"),
                ],
                default="all",
                max_length=8,
                verbose_name="for",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("riskiest_percent__gte", 1), ("riskiest_percent__lte", 100)),
                name="step_riskiest_is_a_share",
            ),
        ),
    ]
