"""Forms whose last part is the file, however their bytes arrive."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import InvalidInput
from marketplace.api.multipart import AROUND, LONGEST_FIELD, form_of

BOUNDARY = b"x"


def body(file: bytes, fields: dict[str, bytes] | None = None, end: bytes = b"--\r\n", before: bytes = b"") -> bytes:
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), value)
        for name, value in (fields or {}).items()
    ]
    parts.append(
        b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n' + file
    )
    return before + b"".join(b"--x\r\n%s\r\n" % part for part in parts) + b"--x" + end


@settings(deadline=None, max_examples=60)
@given(
    st.binary(max_size=40) | st.sampled_from([b"\r\n--", b"\r\n-", b"--x", b"\r\n--y", b"\r\r\n--"]),
    st.lists(st.integers(1, 40), max_size=8),
    st.sampled_from([b"--", b"--\r\n", b"--\r\nepilogue"]),
    st.sampled_from([b"", b"preamble\r\n"]),
)
def test_the_file_is_what_was_sent(file: bytes, cuts: list[int], end: bytes, before: bytes) -> None:
    if b"\r\n--x" in b"\r\n" + file:
        return
    sent = body(file, {"title": "航班".encode(), "table_schema": b"{}"}, end, before)
    pieces, place = [], 0
    for cut in cuts:
        pieces.append(sent[place : place + cut])
        place += cut
    form = form_of(BOUNDARY, [*pieces, sent[place:]])
    assert (form.fields, form.filename) == ({"title": "航班", "table_schema": "{}"}, "a.csv")
    assert b"".join(form.file) == file


def test_a_long_file_is_not_held() -> None:
    def pieces() -> object:
        yield body(b"", end=b"")[: -len(b"\r\n--x")]
        for _ in range(64):
            yield b"a" * 65_536
        yield b"\r\n--x--"

    form = form_of(BOUNDARY, pieces())  # type: ignore[arg-type]
    sizes = [len(piece) for piece in form.file]
    assert (sum(sizes), max(sizes)) == (64 * 65_536, 65_536)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        (b"", "/"),
        (b"id,x\n1,2\n", "/"),
        (body(b"1", end=b""), "/"),
        (body(b"1")[:-9], "/"),
        (body(b"1", {"a": b"1"}).replace(b'name="a"', b"name"), "/"),
        (body(b"1", {"a": b"\xff"}), "/a"),
        (body(b"1", {"a": b"1" * (LONGEST_FIELD + 1)}), "/"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--', "/file"),
        (body(b"1", end=b'\r\nContent-Disposition: form-data; name="b"\r\n\r\n1\r\n--x--'), "/file"),
        (b'--x\r\nContent-Disposition: form-data; name="other"; filename="a.csv"\r\n\r\n1\r\n--x--', "/file"),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n1\r\n--x--', "/file"),
        (body(b"1").replace(b"Content-Type: text/csv", b"Content-Transfer-Encoding: base64"), "/file"),
        (body(b"1", {"a/b~": b"\xff"}), "/a~1b~0"),
        (b"--x\r\n" + b"a" * 9_000 + b"\r\n\r\n1\r\n--x--", "/"),
    ],
)
def test_what_is_no_such_form_is_refused(sent: bytes, pointer: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        b"".join(form_of(BOUNDARY, [sent]).file)
    assert [field.pointer for field in raised.value.fields] == [pointer]


def test_other_parts_may_come_from_files() -> None:
    sent = body(b"1\n", {"table_schema": b"{}"}).replace(b'"table_schema"', b'"table_schema"; filename="s.json"')
    form = form_of(BOUNDARY, [sent])
    assert (form.fields, form.filename, b"".join(form.file)) == ({"table_schema": "{}"}, "a.csv", b"1\n")


def test_what_follows_the_form_is_not_read_for_ever() -> None:
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        yield body(b"1")
        while taken < 1_000:
            taken += 1
            yield bytes(1 << 20)

    with pytest.raises(InvalidInput, match="come after the file"):
        list(form_of(BOUNDARY, pieces()).file)
    assert taken == AROUND // (1 << 20)
