"""What belongs to a patient, masked, only to be read: the acts above the page change it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import shown
from common.admin import FactInline, badge, link_to
from patients.models import Consent, ContactPoint, Identifier, PatientTag, PortalAccount, RelatedPerson


class PatientInline(FactInline):
    """Whoever may see the patient sees these."""

    fk_name = "patient"
    per_page = 20


class ContactInline(PatientInline):
    model = ContactPoint
    fields = readonly_fields = ("kind", "masked", "use", "rank", "state", "note")
    ordering = ("ended_at", "rank")
    verbose_name_plural = _("Phones and addresses")

    @display(description=_("kind"))
    def kind(self, obj: ContactPoint) -> str:
        return obj.get_system_display()

    @display(description=_("number or address"))
    def masked(self, obj: ContactPoint) -> str:
        return obj.masked

    @display(description=_("state"))
    def state(self, obj: ContactPoint) -> Any:
        if obj.ended_at:
            return badge(_("Ended"))
        if obj.refused_at:
            return badge(_("Refused"), "warning")
        if obj.failed_at:
            return badge(_("Reaches nobody"), "danger")
        return badge(_("Verified"), "success") if obj.verified_at else badge(_("Not verified"), "info")


class IdentifierInline(PatientInline):
    model = Identifier
    fields = readonly_fields = ("kind", "masked", "issuer", "valid", "state")
    ordering = ("ended_at", "pk")
    verbose_name_plural = _("Numbers")

    @display(description=_("kind"))
    def kind(self, obj: Identifier) -> str:
        return obj.get_system_display()

    @display(description=_("number"))
    def masked(self, obj: Identifier) -> str:
        return obj.masked

    @display(description=_("valid until"))
    def valid(self, obj: Identifier) -> str:
        return shown.day(obj.valid_until)

    @display(description=_("state"))
    def state(self, obj: Identifier) -> Any:
        return badge(_("Ended")) if obj.ended_at else badge(_("In use"), "success")


class ProxyInline(PatientInline):
    model = RelatedPerson
    fields = readonly_fields = ("person", "relation", "proof", "rights", "period")
    ordering = ("ended_at", "starts_on", "pk")
    verbose_name_plural = _("May act for this patient")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("proxy", "patient")

    @display(description=_("person"))
    def person(self, obj: RelatedPerson) -> Any:
        return link_to(obj.proxy)

    @display(description=_("may"))
    def rights(self, obj: RelatedPerson) -> str:
        rights = [(obj.can_book, _("book and cancel")), (obj.can_view, _("see visits"))]
        return ", ".join(str(word) for has, word in rights if has)

    @display(description=_("from–to"))
    def period(self, obj: RelatedPerson) -> Any:
        if obj.ended_at:
            return badge(_("Ended"))
        return f"{shown.day(obj.starts_on)} – {shown.day(obj.ends_on) if obj.ends_on else ''}"


class ActsForInline(ProxyInline):
    fk_name = "proxy"
    verbose_name_plural = _("This patient may act for")

    @display(description=_("person"))
    def person(self, obj: RelatedPerson) -> Any:
        return link_to(obj.patient)


class ConsentInline(PatientInline):
    model = Consent
    fields = readonly_fields = ("purpose", "version", "channel", "given", "state", "by")
    ordering = ("-given_at",)
    verbose_name_plural = _("Consents")

    @display(description=_("given at"))
    def given(self, obj: Consent) -> str:
        return shown.moment(obj.given_at)

    @display(description=_("state"))
    def state(self, obj: Consent) -> Any:
        return badge(_("Withdrawn"), "warning") if obj.withdrawn_at else badge(_("In force"), "success")


class PortalInline(PatientInline):
    """Who signs in for this record; the act above ends it."""

    model = PortalAccount
    fields = readonly_fields = ("masked", "way", "since", "last", "state")
    ordering = ("ended_at", "-created_at")
    verbose_name_plural = _("Portal accounts")

    @display(description=_("phone"))
    def masked(self, obj: PortalAccount) -> str:
        return obj.phone_masked

    @display(description=_("since"))
    def since(self, obj: PortalAccount) -> str:
        return shown.moment(obj.linked_at)

    @display(description=_("last sign-in"))
    def last(self, obj: PortalAccount) -> str:
        return shown.moment(obj.signed_in_at)

    @display(description=_("state"))
    def state(self, obj: PortalAccount) -> Any:
        return badge(_("Ended")) if obj.ended_at else badge(_("In use"), "success")


class TagInline(PatientInline):
    model = PatientTag
    fields = readonly_fields = ("word", "last_day", "by", "state")
    ordering = ("ended_at", "-created_at")
    verbose_name_plural = _("Tags")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("tag", "by")

    @display(description=_("tag"))
    def word(self, obj: PatientTag) -> Any:
        return badge(obj.tag.name, obj.tag.tone)

    @display(description=_("until"))
    def last_day(self, obj: PatientTag) -> str:
        return shown.day(obj.until)

    @display(description=_("state"))
    def state(self, obj: PatientTag) -> Any:
        return badge(_("Counts"), "success") if obj.is_current() else badge(_("Over"))


INLINES = (ContactInline, IdentifierInline, ProxyInline, ActsForInline, ConsentInline, PortalInline, TagInline)
