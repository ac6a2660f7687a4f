"""Reading rows inside the transaction, in the order of locks: patient, then appointment, then slots by id.

A row that was read before the transaction proves nothing, so services take what names it and read it here again.
On PostgreSQL these reads lock; on SQLite the transaction itself is the only writer.
"""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from patients.models import Patient
from scheduling.errors import AppointmentNotFound, PatientNotFound, SlotNotFound
from scheduling.models import Appointment, ChannelRule, Slot


def _named(ref: object) -> dict[str, object]:
    return {"uuid": ref} if isinstance(ref, UUID) else {"pk": ref.pk}


def lock_patient(ref: Patient | UUID) -> Patient:
    """The patient, locked against other bookings of theirs. Raises PatientNotFound."""
    patient = Patient.objects.select_for_update(no_key=True).filter(**_named(ref)).first()
    if patient is None:
        raise PatientNotFound(field="patient")
    return patient


def find_slot(ref: Slot | UUID, by: User) -> Slot:
    """The slot with its session, service and site, and whether a channel rule speaks of it (`has_rules`).

    Not locked: the claim decides. Raises SlotNotFound, also when it lies outside the person's scope.
    """
    rules = ChannelRule.objects.filter(
        Q(service=None) | Q(service=OuterRef("service")),
        Q(department=None) | Q(department=OuterRef("service__department")),
        Q(site=None) | Q(site=OuterRef("service__department__site")),
        Q(grade="") | Q(grade=OuterRef("service__grade")),
        is_active=True,
    )
    slots = Slot.objects.with_session().visible_to(by).annotate(has_rules=Exists(rules))
    slot = slots.filter(**_named(ref)).first()
    if slot is None:
        raise SlotNotFound(field="slot")
    return slot


def lock_slots(*pks: int) -> None:
    """Lock several slots at once, by id, so that two opposite moves wait for each other instead of dying."""
    list(Slot.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))


def lock_appointment(ref: Appointment | UUID, by: User) -> Appointment:
    """The appointment, read again after its patient was locked. Raises AppointmentNotFound."""
    patient_id = Appointment.objects.filter(**_named(ref)).values_list("patient_id", flat=True).first()
    if patient_id:
        Patient.objects.select_for_update(no_key=True).filter(pk=patient_id).values_list("pk").first()
    rows = Appointment.objects.for_desk().visible_to(by).select_for_update(of=("self",), no_key=True)
    appointment = rows.filter(**_named(ref)).first()
    if appointment is None:
        raise AppointmentNotFound(field="appointment")
    return appointment
