"""The pages of messages."""

from . import channels, deliveries, inbound, of_patient, opt_outs, rules, texts

__all__ = ["channels", "deliveries", "inbound", "of_patient", "opt_outs", "rules", "texts"]
