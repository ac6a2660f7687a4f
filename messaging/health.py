"""Words that tell of an illness. Pure.

A message is read on a lock screen, by a family, at a desk: it says when and where, never why. The list is short on
purpose, for it only helps whoever writes; it cannot know every disease.
"""

import re

_ENGLISH = (
    "abort(?:ion|ed)", "addict(?:ion|ed)?", "alcoholi(?:sm|c)", "biopsy", "cancers?", "chemo(?:therapy)?", "chlamydia",
    "cirrhosis", "dementia", "depress(?:ion|ed|ive)", "diabet(?:es|ic)", "diagnos(?:is|es|ed)", "dialysis",
    "epilep(?:sy|tic)", "fertility", "gonorrh(?:o?ea)", "hepatitis", "herpes", "hypertension", "infertility",
    "leuka?emia", "lymphoma", "mental health", "methadone", "miscarriage", "oncolog(?:y|ist)", "pregnan(?:t|cy)",
    "psychiatr(?:y|ist|ic)", "psycholog(?:y|ist)", "radiotherapy", "rehab", "schizophreni[ac]", "stroke",
    "suicid(?:e|al)", "syphilis", "tuberculosis", "tumou?rs?", "venereal",
)  # fmt: skip
_CAPITALS = ("AIDS", "HIV", "IVF", "STD", "STI")  # "aids" and "std" are other words
_CHINESE = (
    "癌", "肿瘤", "白血病", "淋巴瘤", "化疗", "放疗", "艾滋", "性病", "梅毒", "淋病", "疱疹", "肝炎", "肝硬化",
    "结核", "糖尿病", "高血压", "透析", "中风", "脑梗", "癫痫", "痴呆", "抑郁", "焦虑症", "精神病", "精神科",
    "精神分裂", "心理科", "心理咨询", "自杀", "戒毒", "戒酒", "成瘾", "怀孕", "妊娠", "流产", "堕胎", "不孕",
    "不育", "试管婴儿", "活检", "诊断", "确诊", "病情",
)  # fmt: skip
_TELLING = re.compile(
    rf"\b(?i:{'|'.join(_ENGLISH)})\b|\b(?:{'|'.join(_CAPITALS)})\b|{'|'.join(_CHINESE)}", re.ASCII
)  # ASCII: an English word may stand between Chinese ones

# Fields whose content may tell of an illness although no word of the text does
TELLING_FIELDS = frozenset({"department", "service", "clinic", "specialty", "practitioner_title", "reason"})


def told(text: str) -> list[str]:
    """The words of the text that tell of an illness, each once, in their order."""
    return list(dict.fromkeys(found[0] for found in _TELLING.finditer(text)))
