"""The policy on missed visits: written, put in use, followed by its next version."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
)

from common import shown
from common.admin import FactAdmin, badge, posted, two_lines
from directory.models import HealthcareService
from scheduling.models import NoShowPolicy, PolicyState
from scheduling.services import noshow_policies

MAY_WRITE = ["scheduling.change_noshowpolicy"]
MAY_PUT_IN_USE = ["scheduling.put_in_use_noshowpolicy"]
ADVICE = _(
    "Write what you would say to a patient at the desk: what counts, for how long, that urgent care stays open, and "
    "how to object. Patients read these words."
)


class PolicyForm(forms.ModelForm):
    """Shape; the bounds stand on the model."""

    class Meta:
        model = NoShowPolicy
        fields = ("text_zh", "text_en", "absences", "within_days", "restrict_days", "appeal_days", "exempt")
        widgets = {
            "text_zh": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            "text_en": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            "exempt": UnfoldAdminCheckboxSelectMultipleWidget,
            **dict.fromkeys(noshow_policies.COPIED[2:], UnfoldAdminIntegerFieldWidget),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["exempt"].queryset = HealthcareService.objects.filter(is_active=True, is_urgent=False)


@admin.register(NoShowPolicy)
class NoShowPolicyAdmin(FactAdmin):
    list_display = ("version", "says", "state_badge", "since", "by")
    list_select_related = ("by",)
    fields = readonly_fields = (
        "version", "state_badge", "since", "says", "open_services", "text_zh", "text_en", "by",
    )  # fmt: skip
    actions_detail = ("put_in_use", "change_copy", "end", "discard")
    empty_advice = _("No policy is written, so nobody can be restricted. Write one and put it in use.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may change the draft may begin it."""
        return request.user.has_perm(*MAY_WRITE)

    def offers(self, request: HttpRequest, act: str, obj: NoShowPolicy) -> bool:
        """A draft is put in use or discarded; what is in use is copied and ended."""
        return {
            "put_in_use": obj.state == PolicyState.DRAFT,
            "discard": obj.state == PolicyState.DRAFT,
            "end": obj.state == PolicyState.LIVE,
            "change_copy": True,
        }[act]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """The draft: a new one, or the one there is."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._write(request, noshow_policies.draft() or NoShowPolicy())

    @action(
        description=_("Change a copy"), url_path="next", icon="edit_note", variant=ActionVariant.PRIMARY,
        permissions=MAY_WRITE,
    )  # fmt: skip
    def change_copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The draft, which begins with what this version says."""
        policy = self.find(request, object_id)
        return self._write(request, noshow_policies.draft() or policy)

    def _write(self, request: HttpRequest, start: NoShowPolicy) -> HttpResponse:
        known = noshow_policies.values_of(start) if start.pk else {}
        return self.act(
            request, start, PolicyForm(posted(request), initial=known),
            lambda **said: noshow_policies.write(by=request.user, **said),
            title=_("Write the policy on missed visits"), submit=_("Save the draft"), advice=ADVICE,
            done=_("The draft is saved. It binds nobody until it is put in use."),
        )  # fmt: skip

    @action(
        description=_("Put in use"), url_path="put-in-use", icon="check", variant=ActionVariant.PRIMARY,
        permissions=MAY_PUT_IN_USE,
    )  # fmt: skip
    def put_in_use(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """From now on restrictions rest on it."""
        policy = self.find(request, object_id)
        return self.act(
            request, policy, forms.Form(posted(request)),
            lambda: noshow_policies.put_in_use(policy=policy, by=request.user),
            title=_("Put this policy in use"), submit=_("Put in use"), done=_("It is in use."),
            facts=[
                (_("What it does"), self.says(policy)), (_("Stays open"), self.open_services(policy)),
                (_("In Chinese"), policy.text_zh), (_("In English"), policy.text_en),
            ],
            advice=_(
                "Nobody is restricted by this: a person decides each time. The first policy counts no visit that was "
                "missed before today."
            ),
        )  # fmt: skip

    @action(description=_("End"), url_path="end", icon="stop_circle", permissions=MAY_PUT_IN_USE)
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nobody can be restricted any more."""
        policy = self.find(request, object_id)
        return self.act(
            request, policy, forms.Form(posted(request)), lambda: noshow_policies.end(policy=policy, by=request.user),
            title=_("End this policy"), submit=_("End it"), danger=True, done=_("It has ended."),
            facts=[(_("What it does"), self.says(policy))],
            advice=_("Nobody can be restricted then. Restrictions that stand end on their day, or when you lift them."),
        )  # fmt: skip

    @action(description=_("Discard the draft"), url_path="discard", icon="delete", permissions=MAY_WRITE)
    def discard(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It was never in use."""
        policy = self.find(request, object_id)
        return self.act(
            request, policy, forms.Form(posted(request)),
            lambda: noshow_policies.discard(policy=policy, by=request.user),
            title=_("Discard the draft"), submit=_("Discard"), danger=True, done=_("The draft is gone."),
            facts=[(_("What it does"), self.says(policy))],
        )  # fmt: skip

    def page_of(self, obj: NoShowPolicy) -> HttpResponse:
        """To the list, where all versions stand."""
        return self.list_page()

    @display(description=_("version"), ordering="pk")
    def version(self, obj: NoShowPolicy) -> str:
        return str(obj)

    @display(description=_("what it does"))
    def says(self, obj: NoShowPolicy) -> str:
        return in_words(obj)

    @display(description=_("stays open"))
    def open_services(self, obj: NoShowPolicy) -> str:
        return ", ".join([str(_("Urgent care")), *(one.name for one in obj.exempt.all())])

    @display(description=_("state"))
    def state_badge(self, obj: NoShowPolicy) -> Any:
        return badge(obj.get_state_display(), obj.tone)

    @display(description=_("in use"))
    def since(self, obj: NoShowPolicy) -> Any:
        if obj.ended_at:
            return two_lines(
                shown.moment(obj.live_since), _("until %(moment)s") % {"moment": shown.moment(obj.ended_at)}
            )
        return shown.moment(obj.live_since)


def in_words(policy: NoShowPolicy) -> str:
    """`3 unexcused absences within 180 days: at most 90 days without booking by oneself.`"""
    counted = ngettext("%(n)s unexcused absence", "%(n)s unexcused absences", policy.absences) % {"n": policy.absences}
    said = {"counted": counted, "within": policy.within_days, "most": policy.restrict_days, "days": policy.appeal_days}
    return (
        _(
            "%(counted)s within %(within)s days: bookings only at the desk for at most %(most)s days. Appeals are "
            "decided within %(days)s days."
        )
        % said
    )
