"""What people answer: the words for stop, start and "wrong number", in both languages. Pure.

Sources: Twilio's opt-out words; R, T, TD, 退订, 拒收 as Chinese carriers ask for. CANCEL and END are left out on
purpose: to a hospital they mean the visit. They count only as the whole answer.
"""

import unicodedata

STOP = frozenset("stop stopall unsubscribe optout quit r t td 退订 拒收 退 不要再发 取消订阅".split())  # noqa: SIM905
START = frozenset("start unstop subscribe 恢复订阅 重新订阅 订阅".split())  # noqa: SIM905
WRONG = frozenset("wrongnumber wrong notme 打错了 错号 号码错误 不是我 发错了 你打错了 不是本人".split())  # noqa: SIM905


def plain(text: str) -> str:
    """Without width, case, blanks and punctuation: `Ｓtop!` and `stop` are the same answer."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def means_stop(text: str) -> bool:
    """No more messages, please."""
    return plain(text) in STOP


def means_start(text: str) -> bool:
    """Messages again, please."""
    return plain(text) in START


def means_wrong(text: str) -> bool:
    """Whoever has this number is not the person meant."""
    return plain(text) in WRONG
