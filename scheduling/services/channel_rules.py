"""Channel rules, made and changed by who answers for all that they speak of."""

from django.db import transaction

from accounts.models import User
from common.history import acting
from scheduling.errors import RuleTooWide
from scheduling.models import ChannelRule


def check_reach(rule: ChannelRule, *, by: User) -> None:
    """Raises RuleTooWide when the rule speaks of more than `by` may see."""
    if not rule.lies_within(by):
        raise RuleTooWide(field="site")


@transaction.atomic
def save(rule: ChannelRule, *, by: User) -> ChannelRule:
    """Store a rule, new or changed; neither what it was nor what it becomes may reach too far. Raises RuleTooWide."""
    before = ChannelRule.objects.select_for_update().filter(pk=rule.pk).first()
    if before is not None:
        check_reach(before, by=by)
    check_reach(rule, by=by)
    with acting(by):
        rule.save()
    return rule
