"""What a column's name says of its values: that they are numbers, or days.

Where a column holds nothing of the kind, and nothing else that could be judged, its name is the only evidence left that
something else should stand there. Only words that hardly name anything else: an area may be a region, a rate a class.
"""

import re
from typing import Final, Literal

Named = Literal["number", "day"]

NUMBERS: Final = (
    "altitude", "amount", "avg", "balance", "cost", "count", "elevation", "fee", "income", "lat", "latitude", "lng",
    "lon", "longitude", "mean", "median", "percent", "percentage", "population", "price", "qty", "quantity", "revenue",
    "salary", "subtotal", "sum", "temperature", "total",
)  # fmt: skip
DAYS: Final = ("birthday", "birthdate", "date", "datetime", "day", "dob", "timestamp")
NUMBERS_ZH: Final = (
    "金额", "数量", "单价", "总价", "价格", "价钱", "费用", "成本", "余额", "工资", "收入", "支出", "总数", "总额",
    "年龄", "人数", "人口", "次数", "个数", "件数", "面积", "重量", "高度", "长度", "宽度", "温度", "经度", "纬度",
    "百分比", "比例",
)  # fmt: skip
DAYS_ZH: Final = ("日期", "时间", "年月日", "生日")
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BRACKETS: Final = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")


def named(column: str) -> Named | None:
    """By the last word of an English name (`unit_price`, `OrderDate`), the end of a Chinese one (`订单金额（元）`)."""
    bare = _BRACKETS.sub(" ", column).strip()
    if bare.endswith(NUMBERS_ZH):
        return "number"
    if bare.endswith(DAYS_ZH):
        return "day"
    words = [word.lower() for word in _WORD.findall(bare)]
    last = words[-1] if words else ""
    return "number" if last in NUMBERS else "day" if last in DAYS else None
