"""What all pictures share. Pure, no Django.

Inline, lines and text take the colour of the page (`currentColor`), so that light and dark themes both work. A picture
of its own brings its ground and follows the reader's theme. The two hues differ in lightness and for every common
colour blindness (Okabe and Ito 2008), and nothing is said by colour alone.
"""

import base64
import hashlib
from typing import Final
from xml.sax.saxutils import escape, quoteattr

ACCENT: Final = "#417690"
NOTICE: Final = "#d55e00"
STYLE: Final = (
    "svg{color:#1f1f1f;background:#fff;font-family:system-ui,sans-serif}"
    "@media(prefers-color-scheme:dark){svg{color:#eee;background:#121212}}"
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'; sandbox"
"""The Content-Security-Policy of a picture of its own: its style, and nothing else."""


def begin(x: int, y: int, width: int, height: int, title: str, description: str) -> str:
    """The opening tag, with what a screen reader says instead of the picture."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x} {y} {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label={quoteattr(clean(title))}><title>{escape(clean(title))}</title>'
        f"<desc>{escape(clean(description))}</desc>"
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, weight: str = "") -> str:
    """A line of text in the colour of the page."""
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}"{bold} fill="currentColor">'
        f"{escape(clean(words))}</text>"
    )


def standalone(picture: str) -> bytes:
    """An inline picture as a document of its own, with ground and colours for light and dark; serve it under POLICY."""
    head, _, rest = picture.partition("</desc>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}</desc><style>{STYLE}</style>{rest}'.encode()


def clean(words: str) -> str:
    """Without the characters that XML 1.0 cannot carry (Char, section 2.2), each of them as U+FFFD."""
    return "".join(sign if _is_char(ord(sign)) else "\ufffd" for sign in words)


def _is_char(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
