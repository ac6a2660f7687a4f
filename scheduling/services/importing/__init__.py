"""Appointments from other systems, past and future: people, departments, sessions, slots and what became of each.

`docs/import.md` describes map and file; the loop over rows is that of `patients.services.importing`.
"""
