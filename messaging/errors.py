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
