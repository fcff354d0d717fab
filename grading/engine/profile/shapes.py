"""Character-class shapes of text values: `N14228` -> `A99999`, `Zhang Wei` -> `Aa+ Aa+`, `张三` -> `文文`.

A upper-case letter, a letter of any other kind, 9 digit, 文 Chinese character; only signs stand for themselves.
Runs are written out in values of up to 20 characters without spaces, and shortened to `+` in longer ones.
"""

import polars as pl

LONGEST = 32


def shape(text: pl.Expr) -> pl.Expr:
    """The shape of each value, at most 32 characters long."""
    classes = (
        text.str.replace_all(r"\p{N}", "9")
        .str.replace_all(r"\p{Lu}", "A")
        .str.replace_all(r"\p{Han}", "文")
        .str.replace_all(r"[\p{L}\p{M}&&[^A文]]", "a")
    )
    shortened = (
        classes.str.replace_all("A{2,}", "A+")
        .str.replace_all("a{2,}", "a+")
        .str.replace_all("9{2,}", "9+")
        .str.replace_all("文{2,}", "文+")
    )
    written_out = (text.str.len_chars() <= 20) & ~text.str.contains(" ", literal=True)
    return pl.when(written_out).then(classes).otherwise(shortened).str.slice(0, LONGEST)
