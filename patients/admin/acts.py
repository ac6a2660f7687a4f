"""What can be done with a patient: each act asks what it needs and calls its service."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common import phones
from patients.admin import forms
from patients.models import ContactPoint, Identifier, Patient
from patients.services import consents, contacts, identifiers, portal_accounts, proxies, revealing, tagging
from patients.services.identity_numbers import GivenIdentifier

CHANGE = ["patients.change_patient"]
ACTS = (
    "add_phone",
    {
        "title": _("Contact and numbers"),
        "icon": "contact_phone",
        "items": ("change_phone", "end_contact", "add_number", "end_number", "reveal_contact", "reveal_number"),
    },
    {
        "title": _("Family, consent, tags"),
        "icon": "group",
        "items": (
            "add_proxy",
            "end_proxy",
            "give_consent",
            "withdraw_consent",
            "put_tag",
            "take_off_tag",
            "end_account",
        ),
    },
)


class PatientActs:
    """Mixed into the patient's page."""

    actions_detail = ACTS

    def offers(self, request: HttpRequest, act: str, obj: Patient) -> bool:
        """A merged record is only looked at; an account is ended where there is one."""
        if act == "end_account" and not obj.portal_accounts.live().exists():
            return False
        return not obj.is_merged

    def _ask(self, request: HttpRequest, object_id: str, form: Any, do: Any, title: Any, **more: Any) -> HttpResponse:
        """The page of one act; a form that chooses among the patient's things is told whose."""
        patient = self.find(request, object_id)
        given = request.POST if request.method == "POST" else None
        asked = form(patient, given) if issubclass(form, forms.OfPatient) else form(given)
        facts = [(_("Patient"), patient.name), (_("Record number"), patient.record_number)]
        options = {"title": title, "submit": title, "facts": facts, **more}
        return self.act(request, patient, asked, lambda **facts: do(patient, **facts), **options)

    def _show(self, request: HttpRequest, object_id: str, form: Any, show: Any, title: Any) -> HttpResponse:
        """Asks why, then shows the value on that very answer: a message would leave it in a cookie."""
        shown: list[str] = []

        def do(patient: Patient, reason: str, **chosen: Any) -> None:
            log = {"by": request.user, "reason": reason, "ip": request.META.get("REMOTE_ADDR")}
            shown.append(show(*chosen.values(), **log))

        answer = self._ask(request, object_id, form, do, title, done=_WRITTEN_DOWN, advice=_WATCHED)
        if not shown:
            return answer
        context = {"original": self.find(request, object_id), "value": shown[0]}
        return self.page(request, "patients/admin/revealed.html", title=title, **context)

    @action(description=_("Add phone"), url_path="add-phone", icon="add_call", permissions=CHANGE)
    def add_phone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            contacts.add(patient=patient, by=request.user, **facts)

        return self._ask(request, object_id, forms.PhoneForm, do, _("Add phone"))

    @action(description=_("Change phone"), url_path="change-phone", icon="phone_forwarded", permissions=CHANGE)
    def change_phone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            contacts.change_phone(by=request.user, **facts)

        return self._ask(request, object_id, forms.ChangePhoneForm, do, _("Change phone"))

    @action(description=_("End phone or address"), url_path="end-contact", icon="phone_disabled", permissions=CHANGE)
    def end_contact(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            contacts.end(by=request.user, **facts)

        return self._ask(request, object_id, forms.ContactForm, do, _("End phone or address"))

    @action(description=_("Add number"), url_path="add-number", icon="badge", permissions=CHANGE)
    def add_number(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            identifiers.add(patient=patient, given=GivenIdentifier(**facts), by=request.user)

        return self._ask(request, object_id, forms.NumberForm, do, _("Add number"))

    @action(description=_("End number"), url_path="end-number", icon="credit_card_off", permissions=CHANGE)
    def end_number(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            identifiers.end(by=request.user, **facts)

        return self._ask(request, object_id, forms.IdentifierForm, do, _("End number"))

    @action(
        description=_("Show number"), url_path="reveal-number", icon="visibility",
        permissions=["patients.reveal_patient"],
    )  # fmt: skip
    def reveal_number(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def show(identifier: Identifier, **log: Any) -> str:
            return revealing.reveal(identifier, **log)

        return self._show(request, object_id, forms.IdentifierForm, show, _("Show number"))

    @action(
        description=_("Show phone"), url_path="reveal-contact", icon="visibility",
        permissions=["patients.reveal_patient"],
    )  # fmt: skip
    def reveal_contact(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def show(contact_point: ContactPoint, **log: Any) -> str:
            value = revealing.reveal_contact(contact_point, **log)
            return phones.display(value) if contact_point.is_phone else value

        return self._show(request, object_id, forms.ContactForm, show, _("Show phone"))

    @action(description=_("Add proxy"), url_path="add-proxy", icon="group_add", permissions=CHANGE)
    def add_proxy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            proxies.grant(patient=patient, by=request.user, **facts)

        return self._ask(request, object_id, forms.ProxyForm, do, _("Add proxy"))

    @action(description=_("End proxy"), url_path="end-proxy", icon="group_remove", permissions=CHANGE)
    def end_proxy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            proxies.end(by=request.user, **facts)

        return self._ask(request, object_id, forms.EndProxyForm, do, _("End proxy"))

    @action(description=_("Record consent"), url_path="give-consent", icon="task_alt", permissions=CHANGE)
    def give_consent(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            consents.give(patient=patient, by=request.user, **facts)

        return self._ask(request, object_id, forms.ConsentForm, do, _("Record consent"))

    @action(
        description=_("Withdraw consent"), url_path="withdraw-consent", icon="do_not_disturb_on", permissions=CHANGE
    )
    def withdraw_consent(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            consents.withdraw(patient=patient, by=request.user, **facts)

        return self._ask(request, object_id, forms.WithdrawForm, do, _("Withdraw consent"))

    @action(description=_("Put tag"), url_path="put-tag", icon="label", permissions=CHANGE)
    def put_tag(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            tagging.put(patient=patient, by=request.user, **facts)

        return self._ask(request, object_id, forms.TagForm, do, _("Put tag"))

    @action(description=_("Take off tag"), url_path="take-off-tag", icon="label_off", permissions=CHANGE)
    def take_off_tag(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            tagging.take_off(by=request.user, **facts)

        return self._ask(request, object_id, forms.TakeOffForm, do, _("Take off tag"))

    @action(
        description=_("End portal account"), url_path="end-account", icon="no_accounts",
        permissions=["patients.change_portalaccount"],
    )  # fmt: skip
    def end_account(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(patient: Patient, **facts: Any) -> None:
            portal_accounts.end(by=request.user, **facts)

        return self._ask(request, object_id, forms.EndAccountForm, do, _("End portal account"), advice=_SIGNED_OUT)


_SIGNED_OUT = _(
    "Whoever uses it is signed out at once and cannot sign in with it again. Bookings stay. The same phone may begin "
    "anew."
)
_WRITTEN_DOWN = _("That you looked stands in the access log.")
_WATCHED = _("Who looked, when and why is written down and can be seen by the auditor.")
