"""A cell of a decision table as HTML. A table has thousands: a template included for each would take seconds."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from marketplace.authorization.table_view import Cell
from marketplace.authorization.table_words import Word

register = template.Library()
NOTHING = "–"


@register.filter
def in_words(cell: Cell) -> SafeString:
    """The words with their codes as titles; where something else stood there, both, and which is which in words."""
    if cell.was is None:
        return _words(cell.now, ordered=cell.ordered)
    return format_html(
        "<del>{} {}</del> <ins>{} {}</ins>",
        gettext("Was:"),
        _words(cell.was, ordered=cell.ordered),
        gettext("Now:"),
        _words(cell.now, ordered=cell.ordered),
    )


def _words(words: tuple[Word, ...], *, ordered: bool) -> SafeString:
    if not words:
        return format_html("{}", NOTHING)
    between = " → " if ordered else "; "
    told = (
        format_html('<span title="{}">{}</span>', word.code, word.text)
        if word.code
        else format_html("<span>{}</span>", word.text)
        for word in words
    )
    return format_html_join(between, "{}", ((word,) for word in told))
