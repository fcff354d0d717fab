"""Columns that stand alone and look like something sensitive."""

from __future__ import annotations

from random import Random

from bench.sensitivity.numbers import (
    day,
    digits,
    ean13,
    hexadecimal,
    letters,
)
from bench.sensitivity.sectors.care import DRUGS
from bench.sensitivity.sectors.folk import PLACES, switchboards, whole
from bench.sensitivity.sectors.government import FIRMS
from bench.sensitivity.sectors.money import GOODS, SHOPS
from bench.sensitivity.sectors.single import Alone, any_of, each, makers


def serials(rng: Random, n: int) -> list[str]:
    """18 digits of which the seventh to fourteenth happen to be a date now and then."""
    return [f"{rng.choice(('10', '20', '31'))}{digits(rng, 16)}" for _ in range(n)]


def roads(rng: Random, n: int) -> list[str]:
    """Names of roads."""
    return [rng.choice(rng.choice(PLACES).roads) for _ in range(n)]


ALIKE = (
    Alone("c2", "phone", each(lambda rng: f"2{digits(rng, 10)}"), "11 digits that begin with 2"),
    Alone(
        "流水号", "phone", lambda rng, n: [str(13800010000 + place * 7) for place in range(n)], "a counter of 11 digits"
    ),
    Alone("c12", "id_card", serials, "18 random digits"),
    Alone(
        "业务流水号",
        "id_card",
        each(lambda rng: day(rng, 2023, 2024, "%Y%m%d") + digits(rng, 10)),
        "a date and ten digits",
    ),
    Alone("col_3", "bank_account", each(lambda rng: digits(rng, 16)), "16 random digits"),
    Alone("F8", "bank_account", each(lambda rng: ean13(rng, "6901")), "bar codes"),
    Alone("ISBN", "bank_account", each(lambda rng: ean13(rng, "9787")), "books"),
    Alone("f_8", "person_name", any_of(SHOPS), "shops under no header"),
    Alone("col_9", "address", roads, "roads under no header"),
    Alone("V5", "person_name", any_of(GOODS), "goods under no header"),
    Alone("column3", "person_name", any_of(FIRMS), "firms under no header"),
    Alone("c5", "birth_date", each(lambda rng: day(rng, 2021, 2024)), "days under no header"),
    Alone("创建时间", "birth_date", each(lambda rng: day(rng, 2015, 2024) + " 08:30:00"), "instants"),
    Alone("成立日期", "birth_date", each(lambda rng: day(rng, 1985, 2020)), "of firms"),
    Alone("年份", "age", lambda rng, n: whole(rng, n, 1998, 2024), "years"),
    Alone("数量", "age", lambda rng, n: whole(rng, n, 1, 99), "counts"),
    Alone("c8", "age", lambda rng, n: whole(rng, n, 1, 99), "numbers of no meaning"),
    Alone("工龄补贴标准", "income", any_of("50 100 150 200"), "a rate in force"),
    Alone("是否实名", "person_name", any_of("是 否"), "a flag"),
    Alone("手机号是否验证", "phone", any_of("Y N"), "a flag"),
    Alone("手机品牌", "phone", any_of("华为 小米 苹果 OPPO vivo 荣耀"), "brands"),
    Alone("身份证类型", "id_card", any_of("二代证 临时证 港澳台居住证"), "kinds"),
    Alone(
        "地址编码",
        "address",
        each(lambda rng: f"{rng.choice(PLACES).code}{digits(rng, 6)}"),
        "codes of addresses' standards",
    ),
    Alone("邮件主题", "email", any_of("周报提交提醒 发票已开具 会议纪要 合同审批通知 系统维护公告"), "subjects"),
    Alone("邮箱类型", "email", any_of("企业 个人 免费"), "kinds"),
    Alone(
        "客服热线",
        "phone",
        each(lambda rng: rng.choice(("95588", "10086", "12345", "400-820-8820", "95519"))),
        "lines of firms",
    ),
    Alone(
        "单位电话",
        "phone",
        lambda rng, n: switchboards(rng, [rng.choice(PLACES) for _ in range(n)]),
        "of organisations",
    ),
    Alone("主管部门", "person_name", any_of("教育局 卫健委 民政局 公安局 农业农村局"), "offices"),
    Alone("车型", "vehicle_plate", any_of("轿车 SUV 中型客车 重型半挂牵引车"), "kinds"),
    Alone(
        "航班号", "vehicle_plate", each(lambda rng: rng.choice(("CA", "MU", "CZ", "3U")) + digits(rng, 4)), "flights"
    ),
    Alone("车次", "vehicle_plate", each(lambda rng: rng.choice("GDKTZ") + str(rng.randint(1, 9999))), "trains"),
    Alone("药品名称", "health", any_of(DRUGS), "goods"),
    Alone("保险产品", "health", any_of("百万医疗险 重大疾病保险 意外伤害险 防癌险"), "products"),
    Alone("考室", "age", lambda rng, n: whole(rng, n, 1, 60), "rooms"),
    Alone(
        "版本",
        "ip_address",
        each(lambda rng: f"{rng.randint(1, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 20)}.{rng.randint(0, 99)}"),
        "four numbers",
    ),
    Alone("uuid", "device_id", each(lambda rng: hexadecimal(rng, 32)), "keys of records"),
    Alone("文件MD5", "secret_key", each(lambda rng: hexadecimal(rng, 32)), "digests of files"),
    Alone("密码策略", "secret_key", any_of("强 中 弱 90天更换"), "rules"),
    Alone(
        "资产编号", "device_id", each(lambda rng: f"ZC-{rng.randint(2010, 2024)}-{digits(rng, 5)}"), "things of a firm"
    ),
    Alone("民族乡名称", "ethnicity", any_of("丹洲苗族乡 九龙瑶族乡 归柳侗族乡 赤石畲族乡"), "places"),
    Alone("民族特色", "ethnicity", any_of("苗绣 蜡染 蒙古包 朝鲜族冷面 唐卡"), "crafts"),
    Alone("宗教文物名称", "religion", any_of("鎏金铜佛像 道教神像 景教碑 金刚经卷 石经幢"), "objects"),
    Alone("婚庆套餐", "marital_status", any_of("梦幻城堡 中式典雅 草坪婚礼 极简派"), "goods"),
    Alone("学历要求", "other_personal", any_of("本科 大专 不限 硕士及以上"), "what posts ask"),
    Alone("性别要求", "gender", any_of("不限 男 女 不限 不限"), "what posts ask"),
    Alone("男装尺码", "gender", any_of("S M L XL XXL"), "sizes"),
    Alone("适用人群", "gender", any_of("男士 女士 儿童 通用 老人"), "of goods"),
    Alone("纬度带", "location_track", any_of("温带 亚热带 热带 寒带"), "belts"),
    Alone("人脸识别算法", "biometric", any_of("ArcFace FaceNet DeepID2 InsightFace"), "ways"),
    Alone("指纹锁型号", "biometric", any_of("DDL603 K20-F X7 HZ-198B"), "models"),
    Alone("社交平台", "social_account", any_of("微信 微博 抖音 小红书 快手"), "platforms"),
    Alone("合同类型", "contract_number", any_of("采购合同 租赁合同 劳动合同 服务合同"), "kinds"),
    Alone("指导价", "price_secret", each(lambda rng: f"{rng.randint(6, 60)}.{digits(rng, 2)}万"), "published"),
    Alone(
        "物料编码",
        "unified_social_credit_code",
        each(lambda rng: letters(rng, 18, "0123456789ABCDEFGHJKLMNPQRTUWXY")),
        "18 signs of goods",
    ),
    Alone(
        "地名",
        "person_name",
        any_of("石家庄 张家口 马鞍山 连云港 李沧 万宁 文昌 东方 乐东 安康 汉中 延安 高平"),
        "towns that begin like names",
    ),
    Alone(
        "水果", "person_name", any_of("黄桃 石榴 李子 金桔 杨梅 车厘子 柳橙 白桃 梅子"), "fruit that begins like names"
    ),
    Alone("成语", "person_name", any_of("马到成功 金榜题名 万事如意 安居乐业 高山流水 温故知新 张冠李戴"), "sayings"),
    Alone("颜色", "person_name", any_of("黄绿 白金 金色 蓝灰 杏黄 柳绿 石青"), "colours"),
    Alone("节目名称", "person_name", any_of("今日说法 焦点访谈 新闻联播 动物世界 百家讲坛 鲁豫有约"), "programmes"),
    Alone("academic_year", "age", any_of("2021 2122 2223 2324"), "years of schools"),
    Alone("email_verified", "email", any_of("true false"), "a flag"),
    Alone("IMEI号段说明", "device_id", any_of("华为终端 小米通讯 测试号段 预留"), "words"),
    Alone("统计口径", "health", any_of("常住人口 户籍人口 就诊人次 确诊病例数"), "what is counted"),
)

MAKERS = makers("alike", ALIKE)
