"""Tables of hospitals, communities and schools."""

from __future__ import annotations

from bench.sensitivity import numbers
from bench.sensitivity.columns import Table, serial
from bench.sensitivity.people import division, home, name, names_and_numbers, people
from bench.sensitivity.wording import words

_DIAGNOSES = (
    ("I10.x00", "原发性高血压", "苯磺酸氨氯地平片 5mg qd"),
    ("E11.900", "2型糖尿病", "二甲双胍缓释片 0.5g bid"),
    ("J18.900", "肺炎", "注射用头孢曲松 2g ivgtt qd"),
    ("K29.500", "慢性胃炎", "奥美拉唑肠溶胶囊 20mg qd"),
    ("I25.103", "冠状动脉粥样硬化性心脏病", "阿司匹林肠溶片 100mg qd"),
    ("N20.000", "肾结石", "坦索罗辛缓释胶囊 0.2mg qn"),
    ("F32.900", "抑郁发作", "盐酸舍曲林片 50mg qd"),
    ("M51.202", "腰椎间盘突出症", "塞来昔布胶囊 0.2g bid"),
    ("J44.100", "慢性阻塞性肺病急性加重", "布地奈德雾化 1mg bid"),
    ("B18.103", "慢性乙型病毒性肝炎", "恩替卡韦分散片 0.5mg qn"),
    ("C34.900", "肺恶性肿瘤", "吉非替尼片 250mg qd"),
    ("I63.900", "脑梗死", "硫酸氢氯吡格雷片 75mg qd"),
)


def outpatients(table: Table) -> None:
    """An outpatient register."""
    rng, count = table.rng, 26
    who = people(rng, count, (30, 88))
    found = [rng.choice(_DIAGNOSES) for _ in who]
    table.plain("序号", serial(count))
    table.personal("患者姓名", "person_name", [each.name for each in who], "patients' full names")
    cards = [each.id_card.replace("X", "x") for each in who]
    table.personal(
        "身份证号",
        "id_card",
        numbers.blanked(rng, cards, 4, ("", "无", "未带证件")),
        "identity numbers, the check character in lower case, some not given",
    )
    table.personal("性别", "gender", [each.gender for each in who], "in words")
    table.personal("年龄", "age", [f"{each.age}岁" for each in who], "with the unit, as registers write it")
    spaced = [rng.choice(("{0} {1} {2}", "{0}-{1}-{2}", "{0}{1}{2}")) for _ in who]
    phones = [
        form.format(each.phone[:3], each.phone[3:7], each.phone[7:]) for form, each in zip(spaced, who, strict=True)
    ]
    table.personal("联系电话", "phone", numbers.blanked(rng, phones, 2), "mobile numbers with spaces and dashes")
    table.personal("初步诊断", "health", [each[1] for each in found], "diagnoses in words, one for each patient")


def inpatients(table: Table) -> None:
    """A ward's list under pinyin initials."""
    rng, count = table.rng, 18
    who = people(rng, count, (30, 88))
    found = [rng.choice(_DIAGNOSES) for _ in who]
    table.personal("xm", "person_name", [each.name for each in who], "xm stands for xingming, name")
    table.personal("csrq", "birth_date", [f"{each.birth:%Y%m%d}" for each in who], "csrq: date of birth, eight digits")
    table.personal(
        "hyzk",
        "marital_status",
        [rng.choice(("已婚", "已婚", "已婚", "未婚", "丧偶", "离异")) for _ in who],
        "hyzk: marital status",
    )
    table.personal("zyzd", "health", [f"{each[0]} {each[1]}" for each in found], "main diagnosis: ICD-10 code and word")
    table.personal("yz_yp", "health", [each[2] for each in found], "medication ordered for the patient, with doses")
    table.personal(
        "ybkh",
        "other_personal",
        ["Y" + numbers.digits(rng, 9) for _ in who],
        "ybkh: number of the patient's medical insurance card",
    )


def checkups(table: Table) -> None:
    """A health check-up's results."""
    rng, count = table.rng, 20
    who = people(rng, count, (25, 65))
    table.plain("报告序号", serial(count, "{:05d}", 311), "running numbers of reports")
    table.personal("受检者", "person_name", [each.name for each in who], "names of those examined")
    table.personal(
        "手机",
        "phone",
        [numbers.masked(each.phone, 3, 4) for each in who],
        "masked mobile numbers: derived from phones",
    )
    pressures = [f"{rng.randrange(105, 168)}/{rng.randrange(62, 104)}" for _ in who]
    table.personal("血压mmHg", "health", pressures, "a person's blood pressure")
    table.personal(
        "总检结论",
        "health",
        [
            "；".join(
                rng.sample(
                    [
                        "脂肪肝（轻度）",
                        "血脂偏高，建议复查",
                        "窦性心动过缓",
                        "甲状腺结节TI-RADS 3类",
                        "未见明显异常",
                        "尿酸升高",
                    ],
                    rng.choice((1, 2)),
                )
            )
            for _ in who
        ],
        "findings in free text",
    )


def vaccinations(table: Table) -> None:
    """Children's vaccinations."""
    rng, count = table.rng, 16
    who = people(rng, count, (0, 5))
    table.personal("儿童姓名", "person_name", [each.name for each in who], "names of small children")
    table.personal("出生日期", "birth_date", [f"{each.birth:%Y-%m-%d}" for each in who], "of the children")
    table.personal(
        "家长电话",
        "phone",
        [f"{each.phone}（{rng.choice(('父', '母', '祖母'))}）" for each in who],
        "parents' mobile numbers, the kinship in brackets",
    )
    table.personal(
        "禁忌及过敏史",
        "health",
        numbers.blanked(
            rng, [rng.choice(("鸡蛋过敏", "青霉素过敏", "湿疹", "热性惊厥史")) for _ in who], 8, ("无", "—", "")
        ),
        "allergies, half of the cells say none",
    )


def residents(table: Table) -> None:
    """A neighbourhood committee's register."""
    rng, count = table.rng, 24
    where = division(rng)
    who = people(rng, count, (20, 84), where)
    table.personal("姓名", "person_name", [each.name for each in who], "residents' names")
    table.personal(
        "性别代码",
        "gender",
        ["1" if each.male else "2" for each in who],
        "GB/T 2261.1: 1 male, 2 female, one per resident",
    )
    table.personal("民族", "ethnicity", [each.ethnicity for each in who], "mostly Han, as everywhere")
    table.personal("户籍地址", "address", [each.address for each in who], "registered homes")
    table.personal(
        "联系方式",
        "phone",
        [each.phone + (f"/{numbers.landline(rng, where.area)}" if rng.random() < 0.4 else "") for each in who],
        "a mobile number, in some cells a landline after a slash",
    )
    notes = [f"租户，房东{name(rng)}电话{numbers.mobile(rng)}" if rng.random() < 0.45 else "" for _ in who]
    table.personal("备注", "phone", notes, "free text: landlords' names and mobile numbers in many cells, others blank")


def household_members(table: Table) -> None:
    """A household register under initials."""
    rng, count = table.rng, 22
    who = people(rng, count, (19, 80))
    names_and_numbers(
        table, who, ("rkxm", "name of the person registered"), ("gmsfhm", "gmsfhm: citizen identity number")
    )
    table.personal(
        "yhzgx",
        "other_personal",
        [rng.choice(("户主", "配偶", "长子", "次女", "儿媳", "母亲")) for _ in who],
        "relation to the householder: a person's family",
    )
    table.personal("mz", "ethnicity", [each.ethnicity.removesuffix("族") for each in who], "mz: ethnicity without 族")
    table.personal(
        "zjxy",
        "religion",
        [rng.choice(("无宗教信仰", "无宗教信仰", "无宗教信仰", "佛教", "伊斯兰教", "基督教", "道教")) for _ in who],
        "zjxy: a person's faith",
    )
    table.personal("xzz", "address", [each.address for each in who], "xzz: present home")


def old_archive(table: Table) -> None:
    """Records typed from paper: numbers of the first generation of identity cards among them."""
    rng, count = table.rng, 20
    who = people(rng, count, (55, 84))
    table.plain("卷宗页码", serial(count, "第{}页", 31), "page numbers")
    cards = [each.id_card[:6] + each.id_card[8:17] if rng.random() < 0.4 else each.id_card for each in who]
    table.personal(
        "证件号码",
        "id_card",
        cards,
        "18-digit numbers, among them 15-digit ones of the first generation without a check",
    )
    table.personal(
        "出生年月",
        "birth_date",
        [f"{each.birth.year}年{each.birth.month}月{each.birth.day}日" for each in who],
        "dates of birth in Chinese notation",
    )
    table.personal(
        "籍贯", "other_personal", [each.division.name for each in who], "each person's native place, down to the county"
    )
    table.personal("住址", "address", [numbers.wide(each.address) for each in who], "homes, digits in full width")


def elders(table: Table) -> None:
    """A meal service for the old."""
    rng, count = table.rng, 15
    where = division(rng)
    who = people(rng, count, (66, 84), where)
    table.personal("老人姓名", "person_name", [each.name for each in who], "names")
    table.personal("周岁", "age", [str(each.age) for each in who], "full years as bare numbers between 66 and 84")
    table.personal("家庭住址", "address", [home(rng, where) for _ in who], "homes down to the door")
    table.personal(
        "紧急联系人",
        "phone",
        [f"{each.family}{rng.choice('军丽敏伟静强')} {numbers.mobile(rng)}" for each in who],
        "a relative's name and mobile number in one cell: the number identifies, the name goes with it",
    )
    table.plain("数据年月", ["202306"] * count, "the month of the list, the same in every row")


def pupils(table: Table) -> None:
    """A primary school's roster."""
    rng, count = table.rng, 30
    who = people(rng, count, (7, 12))
    place = who[0].division
    table.personal("学校", "minor", [f"{place.name[-3:]}第二实验小学"] * count, "school of the pupil in the same row")
    classes = [(min(6, max(1, each.age - 6)), rng.randrange(1, 5)) for each in who]
    table.personal("班级", "minor", [f"{grade}年级（{room}）班" for grade, room in classes], "class of a named pupil")
    numbered = [f"{2023 - grade}{room:02d}{place:02d}" for place, (grade, room) in enumerate(classes, 1)]
    table.personal("学号", "minor", numbered, "pupil numbers: year of entry, class, place")
    table.personal("学生姓名", "person_name", [each.name for each in who], "pupils' names")
    table.personal("性别", "gender", [each.gender for each in who], "of each pupil")
    table.personal(
        "监护人姓名",
        "person_name",
        [each.family + rng.choice(words("建国 志强 文斌 海涛 永福")) for each in who],
        "guardians",
    )
    table.personal("监护人电话", "phone", [numbers.mobile(rng) for _ in who], "guardians' mobile numbers")


def nursery(table: Table) -> None:
    """A kindergarten's list, English headers over Chinese values."""
    rng, count = table.rng, 14
    who = people(rng, count, (3, 5))
    table.personal("child_name", "person_name", [each.name for each in who], "small children's names")
    table.personal(
        "class_name",
        "minor",
        ["小中大"[each.age - 3] + rng.choice(("一班", "二班")) for each in who],
        "kindergarten class of a named child",
    )
    table.personal("dob", "birth_date", [f"{each.birth:%Y/%m/%d}" for each in who], "dob: date of birth")
    table.personal(
        "pickup_contact", "phone", [each.phone for each in who], "mobile numbers of those who fetch the child"
    )
    table.plain("row_no", serial(count), "running numbers")


def exam_entries(table: Table) -> None:
    """Entries for a middle school's entrance examination."""
    rng, count = table.rng, 20
    who = people(rng, count, (14, 15))
    names_and_numbers(
        table, who, ("ksxm", "kaosheng xingming: candidate's name"), ("sfzjh", "identity numbers of minors")
    )
    table.personal(
        "byxx_bj",
        "minor",
        [f"{each.division.name[-3:]}第{rng.choice('一三五')}中学 九（{rng.randrange(1, 9)}）班" for each in who],
        "school left and class of a minor",
    )
    table.personal(
        "lxdh", "phone", numbers.blanked(rng, [each.phone for each in who], 3, ("", "未填")), "lxdh: lianxi dianhua"
    )
    table.plain("pch", [rng.choice(("2023-01", "2023-02")) for _ in who], "pici hao: batch of the import")


def staff(table: Table) -> None:
    """A personnel office's list."""
    rng, count = table.rng, 18
    who = people(rng, count, (24, 58))
    table.personal("职工姓名", "person_name", [each.name for each in who], "employees' names")
    table.personal(
        "政治面貌",
        "other_personal",
        [rng.choice(("中共党员", "群众", "群众", "共青团员", "民盟盟员")) for _ in who],
        "a person's political affiliation",
    )
    table.personal(
        "学历",
        "other_personal",
        [rng.choice(("大专", "本科", "本科", "硕士研究生", "博士研究生")) for _ in who],
        "a person's education, listed as personal by GB/T 35273",
    )
    table.personal(
        "固定电话",
        "phone",
        [numbers.landline(rng, each.division.area) for each in who],
        "home landlines with area codes",
    )
    table.personal("出生日期", "birth_date", [f"{each.birth:%Y.%m.%d}" for each in who], "dotted dates of birth")
    table.personal("应发工资", "income", [f"{rng.randrange(480, 2600) * 10:,}.00" for _ in who], "gross monthly pay")


MAKERS = (
    outpatients,
    inpatients,
    checkups,
    vaccinations,
    residents,
    household_members,
    old_archive,
    elders,
    pupils,
    nursery,
    exam_entries,
    staff,
)
