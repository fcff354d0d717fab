"""Tables of hospitals, laboratories, schools and kindergartens."""

from __future__ import annotations

from bench.sensitivity.columns import Table, serial
from bench.sensitivity.numbers import day, digits, letters
from bench.sensitivity.sectors.folk import PLACES, amounts, draw, folk, han_name, home, pick, whole

DISEASES = """高血压病3级 2型糖尿病 急性上呼吸道感染 慢性胃炎 冠状动脉粥样硬化性心脏病
腰椎间盘突出症 脑梗死 肺炎 甲状腺结节
胆囊结石 慢性阻塞性肺疾病 焦虑状态 乳腺增生 骨质疏松 急性阑尾炎"""
DEPARTMENTS = "心血管内科 骨科 普外科 神经内科 儿科门诊 妇产科 呼吸与危重症医学科 眼科 口腔科 急诊科 肿瘤科 中医科"


def outpatients(table: Table) -> None:
    """Visits to a hospital."""
    rng, n = table.rng, 34
    people = folk(rng, n, 1940, 2020)
    table.personal("患者姓名", "person_name", [p.name for p in people], "patients")
    table.personal("就诊卡号", "health", [digits(rng, 10) for _ in people], "number of a patient's card")
    table.personal("性别", "gender", [p.sex for p in people], "words")
    table.personal(
        "年龄", "age", [f"{2023 - p.born.year}岁" if p.born.year < 2019 else "9月" for p in people], "with units"
    )
    table.personal("门诊诊断", "health", pick(rng, n, DISEASES), "diagnoses")
    table.alike("就诊科室", "health", pick(rng, n, DEPARTMENTS), "departments")
    table.personal("接诊医生", "person_name", [han_name(rng, male=not p.male) for p in people], "doctors")
    table.plain("挂号费", pick(rng, n, "5.00 25.00 50.00"), "fees")


def discharges(table: Table) -> None:
    """First page of a case record, with the standard's initials."""
    rng, n = table.rng, 26
    people = folk(rng, n, 1938, 2001)
    table.personal("BAH", "health", [f"{rng.randint(100000, 999999):08d}" for _ in people], "病案号")
    table.personal("XM", "person_name", [p.name for p in people], "姓名")
    table.personal("CSRQ", "birth_date", [f"{p.born:%Y-%m-%d} 00:00:00" for p in people], "出生日期 with an empty time")
    table.personal("MZ", "ethnicity", [p.people for p in people], "民族")
    table.personal("HY", "marital_status", pick(rng, n, "1 2 2 2 3 4 9"), "婚姻 as the standard's digits")
    table.personal("XZZ", "address", [p.address for p in people], "现住址")
    table.personal(
        "JBDM", "health", pick(rng, n, "I10.x00 E11.900 J18.900 I63.900 K29.500 M51.202 K80.200"), "疾病编码"
    )
    table.alike("CYKB", "health", pick(rng, n, "0301 0402 0307 0500 1100"), "出院科别 code")


def examinations(table: Table) -> None:
    """Check-ups of a firm's staff."""
    rng, n = table.rng, 30
    people = folk(rng, n, 1962, 2001)
    table.personal(
        "体检编号", "health", [f"TJ2024{rng.randint(1, 9999):04d}" for _ in people], "number of a person's check-up"
    )
    table.personal("受检人", "person_name", [p.name for p in people], "who was examined")
    table.personal("收缩压(mmHg)", "health", whole(rng, n, 98, 168), "blood pressure")
    table.personal("空腹血糖", "health", [f"{rng.uniform(4.1, 9.8):.1f}" for _ in people], "blood sugar")
    table.personal("体重kg", "health", [f"{rng.uniform(44, 96):.1f}" for _ in people], "weight")
    table.personal(
        "既往病史", "health", pick(rng, n, "无 无 高血压 青霉素过敏 阑尾切除术后 糖尿病 乙肝病毒携带"), "history"
    )
    table.alike("套餐名称", "person_name", pick(rng, n, "白领关爱套餐 入职体检A 孝心父母套餐 女性防癌筛查"), "packages")


def laboratory(table: Table) -> None:
    """Results without a name, with the patient's number."""
    rng, n = table.rng, 32
    table.personal("patient_id", "health", [f"P{rng.randint(10000, 99999)}" for _ in range(n)], "stands for a patient")
    table.alike("specimen_no", "phone", [f"1{digits(rng, 10)}" for _ in range(n)], "11 digits of a machine")
    table.alike(
        "item_name", "health", pick(rng, n, "白细胞计数 血红蛋白 丙氨酸氨基转移酶 尿素氮 总胆固醇"), "names of tests"
    )
    table.personal("result", "health", [f"{rng.uniform(2, 160):.1f}" for _ in range(n)], "results of persons")
    table.plain("ref_range", pick(rng, n, "3.5-9.5 130-175 9-50 2.6-7.5 0-5.18"), "ranges")


def vaccinations(table: Table) -> None:
    """Children's vaccinations."""
    rng, n = table.rng, 28
    children, parents = folk(rng, n, 2017, 2022), folk(rng, n, 1982, 1997)
    table.personal("儿童姓名", "minor", [p.name for p in children], "children")
    table.personal("出生日期", "minor", [f"{p.born:%Y/%m/%d}" for p in children], "of children")
    table.personal("监护人", "person_name", [p.name for p in parents], "parents")
    table.personal("监护人联系方式", "phone", [p.phone for p in parents], "their numbers")
    table.alike("疫苗批号", "contract_number", [f"2023{digits(rng, 5)}" for _ in range(n)], "lots")
    table.alike("生产企业", "person_name", pick(rng, n, "北京科兴 武汉生物所 康泰生物 成都生物所 智飞龙科马"), "makers")


def drugs(table: Table) -> None:
    """A list of medicines."""
    rng, n = table.rng, 30
    table.alike("药品通用名", "health", draw(rng, n, DRUGS), "medicines on a shelf")
    table.alike(
        "批准文号", "id_card", [f"国药准字{rng.choice('HZ')}{digits(rng, 8)}" for _ in range(n)], "licences of goods"
    )
    table.alike("药品本位码", "phone", [f"86{digits(rng, 12)}" for _ in range(n)], "14 digits of goods")
    table.alike("适应症", "health", pick(rng, n, DISEASES), "what a medicine is for")
    table.alike("生产厂家", "person_name", pick(rng, n, "华北制药 同仁堂 云南白药 白云山 哈药六厂 石药欧意"), "makers")
    table.alike("零售价", "price_secret", amounts(rng, n, 2, 190), "printed on the box")


DRUGS = """阿莫西林胶囊 布洛芬缓释胶囊 二甲双胍片 阿托伐他汀钙片 板蓝根颗粒 硝苯地平控释片
奥美拉唑肠溶胶囊 头孢克肟分散片
蒙脱石散 氯雷他定片 六味地黄丸 连花清瘟胶囊 甘草片 胰岛素注射液 藿香正气水"""


def pupils(table: Table) -> None:
    """Pupils of a primary school."""
    rng, n = table.rng, 34
    children = folk(rng, n, 2012, 2017, PLACES[8])
    table.personal("学生姓名", "minor", [p.name for p in children], "children")
    table.personal("全国学籍号", "minor", [f"G{p.number}" for p in children], "G before the number of identity")
    table.personal("年级班级", "other_personal", pick(rng, n, "一年级1班 二年级3班 三年级2班 五年级4班"), "class")
    table.personal("家长姓名", "person_name", [p.name[0] + han_name(rng, male=True)[1:] for p in children], "parents")
    table.personal("家长电话", "phone", [p.phone for p in children], "parents' numbers")
    table.personal("家庭住址", "address", [p.address for p in children], "homes")
    table.alike("校车站点", "address", pick(rng, n, "金科路口 张杨路小区北门 少年宫 世纪广场东"), "stops")


def students(table: Table) -> None:
    """Students of a university, headers in pinyin."""
    rng, n = table.rng, 40
    people = folk(rng, n, 2002, 2005)
    table.personal(
        "xh", "other_personal", [f"2022{rng.randint(1, 30):02d}{rng.randint(1, 9999):04d}" for _ in people], "学号"
    )
    table.personal("xingming", "person_name", [p.name for p in people], "姓名 in full pinyin")
    table.personal("zzmm", "other_personal", pick(rng, n, "共青团员 中共预备党员 群众 中共党员"), "政治面貌")
    table.personal("jg", "other_personal", [p.place.province + p.place.city for p in people], "籍贯")
    table.personal("qq", "social_account", [str(rng.randint(10**8, 3 * 10**9)) for _ in people], "QQ numbers")
    table.personal(
        "zymc",
        "other_personal",
        pick(rng, n, "计算机科学与技术 会计学 汉语言文学 土木工程 护理学"),
        "a student's subject",
    )
    table.personal("gpa", "other_personal", [f"{rng.uniform(1.8, 4):.2f}" for _ in people], "marks")


def examinees(table: Table) -> None:
    """Places in an examination."""
    rng, n = table.rng, 36
    people = folk(rng, n, 1990, 2003)
    table.personal("准考证号", "other_personal", [f"3201{digits(rng, 10)}" for _ in people], "number of a candidate")
    table.personal("考生姓名", "person_name", [p.name for p in people], "candidates")
    table.alike("考点名称", "person_name", pick(rng, n, "南京市金陵中学 苏州第三中学 常州北郊高中"), "schools")
    table.alike("考场号", "age", [f"{rng.randint(1, 60):03d}" for _ in people], "rooms")
    table.alike("座位号", "age", [f"{rng.randint(1, 30):02d}" for _ in people], "seats")
    table.personal("笔试成绩", "other_personal", [f"{rng.uniform(40, 92):.1f}" for _ in people], "marks")


def courses(table: Table) -> None:
    """A time-table."""
    rng, n = table.rng, 30
    table.alike("课程号", "age", [f"{rng.randint(100, 999)}" for _ in range(n)], "three digits")
    table.alike(
        "课程名称", "health", pick(rng, n, "大学英语 高等数学A 病理学 中国民族史 宗教学概论 婚姻家庭法"), "courses"
    )
    table.personal("主讲教师", "person_name", [han_name(rng, male=rng.random() < 0.5) for _ in range(n)], "teachers")
    table.alike("学年学期", "birth_date", pick(rng, n, "2022-2023-1 2022-2023-2 2023-2024-1"), "terms")
    table.alike(
        "上课地点", "address", [f"{rng.choice('东西南')}教学楼{rng.randint(101, 520)}" for _ in range(n)], "rooms"
    )
    table.alike("选课人数", "age", whole(rng, n, 12, 119), "counts")


def books(table: Table) -> None:
    """A library's stock."""
    rng, n = table.rng, 28
    titles = """红楼梦 平凡的世界 许三观卖血记 骆驼祥子 林海雪原 白鹿原 安娜卡列尼娜 简爱 呼兰河传
金陵十三钗 张居正 曾国藩 李自成
    康熙大帝 茶馆 祥林嫂 孔乙己 阿Q正传 黄帝内经 伤寒论"""
    table.alike("书名", "person_name", draw(rng, n, titles), "titles, some of them persons'")
    table.alike(
        "索书号",
        "vehicle_plate",
        [f"{letters(rng, 1, 'IKTHG')}{rng.randint(100, 999)}.{rng.randint(1, 99)}" for _ in range(n)],
        "shelf marks",
    )
    table.alike("馆藏条码", "phone", [f"13{digits(rng, 9)}" for _ in range(n)], "11 digits of copies")
    table.alike(
        "出版社", "address", pick(rng, n, "人民文学出版社 中华书局 上海译文出版社 岳麓书社 长江文艺出版社"), "houses"
    )
    table.alike("出版年", "birth_date", whole(rng, n, 1982, 2022), "years")
    table.alike("馆藏地点", "address", pick(rng, n, "总馆三楼北区 东城分馆 少儿借阅室 密集书库"), "shelves")


def readers(table: Table) -> None:
    """Who borrowed."""
    rng, n = table.rng, 24
    people = folk(rng, n, 1955, 2008)
    table.personal("读者证号", "other_personal", [f"D{digits(rng, 8)}" for _ in people], "number of a reader")
    table.personal("读者", "person_name", [p.name for p in people], "readers")
    table.personal("联系地址", "address", [home(rng, p.place) for p in people], "homes")
    table.plain("借出日期", [day(rng, 2022, 2024) for _ in people], "loans")
    table.plain("册数", pick(rng, n, "1 2 3 5"), "books")
    table.alike("流水号", "age", serial(n), "running number")


def kindergarten(table: Table) -> None:
    """Children of a kindergarten with headers in English."""
    rng, n = table.rng, 22
    children = folk(rng, n, 2018, 2020, PLACES[16])
    table.personal("child_name", "minor", [p.name for p in children], "children")
    table.personal("dob", "minor", [f"{p.born:%Y-%m-%d}" for p in children], "of children")
    table.personal("class_name", "other_personal", pick(rng, n, "小一班 中二班 大三班 小二班"), "class")
    table.personal(
        "allergy", "health", pick(rng, n, "无 牛奶蛋白过敏 花生过敏 无 鸡蛋过敏 尘螨过敏"), "allergies of children"
    )
    table.personal("pickup_phone", "phone", [p.phone for p in children], "who fetches them")


MAKERS = (
    outpatients,
    discharges,
    examinations,
    laboratory,
    vaccinations,
    drugs,
    pupils,
    students,
    examinees,
    courses,
    books,
    readers,
    kindergarten,
)
