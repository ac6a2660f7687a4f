"""Reading rows inside the transaction, in the order of locks: patient, then appointment, then slots by id.

A row that was read before the transaction proves nothing, so services take what names it and read it here again.
On PostgreSQL these reads lock; on SQLite the transaction itself is the only writer. The two reads of every booking
keep their SQL (`common.compiled`).
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from common.compiled import Compiled, Given
from patients.models import Patient
from scheduling.errors import AppointmentNotFound, PatientNotFound, SlotNotFound
from scheduling.models import Appointment, ChannelRule, Session, Slot

_BY_UUID = Given("uuid", models.UUIDField())


def _speaking_rules() -> models.QuerySet:
    """Channel rules in use that speak of the outer slot's service."""
    return ChannelRule.objects.filter(
        Q(service=None) | Q(service=OuterRef("service")),
        Q(department=None) | Q(department=OuterRef("service__department")),
        Q(site=None) | Q(site=OuterRef("service__department__site")),
        Q(grade="") | Q(grade=OuterRef("service__grade")),
        is_active=True,
    )


_patient = Compiled(lambda: Patient.objects.select_for_update(no_key=True).filter(uuid=_BY_UUID))
_slot = Compiled(
    lambda: Slot.objects.with_session().annotate(has_rules=Exists(_speaking_rules())).filter(uuid=_BY_UUID).order_by()
)


def uuid_of(ref: models.Model | UUID) -> UUID:
    """The public id, whichever way the row was named."""
    return ref if isinstance(ref, UUID) else ref.uuid


def lock_patient(ref: Patient | UUID) -> Patient:
    """The patient, locked against other bookings of theirs. Raises PatientNotFound."""
    patient = _patient.first(uuid=uuid_of(ref))
    if patient is None:
        raise PatientNotFound(field="patient")
    return patient


def lock_patients(refs: Iterable[Patient | UUID]) -> dict[UUID, Patient]:
    """Several patients by public id, locked in the order of their ids. Raises PatientNotFound."""
    uuids = {uuid_of(ref) for ref in refs}
    rows = Patient.objects.select_for_update(no_key=True).filter(uuid__in=uuids).order_by("pk")
    found = {patient.uuid: patient for patient in rows}
    if len(found) < len(uuids):
        raise PatientNotFound(field="patient")
    return found


def lock_sessions(pks: Iterable[int]) -> None:
    """Lock sessions by id, before any of their slots; a channel rule counts their places."""
    list(Session.objects.select_for_update(no_key=True).filter(pk__in=set(pks)).order_by("pk").values_list("pk"))


def find_slot(ref: Slot | UUID, by: User) -> Slot:
    """The slot with its session, service and site, and whether a channel rule speaks of it (`has_rules`).

    Not locked: the claim decides. Raises SlotNotFound, also when it lies outside the person's scope.
    """
    slot = _slot.first(uuid=uuid_of(ref))
    if slot is None or not (by.sees_everything or Slot.objects.visible_to(by).filter(pk=slot.pk).exists()):
        raise SlotNotFound(field="slot")
    return slot


def lock_slots(*pks: int) -> None:
    """Lock several slots at once, by id, so that two opposite moves wait for each other instead of dying."""
    list(Slot.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))


def lock_appointment(ref: Appointment | UUID, by: User, *, scoped: bool = True) -> Appointment:
    """The appointment, read again after its patient was locked. Raises AppointmentNotFound.

    scoped: False when the caller has looked by another row of the person's scope, such as a ticket handed over to them.
    """
    uuid = uuid_of(ref)
    patient_id = Appointment.objects.filter(uuid=uuid).values_list("patient_id", flat=True).first()
    if patient_id:
        Patient.objects.select_for_update(no_key=True).filter(pk=patient_id).values_list("pk").first()
    rows = Appointment.objects.visible_to(by) if scoped else Appointment.objects.all()
    rows = rows.for_desk().select_for_update(of=("self",), no_key=True)
    appointment = rows.filter(uuid=uuid).first()
    if appointment is None:
        raise AppointmentNotFound(field="appointment")
    return appointment
