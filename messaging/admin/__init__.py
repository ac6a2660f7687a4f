"""The pages of messages."""

from . import channels, deliveries, inbound, of_patient, opt_outs, rules

__all__ = ["channels", "deliveries", "inbound", "of_patient", "opt_outs", "rules"]
