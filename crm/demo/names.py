"""Invented names. Surnames as frequent as in China, given names by generation; a few from elsewhere."""

import random
from itertools import accumulate

# Share of the population in per mille, rounded (Ministry of Public Security, name report of 2020, and its ranks).
_SURNAMES = {
    "王": 71, "李": 70, "张": 67, "刘": 51, "陈": 46, "杨": 31, "黄": 23, "赵": 21, "吴": 20, "周": 20, "徐": 14,
    "孙": 14, "马": 13, "朱": 12, "胡": 12, "郭": 11, "何": 11, "林": 11, "高": 10, "罗": 10, "郑": 9, "梁": 9,
    "谢": 8, "宋": 8, "唐": 7, "许": 7, "韩": 7, "邓": 6, "冯": 6, "曹": 6, "彭": 6, "曾": 6, "肖": 6, "田": 5,
    "董": 5, "潘": 5, "袁": 5, "蔡": 5, "蒋": 5, "余": 5, "于": 5, "杜": 5, "叶": 5, "程": 4, "魏": 4, "苏": 4,
    "吕": 4, "丁": 4, "任": 4, "卢": 4, "姚": 4, "沈": 4, "钟": 4, "姜": 4, "崔": 4, "谭": 4, "陆": 4, "范": 3,
    "汪": 3, "廖": 3, "石": 3, "金": 3, "韦": 3, "贾": 3, "夏": 3, "付": 3, "方": 3, "邹": 3, "熊": 3, "白": 3,
    "孟": 3, "秦": 3, "邱": 3, "侯": 3, "江": 3, "尹": 3, "薛": 3, "闫": 3, "段": 3, "雷": 3, "龙": 3, "黎": 3,
    "史": 2, "陶": 2, "贺": 2, "毛": 2, "郝": 2, "顾": 2, "龚": 2, "邵": 2, "万": 2, "覃": 2, "武": 2, "钱": 2,
    "戴": 2, "严": 2, "欧阳": 1, "上官": 0.2, "司马": 0.2, "诸葛": 0.2,
}  # fmt: skip

# (first birth year, men's, women's): people of one age have names of one age. Two signs make a given name.
_GENERATIONS = [
    (0, "建国 德明 志强 国华 文海 福生 玉山 永贵 世昌 金水 长林 春生 树德 广田 宝山 庆祥",
        "秀英 桂英 玉兰 凤英 淑珍 玉珍 桂兰 秀兰 素珍 淑华 月娥 翠花 兰英 惠芳 玉梅 金凤"),
    (1950, "建国 建华 国强 志明 卫东 建军 永强 新民 爱国 文革 红兵 志刚 国庆 跃进 援朝 解放",
        "秀英 秀兰 玉兰 桂芳 淑英 红梅 丽华 爱华 玉芬 春兰 建华 惠兰 凤霞 美珍 桂珍 素芬"),
    (1965, "伟 强 军 勇 建军 志刚 海涛 国平 永刚 晓东 建平 立新 红军 文斌 明辉 少华",
        "芳 敏 静 丽 艳 燕 红 玲 秀丽 晓红 海燕 丽娟 春梅 美玲 玉华 小红"),
    (1980, "伟 磊 超 鹏 涛 斌 波 杰 俊杰 志伟 晓明 海波 文博 建波 一鸣 振宇",
        "静 娜 婷 丹 雪 颖 倩 莉 丽娜 晓燕 婷婷 雅静 文静 佳 梦 海霞"),
    (1995, "浩 宇 轩 俊杰 子豪 浩然 宇航 嘉豪 天宇 博文 志远 俊凯 明轩 子轩 文轩 昊",
        "欣怡 雨欣 思雨 佳怡 梦琪 诗涵 雅婷 思琪 雨婷 佳琪 欣悦 晓雯 紫涵 静怡 梦洁 嘉欣"),
    (2010, "梓轩 浩宇 宇轩 子涵 浩然 沐宸 奕辰 俊熙 皓轩 铭泽 宇泽 一诺 嘉懿 煜祺 泽宇 亦辰",
        "梓涵 欣妍 可馨 雨桐 诗涵 一诺 若汐 艺涵 语桐 依诺 沐晴 子萱 梓萱 思彤 芷若 安琪"),
]  # fmt: skip

# Names from elsewhere: (weight, surnames in the men's form, men's given names, women's).
_ELSEWHERE = [
    (10, "Smith Taylor Brown Wilson Evans Walker Hughes Baker", "James Oliver Thomas Daniel", "Emma Olivia Sarah Lucy"),
    (4, "Müller Schmidt Weber Becker Hoffmann", "Lukas Jonas Felix Paul", "Anna Lena Marie Clara"),
    (4, "Martin Bernard Dubois Lefèvre", "Hugo Louis Étienne Julien", "Camille Chloé Élise Manon"),
    (4, "García López Fernández Muñoz", "José Diego Álvaro Luis", "María Lucía Sofía Inés"),
    (4, "Ivanov Petrov Sokolov Volkov", "Dmitri Sergei Aleksei Ivan", "Olga Irina Elena Natalia"),
    (4, "Sharma Patel Singh Gupta", "Arjun Rohan Vikram Amit", "Priya Anjali Neha Kavita"),
    (3, "Nguyễn Trần Phạm Hoàng", "Minh Tuấn Hùng Nam", "Lan Hương Linh Mai"),
    (3, "Tanaka Suzuki Yamamoto Ito", "Haruto Kenji Takashi Ren", "Yui Sakura Aiko Hana"),
    (3, "Kim Lee Park Choi", "Minjun Jiho Seojun Hyun", "Jiwoo Seoyeon Minji Yuna"),
    (2, "Okafor Adeyemi Mensah Diallo", "Kwame Chidi Amadou Tunde", "Amina Ngozi Fatou Adaeze"),
]
_WOMEN = {"Ivanov": "Ivanova", "Petrov": "Petrova", "Sokolov": "Sokolova", "Volkov": "Volkova"}

_surnames = list(_SURNAMES)
_surname_weights = list(accumulate(_SURNAMES.values()))
_elsewhere_weights = list(accumulate(weight for weight, *_names in _ELSEWHERE))


def surname(rng: random.Random) -> str:
    """A Chinese surname, as often as it is met."""
    return rng.choices(_surnames, cum_weights=_surname_weights)[0]


def given_name(rng: random.Random, *, female: bool, born: int) -> str:
    """A Chinese given name of somebody born in the year `born`."""
    _since, men, women = next(entry for entry in reversed(_GENERATIONS) if entry[0] <= born)
    return rng.choice((women if female else men).split())


def family_elsewhere(rng: random.Random) -> int:
    """Where a family from elsewhere comes from, for `name_elsewhere`."""
    return rng.choices(range(len(_ELSEWHERE)), cum_weights=_elsewhere_weights)[0]


def name_elsewhere(rng: random.Random, origin: int, *, female: bool, surname: str = "") -> str:
    """A full name of that origin, given name first. surname: of the family, in the men's form."""
    _weight, surnames, men, women = _ELSEWHERE[origin]
    last = surname or rng.choice(surnames.split())
    first = rng.choice((women if female else men).split())
    return f"{first} {_WOMEN.get(last, last) if female else last}"


def surname_elsewhere(rng: random.Random, origin: int) -> str:
    """A surname of that origin, in the men's form."""
    return rng.choice(_ELSEWHERE[origin][1].split())
