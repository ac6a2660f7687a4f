"""What the services of this app refuse, each with its code."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class NameMissing(Refusal):
    code = "name_missing"
    message = _("Please give a name.")


class BirthDateImpossible(Refusal):
    code = "birth_date_impossible"
    message = _("Nobody alive was born on this day.")


class DeathImpossible(Refusal):
    code = "death_impossible"
    message = _("A person cannot have died before birth or in the future.")


class RecordMerged(Refusal):
    """The record was merged into another: `alternatives` holds the one to use."""

    code = "record_merged"
    message = _("This record was merged into %(record_number)s. Please use that one.")
    status = 409


class LooksAlike(Refusal):
    """Somebody like this is registered already: `alternatives` holds the look-alikes, most alike first."""

    code = "looks_alike"
    message = _("A similar person is registered already. Please compare before saving.")
    status = 409


class PhoneInvalid(Refusal):
    code = "phone_invalid"
    message = _("This is not a phone number that can be called.")


class EmailInvalid(Refusal):
    code = "email_invalid"
    message = _("This is not an e-mail address.")


class ContactKnown(Refusal):
    code = "contact_known"
    message = _("This number or address is already recorded for this patient.")
    status = 409


class ContactEnded(Refusal):
    code = "contact_ended"
    message = _("This number or address is not in use any more.")
    status = 409


class IdentifierInvalid(Refusal):
    code = "identifier_invalid"
    message = _("This number cannot be right. Please compare it with the document.")


class IdentifierTaken(Refusal):
    """Another patient has this number: `alternatives` holds that patient."""

    code = "identifier_taken"
    message = _("This number belongs to a patient who is registered already.")
    status = 409


class IdentifierMismatch(Refusal):
    code = "identifier_mismatch"
    message = _("Birth date or sex do not agree with the identity card.")


class IdentifierEnded(Refusal):
    code = "identifier_ended"
    message = _("This number is not in use any more.")
    status = 409


class MergeConflict(Refusal):
    """Both records hold something that one person cannot hold twice: `alternatives` holds what, in words."""

    code = "merge_conflict"
    message = _("The records cannot become one: %(conflicts)s. Please settle this first.")
    status = 409


class MergeImpossible(Refusal):
    code = "merge_impossible"
    message = _("A record cannot be merged with itself, nor one that was merged before.")


class UnmergeImpossible(Refusal):
    code = "unmerge_impossible"
    message = _("This merge was undone before, or the kept record was merged further. Undo the later merge first.")
    status = 409


class ProxyIsSelf(Refusal):
    code = "proxy_is_self"
    message = _("Nobody needs a proxy to act for themselves.")


class ProxyExists(Refusal):
    code = "proxy_exists"
    message = _("This person may already act for the patient in that time.")
    status = 409


class ProxyWithoutRights(Refusal):
    code = "proxy_without_rights"
    message = _("Please choose what this person may do.")


class ProxyEndsBeforeStart(Refusal):
    code = "proxy_ends_before_start"
    message = _("The last day lies before the first.")


class ProxyEnded(Refusal):
    code = "proxy_ended"
    message = _("This right has ended already.")
    status = 409


class ConsentWithdrawn(Refusal):
    code = "consent_withdrawn"
    message = _("There is no consent that could be withdrawn.")
    status = 409


class TagKnown(Refusal):
    code = "tag_known"
    message = _("The patient has this tag already.")
    status = 409


class TooFewFacts(Refusal):
    code = "too_few_facts"
    message = _("Please ask for at least two facts.")


class TooManyAttempts(Refusal):
    code = "too_many_attempts"
    message = _("Too many wrong answers for this patient. Please try again in an hour, or ask to see a document.")
    status = 429
    permanent = False


class ImportMapInvalid(Refusal):
    code = "import_map_invalid"
    message = _("The map cannot be used: %(problem)s")


class ImportFileUnreadable(Refusal):
    code = "import_file_unreadable"
    message = _("The file cannot be read: %(problem)s")


class AccountEnded(Refusal):
    """The portal account was ended, by staff or by its person."""

    code = "account_ended"
    message = _("This sign-in has ended. Please sign in again.")
    status = 409


class AccountLinked(Refusal):
    """The account has its record already."""

    code = "account_linked"
    message = _("You have told us already who you are.")
    status = 409


class RecordLinkedElsewhere(Refusal):
    """Said only to somebody who named document, name and birth date of the record rightly."""

    code = "record_linked_elsewhere"
    message = _("Somebody signs in for this record with another phone. Please call us, so that we can change it.")
    status = 409


class GuardianNeeded(Refusal):
    code = "guardian_needed"
    message = _("Below the age of 14 a parent or guardian signs in and adds the child under “Family”.")


class FamilyFull(Refusal):
    code = "family_full"
    message = _("You can add at most %(most)s people. Please remove somebody first.")


class GrownUp(Refusal):
    """An adult agrees by a code to their own phone, not through somebody who declares to be their guardian."""

    code = "grown_up"
    message = _("Adults agree themselves: we send a code to their phone.")
