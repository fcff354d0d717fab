"""Headers that say nothing or the wrong thing, and columns that stand alone."""

from __future__ import annotations

from bench.sensitivity import numbers
from bench.sensitivity.columns import Table, serial
from bench.sensitivity.people import email, people
from bench.sensitivity.wording import words


def fields(table: Table) -> None:
    """An export whose headers were lost."""
    rng, count = table.rng, 25
    who = people(rng, count)
    table.plain("字段1", serial(count, "{:05d}", 2041), "running numbers")
    table.personal("字段2", "person_name", [each.name for each in who], "names under a meaningless header")
    table.personal("字段3", "phone", [each.phone for each in who], "mobile numbers under a meaningless header")
    table.personal("字段4", "id_card", [each.id_card for each in who], "identity numbers under a meaningless header")
    table.personal("字段5", "address", [each.address for each in who], "homes under a meaningless header")
    table.plain("字段6", [rng.choice(("已审核", "待审核")) for _ in who], "states")


def unnamed(table: Table) -> None:
    """A spreadsheet without a head."""
    rng, count = table.rng, 18
    who = people(rng, count, (18, 60))
    table.personal(
        "Unnamed: 0",
        "vehicle_plate",
        [numbers.plate(rng, each.division.plate, electric=rng.random() < 0.3) for each in who],
        "plates under no header",
    )
    table.personal("Unnamed: 1", "email", [email(rng, each) for each in who], "mailboxes under no header")
    table.personal("Unnamed: 2", "bank_account", [numbers.bank_card(rng) for _ in who], "cards under no header")
    table.plain("Unnamed: 3", [f"2023-06-{rng.randrange(1, 31):02d}" for _ in who], "days of entry, all in one month")


def shifted(table: Table) -> None:
    """A file whose columns slid by one: the labels follow the values."""
    rng, count = table.rng, 20
    who = people(rng, count)
    table.alike("姓名", "person_name", serial(count), "running numbers under the header of names")
    table.personal("身份证号", "person_name", [each.name for each in who], "names under the header of identity numbers")
    table.personal("性别", "id_card", [each.id_card for each in who], "identity numbers under the header of gender")
    table.personal("联系电话", "gender", [each.gender for each in who], "genders under the header of telephones")
    table.personal("登记人", "phone", [each.phone for each in who], "mobile numbers under the header of the clerk")


def promises(table: Table) -> None:
    """Headers that promise what the values do not hold."""
    rng, count = table.rng, 20
    table.alike(
        "手机号",
        "phone",
        [rng.choice(("HUAWEI nova 11", "Redmi Note 12", "iPhone 13", "OPPO A1")) for _ in range(count)],
        "models under the header of numbers",
    )
    table.alike(
        "银行卡", "bank_account", [str(rng.choice((0, 1, 1, 2, 3))) for _ in range(count)], "how many cards, no number"
    )
    table.alike("家庭住址", "address", [rng.choice("YN") for _ in range(count)], "whether an address was given")
    table.alike(
        "姓名",
        "person_name",
        [f"{rng.choice(('龙井', '金骏眉', '白毫', '高山'))}{rng.choice(('特级', '一级'))}" for _ in range(count)],
        "teas under the header of names",
    )


def outcomes(table: Table) -> None:
    """Headers of sensitive types over outcomes of checks."""
    rng, count = table.rng, 18
    table.alike("is_phone_verified", "phone", [rng.choice("是否") for _ in range(count)], "yes or no, no number")
    table.alike("邮箱数量", "email", [str(rng.choice((1, 1, 2, 3))) for _ in range(count)], "how many mailboxes")
    table.alike(
        "密码强度", "secret_key", [rng.choice(("弱", "中", "强")) for _ in range(count)], "weak, middling, strong"
    )
    table.alike(
        "身份证",
        "id_card",
        [rng.choice(("已上传", "未上传", "已上传")) for _ in range(count)],
        "whether a copy was handed in",
    )
    table.alike(
        "邮箱", "email", [rng.choice(("已验证", "未验证")) for _ in range(count)], "whether a mailbox was verified"
    )
    table.alike(
        "人脸识别",
        "biometric",
        [rng.choice(("通过", "不通过", "未检测")) for _ in range(count)],
        "outcomes, no template",
    )


def sparse_remarks(table: Table) -> None:
    """Forty remarks of which three are identity numbers."""
    rng = table.rng
    notes = [""] * 4 + words("已核对 材料齐 待补照片 同上")
    cells = [rng.choice(notes) for _ in range(40)]
    for place, each in zip((6, 19, 33), people(rng, 3), strict=True):
        cells[place] = each.id_card
    table.personal("备注", "id_card", cells, "three of 40 cells are valid identity numbers, the others blank or notes")


def free_text(table: Table) -> None:
    """A counter's notes with identity numbers in sentences."""
    rng, count = table.rng, 20
    who = people(rng, count)
    cells = [
        rng.choice(("代{0}（身份证{1}）领取", "{0} {1} 委托办理", "补录：{0}，证号{1}")).format(each.name, each.id_card)
        if rng.random() < 0.7
        else "材料已退回"
        for each in who
    ]
    table.personal(
        "办理说明", "id_card", cells, "sentences that hold names and identity numbers; the number is the stronger"
    )
    table.plain("窗口", [f"{rng.randrange(1, 12)}号窗口" for _ in who], "counters")


def joined_keys(table: Table) -> None:
    """Two things in one cell."""
    rng, count = table.rng, 18
    branches = (
        ("农业银行城关支行", ("622848", 19)),
        ("建设银行高新支行", ("621700", 19)),
        ("招商银行城东支行", ("622588", 16)),
    )
    table.personal(
        "客户ID_手机",
        "phone",
        [f"C{rng.randrange(10000, 99999)}_{numbers.mobile(rng)}" for _ in range(count)],
        "a client's number and a mobile number",
    )
    table.personal(
        "开户行及账号",
        "bank_account",
        [
            f"{branch} {numbers.bank_card(rng, issuer)}"
            for branch, issuer in (rng.choice(branches) for _ in range(count))
        ],
        "bank and card in one cell, next to a client's telephone",
    )
    table.plain("来源表", [rng.choice(("crm_a", "crm_b")) for _ in range(count)], "which table a row comes from")


def masked_visitors(table: Table) -> None:
    """Masked data of visitors."""
    rng, count = table.rng, 16
    who = people(rng, count)
    table.personal(
        "访客",
        "person_name",
        [each.family + "*" * (len(each.name) - len(each.family)) for each in who],
        "masked names: derived from names",
    )
    table.personal(
        "访客手机",
        "phone",
        [numbers.masked(each.phone, 3, 4) for each in who],
        "masked mobile numbers: derived from phones",
    )
    table.personal(
        "证件",
        "id_card",
        [numbers.masked(each.id_card, 1, 1) for each in who],
        "identity numbers, all but two characters masked: derived",
    )
    table.personal(
        "车辆",
        "vehicle_plate",
        [numbers.masked(numbers.plate(rng, each.division.plate), 3, 2) for each in who],
        "masked plates: derived",
    )
    table.plain("登记台", [rng.choice(("1号台", "2号台")) for _ in who], "desks")


def minorities(table: Table) -> None:
    """A bilingual school office's list of parents."""
    rng, count = table.rng, 14
    first = words("阿依古丽 古丽娜尔 吐尔逊 艾尼瓦尔 热依汗 买买提 阿迪力 帕提古丽")
    second = words("买买提 吐尔逊 阿不都 依明 热合曼 尼亚孜")
    table.personal(
        "家长姓名",
        "person_name",
        [f"{rng.choice(first)}·{rng.choice(second)}" for _ in range(count)],
        "Uyghur names with the dot",
    )
    table.personal(
        "nation",
        "ethnicity",
        [rng.choice(("维吾尔族", "维吾尔族", "哈萨克族", "回族")) for _ in range(count)],
        "the parents' ethnicities",
    )
    table.personal(
        "religion", "religion", numbers.blanked(rng, ["伊斯兰教"] * count, 6, ("无", "未填")), "the parents' faith"
    )
    table.personal("联络电话", "phone", [numbers.landline(rng, "0991") for _ in range(count)], "parents' landlines")


def insurance_members(table: Table) -> None:
    """Social insurance under English headers."""
    rng, count = table.rng, 18
    who = people(rng, count, (22, 59))
    table.personal("insured_name", "person_name", [each.name for each in who], "those insured")
    table.personal(
        "ss_card_no",
        "other_personal",
        [rng.choice("ABCDEFG") + numbers.digits(rng, 8) for _ in who],
        "numbers of social security cards",
    )
    table.personal("hukou_addr", "address", [each.address for each in who], "registered homes")
    table.personal(
        "pay_base",
        "income",
        [str(rng.randrange(4200, 31000)) for _ in who],
        "the wages contributions are reckoned from",
    )
    table.plain("费款所属期", ["202306"] * count, "the month, the same in every row")


def loan_requests(table: Table) -> None:
    """Requests for credit."""
    rng, count = table.rng, 20
    who = people(rng, count, (22, 58))
    table.personal("申请人", "person_name", [each.name for each in who], "applicants")
    table.personal(
        "证件号",
        "id_card",
        [f"{each.id_card[:6]} {each.id_card[6:14]} {each.id_card[14:]}" for each in who],
        "identity numbers with spaces",
    )
    table.personal(
        "婚否", "marital_status", [rng.choice("是否") for _ in who], "whether an applicant is married: yes or no"
    )
    table.personal("税后月薪", "income", [f"{rng.randrange(4, 40)}k" for _ in who], "net monthly wages in thousands")
    table.personal(
        "工资卡", "bank_account", [numbers.masked(numbers.bank_card(rng), 6, 4) for _ in who], "masked cards: derived"
    )
    table.plain("进件批次", [f"B0{rng.randrange(1, 6)}" for _ in who], "batches")


def members(table: Table) -> None:
    """A friendship society's members."""
    rng, count = table.rng, 20
    who = people(rng, count, (22, 80))
    table.personal("会员姓名", "person_name", [each.name for each in who], "members' names")
    table.personal("nl", "age", [numbers.wide(str(each.age)) for each in who], "nl: nianling, age, full-width digits")
    faiths = ("无", "佛教", "道教", "天主教", "基督教", "伊斯兰教")
    table.personal("信仰", "religion", [rng.choice(faiths) for _ in who], "each member's faith, some have none")
    table.personal(
        "hyzk_dm",
        "marital_status",
        [rng.choice(("10", "20", "20", "30", "40")) for _ in who],
        "marital status as a code of GB/T 2261.2, one per member",
    )
    table.plain("届次", ["第六届"] * count, "the same in every row")


def delegations(table: Table) -> None:
    """Staff sent abroad."""
    rng, count = table.rng, 12
    who = people(rng, count, (28, 60))
    table.personal("cgry", "person_name", [each.name for each in who], "chuguo renyuan: those who go abroad")
    table.personal("sex", "gender", ["MF"[not each.male] for each in who], "M or F, one per traveller")
    table.personal("age", "age", [str(each.age) for each in who], "full years")
    table.personal(
        "passport_no",
        "passport",
        [numbers.masked(numbers.passport(rng), 2, 3) for _ in who],
        "masked passports: derived",
    )
    table.plain("批件年度", ["2023"] * count, "the year, the same in every row")


MAKERS = (
    members,
    delegations,
    fields,
    unnamed,
    shifted,
    promises,
    outcomes,
    sparse_remarks,
    free_text,
    joined_keys,
    masked_visitors,
    minorities,
    insurance_members,
    loan_requests,
)
