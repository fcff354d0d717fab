"""Rules from the command line: never further than a proposal."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from foundation.rulebooks import registry
from foundation.rulebooks.models import RulebookVersion
from tests.foundation.rulebooks.pricing import KIND, released, text


def run(*args: str) -> str:
    out = StringIO()
    call_command("rulebooks", *args, stdout=out)
    return out.getvalue()


def options(person, **more: str) -> list[str]:
    named = {"kind": KIND, "author": person.user.get_username(), "note": "Paper is dearer.", **more}
    return [f"--{name}={value}" for name, value in named.items()]


def test_a_reviewed_file_becomes_a_draft_of_a_person(world, author, tmp_path) -> None:
    file = tmp_path / "reviewed.toml"
    file.write_text(text(6), encoding="utf-8")
    assert run("import", str(file), *options(author)) == "price_list #1 prices@2: draft\n"
    row = RulebookVersion.objects.get()
    assert (row.content, row.author_id, row.state) == (text(6), author.user.pk, "draft")
    assert run("import", "--shipped", "--propose", *options(author)) == "price_list #2 prices@1: proposed\n"


def test_what_cannot_be_imported(world, author, tmp_path) -> None:
    bad, binary = tmp_path / "bad.toml", tmp_path / "binary.toml"
    bad.write_text(text(-1), encoding="utf-8")
    binary.write_bytes(b"\xff\xfe")
    attempts = [
        ([str(bad), *options(author)], "per_page must be a whole number"),
        ([str(binary), *options(author)], "cannot be read"),
        ([str(tmp_path / "none.toml"), *options(author)], "cannot be read"),
        ([str(bad), *options(author, kind="laws")], "There are no rules of the kind 'laws'"),
        (["--shipped", *options(author, author="nobody")], "no active member of that name"),
        (["--shipped", *options(world.buyer)], "Only the exchange may do this"),
    ]
    for args, complaint in attempts:
        with pytest.raises(CommandError, match=complaint):
            run("import", *args)
    assert not RulebookVersion.objects.exists()


def test_listing_and_showing(world, author) -> None:
    assert f"{KIND}: prices@1 (shipped)\n" in run("list")
    row = released(author, world.approver, text(5))
    listed = run("list")
    assert f"{KIND}: prices@2 (#1)\n" in listed
    assert f"  price_list #1 2 released from {row.valid_from:%Y-%m-%dT%H:%M}" in listed
    assert run("show", KIND) == text(5)
    assert run("show", KIND, "--number=1") == text(5)
    assert run("show", KIND, "--number=0") == text(2, label="1")
    for args in (["show", KIND, "--number=9"], ["show", "laws"]):
        with pytest.raises(CommandError):
            run(*args)


def test_a_release_that_cannot_read_the_rules_says_so(world, author, monkeypatch) -> None:
    released(author, world.approver, text(5))
    assert run("check") == "All rules in force or to come are readable.\n"

    def stricter(data):
        if data["per_page"] > 4:
            raise ValueError("too dear")

    known = registry.kind(KIND)
    monkeypatch.setitem(registry._kinds, KIND, registry.Kind(KIND, known.title, known.shipped, stricter))
    out = StringIO()
    with pytest.raises(CommandError, match="cannot read these rules"):
        call_command("rulebooks", "check", stdout=out)
    assert out.getvalue() == "price_list #1: too dear\n"
