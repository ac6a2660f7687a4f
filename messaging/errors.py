"""Every way in which the words of a message are refused. The codes of TextRefused are those of `messaging.lint`."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class TextChanged(Refusal):
    """The words in use are not those that the editor saw."""

    code = "text_changed"
    message = _("Somebody put other words in use meanwhile. Nothing was changed by you. Please look again.")
    status = 409


class TextRefused(Refusal):
    """An error of the words; `sentence` says which."""

    code = "text_refused"
    message = "%(sentence)s"


class EmptyText(TextRefused):
    code = "empty_text"


class TooLong(TextRefused):
    code = "too_long"


class BadText(TextRefused):
    code = "bad_syntax"


class UnknownFieldNamed(TextRefused):
    code = "unknown_field"


class HospitalNotFirst(TextRefused):
    code = "hospital_not_first"


class SubjectMissing(TextRefused):
    code = "no_subject"


class ChoiceMissing(TextRefused):
    code = "choice_missing"


class TellsOfIllness(TextRefused):
    code = "health_detail"


REFUSED: dict[str, type[TextRefused]] = {one.code: one for one in TextRefused.__subclasses__()}


class UnknownCarrier(Refusal):
    code = "unknown_carrier"
    message = _("There is no such carrier.")


class CarrierNotForMedium(Refusal):
    code = "carrier_not_for_medium"
    message = _("This carrier cannot carry it.")


class OptionMissing(Refusal):
    code = "option_missing"
    message = _("“%(what)s” is missing.")


class UnsafeAddress(Refusal):
    """Passwords and patients' data would travel in the open."""

    code = "unsafe_address"
    message = _("“%(what)s” must begin with https://, or lie inside the hospital's own network.")


class ChannelBroken(Refusal):
    """The carrier that was chosen is not part of the program any more."""

    code = "channel_broken"
    message = _("The carrier of this channel is not known any more. Please choose another one.")


class TestRefused(Refusal):
    __test__ = False  # no test of ours, whatever its name begins with
    code = "test_refused"
    message = _("The carrier did not take it: %(why)s")


class TestUnclear(Refusal):
    __test__ = False
    code = "test_unclear"
    message = _("The carrier gave no clear answer, so it may have gone out: %(why)s")


class NotToRepeat(Refusal):
    code = "not_to_repeat"
    message = _("Only what did not arrive can be sent again.")


class TooLateToRepeat(Refusal):
    code = "too_late_to_repeat"
    message = _("Its time is over: it would tell of something that is past.")


class RepeatedAlready(Refusal):
    code = "repeated_already"
    message = _("It was sent again already.")
    status = 409


class MayComeTwice(Refusal):
    code = "may_come_twice"
    message = _("The person may get it twice. Please confirm that this is better than not at all.")
    status = 409


class NotWaiting(Refusal):
    code = "delivery_not_waiting"
    message = _("It does not wait any more, so it cannot be called off.")
    status = 409


class SenderKnown(Refusal):
    code = "sender_known"
    message = _("It is known already who wrote this.")
    status = 409


class OptedOutAlready(Refusal):
    code = "opted_out_already"
    message = _("This opt-out is recorded already.")
    status = 409


class TakenBackAlready(Refusal):
    code = "taken_back_already"
    message = _("This opt-out was taken back already.")
    status = 409


class CodesUnavailable(Refusal):
    """No channel can tell a code to this phone."""

    code = "codes_unavailable"
    message = _("No code can be sent to this phone at the moment. Please call us or come to the front desk.")
    status = 503
    permanent = False


class NoOutbox(Refusal):
    """Somebody would speak for the patient to a carrier that really sends."""

    code = "no_outbox"
    message = _("This channel has a real carrier now. Only the patient can answer there.")
    status = 409
