"""Members of a campaign who turned out to be one person: their records were merged since."""

from django.db.models.functions import Coalesce

from reminders.models import Campaign, CampaignMember, MemberState

HAD_TURN = (MemberState.TOLD, MemberState.HELD)
PERSON = Coalesce("patient__merged_into", "patient")  # whom looking up the member's record leads to


def of(campaign: Campaign) -> set[int]:
    """Members that are left out, so that each person counts once: by the kept record, or by the one that had a turn."""
    members = CampaignMember.objects.filter(campaign=campaign).annotate(person=PERSON).order_by()
    merged = list(members.filter(patient__merged_into__isnull=False))
    kept = list(members.filter(patient__in={member.person for member in merged}))
    first: dict[int, int] = {}
    for member in sorted([*kept, *merged], key=_turn):
        first.setdefault(member.person, member.pk)
    return {member.pk for member in (*kept, *merged)} - set(first.values())


def _turn(member: CampaignMember) -> tuple[bool, bool, int]:
    return member.state not in HAD_TURN, member.person != member.patient_id, member.pk
