"""The editor of a campaign: one page for whom, what and how fast."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common.errors import Refusal
from reminders.errors import VariantRefused
from reminders.models import Campaign, CampaignPurpose
from reminders.services import campaigns, writing
from reminders.services.writing import Outline

from .campaign_forms import LETTERS, CampaignForm, VariantForm

MAY_WRITE = [campaigns.WRITE]
NEW = Outline("", "", CampaignPurpose.RECALL, "wechat sms", hold_out_percent=10, unseen_months=12)


class Typed:
    """The forms of the editor: as posted, else as the campaign stands, else a new one."""

    def __init__(self, request: HttpRequest, of: Campaign | None):
        data = request.POST if request.method == "POST" else None
        outline = Outline.of(of) if of else NEW
        self.seen = request.POST.get("seen", "") if data is not None else of.version if of else 0
        self.campaign = CampaignForm(data, by=request.user, outline=outline)
        known = [vars(words) for words in outline.variants]
        empty = [{"name": letter, "weight": 1} for letter in LETTERS[len(known) :]]
        self.variants = [
            VariantForm(data, initial=values, prefix=f"variant{number}", use_required_attribute=False)
            for number, values in enumerate([*known, *empty])
        ]

    @property
    def filled(self) -> list[VariantForm]:
        """Those that say something."""
        return [form for form in self.variants if form.is_filled]

    @property
    def is_valid(self) -> bool:
        return all([self.campaign.is_valid(), *(form.is_valid() for form in self.variants)])

    @property
    def outline(self) -> Outline:
        """Of valid forms."""
        return Outline(**self.campaign.columns(), variants=[form.words for form in self.filled])

    @property
    def around(self) -> list[tuple[Any, str]]:
        """(language, the message in which the words will stand) for the purpose that is chosen."""
        purpose = self.campaign["purpose"].value()
        known = purpose if purpose in CampaignPurpose.values else CampaignPurpose.RECALL
        drafts = [writing.whole(known, language, "sms", "…") for language in writing.WORDS]
        return [(draft.language, draft.text) for draft in drafts if draft]

    def refused(self, refusal: Refusal) -> None:
        """The sentence beside the field that it is about."""
        form = self.filled[refusal.row] if isinstance(refusal, VariantRefused) else self.campaign
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


class EditActs:
    """Writing a draft: a new campaign, or one that has not begun."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may change drafts may begin one."""
        return request.user.has_perm(*MAY_WRITE)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """A new campaign."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._edit(request, None, title=_("New campaign"))

    @action(description=_("Change the draft"), url_path="edit", icon="edit_note", permissions=MAY_WRITE)
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The draft in the editor; what has begun is shown as it is."""
        draft = self.find(request, object_id)
        if not self.offers(request, "edit", draft):
            return self.page_of(draft)
        return self._edit(request, draft, title=_("Change the draft"))

    def _edit(self, request: HttpRequest, of: Campaign | None, *, title: Any) -> HttpResponse:
        typed, status = Typed(request, of), 200
        if request.method == "POST":
            draft, status = self._save(request, typed, of)
            if draft:
                messages.success(request, _("The draft is saved. This is what it would do."))
                return redirect("admin:reminders_campaign_try_out", draft.pk)
        answer = self.page(request, "reminders/edit_campaign.html", title=title, typed=typed, original=of)
        answer.status_code = status
        return answer

    def _save(self, request: HttpRequest, typed: Typed, of: Campaign | None) -> tuple[Campaign | None, int]:
        """The draft, or None and the status of the answer that says why not."""
        if not typed.is_valid:
            return None, 422
        try:
            if of is None:
                return campaigns.begin(outline=typed.outline, by=request.user), 302
            seen = int(typed.seen) if typed.seen.isdigit() else 0
            return campaigns.change(draft=of, outline=typed.outline, seen=seen, by=request.user), 302
        except Refusal as refusal:
            typed.refused(refusal)
            return None, refusal.status
