"""What the door itself says no to; the rest comes from the services. Codes are part of the API: docs/api.md."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class Malformed(Refusal):
    """Not readable, or not of the documented shape: wrong whatever the state of the hospital."""

    code = "malformed"
    message = _("This request could not be read: %(problem)s")
    status = 400


class KeyMissing(Refusal):
    code = "key_missing"
    message = _("Please send a key: “Authorization: Api-Key …”.")
    status = 401


class KeyInvalid(Refusal):
    """Unknown, revoked, expired, or its device is out of use; which of these is not told."""

    code = "key_invalid"
    message = _("This key is not valid.")
    status = 401


class RightMissing(Refusal):
    code = "right_missing"
    message = _("This key does not have the right to do this.")
    status = 403


class NotFound(Refusal):
    """Nothing here, or nothing that this key may see."""

    code = "not_found"
    message = _("There is nothing at this address.")
    status = 404


class MethodRefused(Refusal):
    code = "method_not_allowed"
    message = _("This address does not take %(method)s.")
    status = 405


class NotAcceptable(Refusal):
    code = "not_acceptable"
    message = _("Answers are application/json only.")
    status = 406


class TooLarge(Refusal):
    code = "too_large"
    message = _("A request may have at most %(limit)s bytes.")
    status = 413


class MediaTypeRefused(Refusal):
    code = "unsupported_media_type"
    message = _("Please send application/json.")
    status = 415


class RateLimited(Refusal):
    code = "rate_limited"
    message = _("Too many requests. Please wait %(seconds)s seconds.")
    status = 429
    permanent = False


class HoldOfOtherSlot(Refusal):
    code = "hold_of_other_slot"
    message = _("This hold is for another time.")


class ServiceNotFound(Refusal):
    code = "service_not_found"
    message = _("This service does not exist.")
    status = 404


class PractitionerNotFound(Refusal):
    code = "practitioner_not_found"
    message = _("This practitioner does not exist.")
    status = 404


class OfferNotFound(Refusal):
    code = "offer_not_found"
    message = _("This offer does not exist.")
    status = 404


class EntryNotFound(Refusal):
    code = "entry_not_found"
    message = _("This waiting-list entry does not exist.")
    status = 404
