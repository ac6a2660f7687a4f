"""What the demo hospital is made of: sites, departments, services, rules. Data, and the few lines that store it."""

import datetime as dt
from dataclasses import dataclass, field

from directory.models import Department, Grade, HealthcareService, Site
from directory.models.service import Sex
from patients.models import Tag, Tone
from visits.models import CallScreen

SITES = [
    ("main", "江滨院区", "Riverside campus", "江滨路 88 号", "(000) 0000 0100"),
    ("east", "东湖院区", "East Lake campus", "东湖大道 16 号", "(000) 0000 0200"),
]
PHONE_HOURS = {"phone_hours_zh": "每天 7:30–17:30", "phone_hours_en": "daily 7:30 to 17:30"}

# code, Chinese, English, site, practitioners of 70, sensitive, ages, only for
DEPARTMENTS = [
    ("ortho", "骨科", "Orthopaedics", "main", 7, False, (14, None), ""),
    ("cardio", "心内科", "Cardiology", "main", 7, False, (14, None), ""),
    ("paed", "儿科", "Paediatrics", "main", 7, False, (0, 14), ""),
    ("gyn", "妇科", "Gynaecology", "main", 6, True, (14, None), Sex.FEMALE),
    ("resp", "呼吸内科", "Respiratory medicine", "main", 5, False, (14, None), ""),
    ("gastro", "消化内科", "Gastroenterology", "main", 5, False, (14, None), ""),
    ("neuro", "神经内科", "Neurology", "main", 5, False, (14, None), ""),
    ("endo", "内分泌科", "Endocrinology", "main", 5, False, (14, None), ""),
    ("surg", "普外科", "General surgery", "main", 4, False, (14, None), ""),
    ("eye", "眼科", "Ophthalmology", "east", 5, False, (None, None), ""),
    ("ent", "耳鼻喉科", "Ear, nose and throat", "east", 4, False, (None, None), ""),
    ("derm", "皮肤科", "Dermatology", "east", 4, True, (None, None), ""),
    ("tcm", "中医科", "Chinese medicine", "east", 3, False, (None, None), ""),
    ("check", "体检中心", "Health check-ups", "east", 3, False, (18, None), ""),
]

# grade: suffixes of the name, minutes, fee in yuan, released days before
GRADES = {
    Grade.GENERAL: ("普通门诊", "general clinic", 15, 25, 28),
    Grade.EXPERT: ("专家门诊", "expert clinic", 20, 60, 28),
    Grade.SPECIAL: ("特需门诊", "special clinic", 30, 300, 28),
    Grade.CHECKUP: ("健康体检", "health check-up", 30, 480, 28),
}

PREPARATION = {
    "gastro": ("就诊前禁食 8 小时，可少量饮水。", "Eat nothing for 8 hours before the visit; a little water is fine."),
    "endo": ("需空腹抽血者请禁食 8 小时。", "Eat nothing for 8 hours if blood is to be taken."),
    "check": ("检查前一天清淡饮食，当天早上空腹。", "Eat lightly the day before and come fasting."),
    "cardio": ("请携带既往心电图和正在服用的药物。", "Bring earlier ECGs and the medicines you take."),
    "ortho": ("请携带既往 X 光片或 CT 片。", "Bring earlier X-rays or CT scans."),
    "eye": ("可能散瞳，当天请勿驾车。", "Your pupils may be widened: do not drive that day."),
    "gyn": ("请避开月经期，检查前排空膀胱。", "Avoid the days of your period; empty your bladder first."),
    "paed": ("请携带预防接种证，由监护人陪同。", "Bring the vaccination booklet; a guardian has to come along."),
}

# What patients say at the window, in both languages
SEARCH_WORDS = {
    "ortho": "膝盖痛, 腰痛, 骨折, 扭伤, 颈椎, 关节炎, knee pain, back pain, fracture, sprain, neck pain",
    "cardio": "胸闷, 心慌, 高血压, 心电图, 冠心病, chest pain, palpitations, blood pressure, ECG",
    "paed": "发烧, 咳嗽, 小孩, 宝宝, 打疫苗, 拉肚子, child, baby, fever, cough, vaccination",
    "gyn": "月经不调, 白带异常, 怀孕, 产检, 宫颈筛查, period pain, pregnancy, smear test",
    "resp": "咳嗽, 发烧, 哮喘, 气喘, 肺炎, 感冒, cough, fever, asthma, pneumonia, cold",
    "gastro": "胃痛, 肚子痛, 胃镜, 拉肚子, 便秘, 反酸, stomach ache, heartburn, diarrhoea, gastroscopy",
    "neuro": "头痛, 头晕, 失眠, 手麻, 中风, headache, dizziness, insomnia, numbness, stroke",
    "endo": "糖尿病, 甲状腺, 血糖高, 痛风, 肥胖, diabetes, thyroid, blood sugar, gout",
    "surg": "阑尾炎, 疝气, 痔疮, 胆结石, 换药, 拆线, appendicitis, hernia, gallstones, stitches",
    "eye": "眼睛红, 近视, 白内障, 看不清, 配镜, red eye, glasses, cataract, blurred vision",
    "ent": "鼻炎, 咽喉痛, 耳鸣, 听力下降, 鼻出血, sore throat, earache, hearing, blocked nose",
    "derm": "皮疹, 湿疹, 痘痘, 过敏, 脱发, rash, eczema, acne, allergy, hair loss",
    "tcm": "针灸, 推拿, 调理, 中药, 失眠, acupuncture, massage, herbal medicine",
    "check": "体检, 入职体检, 健康证, 抽血, check-up, medical examination, blood test",
}

TAGS = [
    ("wheelchair", "轮椅", "Wheelchair", Tone.INFO),
    ("hearing", "听力障碍", "Hard of hearing", Tone.INFO),
    ("chronic", "慢病随访", "Chronic condition", Tone.WARNING),
    ("office-hours", "工作日不便", "Works office hours", Tone.NEUTRAL),
    ("small-child", "家有幼儿", "Parent of a small child", Tone.NEUTRAL),
    ("often-absent", "常爽约", "Often absent", Tone.DANGER),
]


@dataclass
class Catalogue:
    """The stored nouns by code."""

    sites: dict[str, Site] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    services: dict[tuple[str, str], HealthcareService] = field(default_factory=dict)  # department, grade
    tags: dict[str, Tag] = field(default_factory=dict)


def make() -> Catalogue:
    """Store sites, departments, services, tags and call screens."""
    made = Catalogue()
    for code, zh, en, address, phone in SITES:
        made.sites[code] = Site.objects.create(
            code=code, name_zh=zh, name_en=en, address=address, phone=phone, **PHONE_HOURS
        )
    for entry in DEPARTMENTS:
        _make_department(made, *entry)
    for code, zh, en, tone in TAGS:
        made.tags[code] = Tag.objects.create(code=code, name_zh=zh, name_en=en, tone=tone)
    for site in made.sites.values():
        _make_screen(site)
    return made


def _make_screen(site: Site) -> None:
    """A display in the waiting hall of a site, for all of its departments."""
    screen = CallScreen.objects.create(name_zh=f"{site.name_zh}候诊大厅", name_en=f"{site.name_en} waiting hall")
    screen.departments.set(site.departments.all())


def grades_of(department: str) -> list[str]:
    """Which kinds of visit a department offers."""
    return [Grade.CHECKUP] if department == "check" else [Grade.GENERAL, Grade.EXPERT, Grade.SPECIAL]


def _make_department(
    made: Catalogue, code: str, zh: str, en: str, site: str, _staff: int, sensitive: bool, ages: tuple, sex: str
) -> None:
    department = Department.objects.create(
        site=made.sites[site], code=code, name_zh=zh, name_en=en, is_sensitive=sensitive, names_on_screens=not sensitive
    )
    made.departments[code] = department
    for grade in grades_of(code):
        made.services[code, grade] = _make_service(department, grade, ages, sex)


def _make_service(department: Department, grade: str, ages: tuple, sex: str) -> HealthcareService:
    zh, en, minutes, fee, days = GRADES[grade]
    before_zh, before_en = PREPARATION.get(department.code, ("", ""))
    return HealthcareService.objects.create(
        department=department,
        code=f"{department.code}-{grade}",
        grade=grade,
        name_zh=zh if grade == Grade.CHECKUP else f"{department.name_zh}{zh}",
        name_en=en.capitalize() if grade == Grade.CHECKUP else f"{department.name_en}, {en}",
        length_minutes=minutes,
        fee_amount=fee,
        preparation_zh=before_zh,
        preparation_en=before_en,
        search_words=SEARCH_WORDS[department.code],
        min_age=ages[0] or None,
        max_age=ages[1],
        sex=sex,
        release_days=days,
        release_time=dt.time(7, 0),
    )
