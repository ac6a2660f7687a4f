"""What an answer means. Pure. Only whole answers count: a sentence that happens to hold a number is for a person.

The numbers are those that the message offered. Words are taken beside them, in both languages.
"""

from collections.abc import Mapping

from messaging.answers import plain

CONFIRM = frozenset("yes y ok okay confirm confirmed 确认 是 是的 好 好的 可以 会来 会到 来 准时到 收到".split())  # noqa: SIM905
CANCEL = frozenset("cancel no n 取消 取消预约 不来 不来了 不去 不去了 去不了 来不了 退号".split())  # noqa: SIM905
MOVE = frozenset("move change reschedule rebook 改期 改约 改时间 换时间 另约".split())  # noqa: SIM905
YES = CONFIRM | frozenset("accept take 要 需要 接受 预约 愿意".split())  # noqa: SIM905
NO = frozenset("no n decline 不 不要 不用 不需要 放弃 谢谢不用".split())  # noqa: SIM905
WORDS: Mapping[str, frozenset[str]] = {"confirm": CONFIRM, "cancel": CANCEL, "move": MOVE, "yes": YES, "no": NO}

PARKING = ("停车", "parking", "car park")  # stands in the text on preparation, where a hospital says it
FASTING = ("空腹", "fasting", "吃东西", "能吃", "早饭", "breakfast", "喝水", "准备什么", "prepare")
PLACE = ("地址", "在哪", "怎么走", "address", "where")
LONGEST_QUESTION = 40  # signs; a longer one has more in it than we would answer


def choice(text: str, offered: Mapping[str, str]) -> str:
    """The code that the answer chooses of those offered (digit -> code); "" when nobody can be sure."""
    said = plain(text)
    if said in offered:
        return offered[said]
    meant = {code for code in offered.values() if said in WORDS.get(code, ())}
    return meant.pop() if len(meant) == 1 else ""


def number(text: str, most: int) -> int:
    """1 to `most`; 0 when it is no such number."""
    said = plain(text)
    return int(said) if said.isascii() and said.isdigit() and 1 <= int(said) <= most else 0


def question(text: str) -> str:
    """`preparation`, `place`: what a short question asks about; "" for none, or for more than one thing."""
    if len(text) > LONGEST_QUESTION:
        return ""
    lowered = text.lower()
    asked = {
        about
        for about, signs in (("preparation", FASTING + PARKING), ("place", PLACE))
        if any(sign in lowered for sign in signs)
    }
    return asked.pop() if len(asked) == 1 else ""
