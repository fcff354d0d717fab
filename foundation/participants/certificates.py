"""What an organisation may say of a certificate: checked before anybody reads the claim."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput
from foundation.participants import accreditation_kinds

LATEST_BEGIN: Final = datetime.timedelta(days=366)
"""A certificate may be claimed before its first day, but not for a far future."""
LONGEST: Final = {"scope": 300, "number": 100, "issuer": 200, "evidence": 500}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is claimed; both days of validity are included.

    `evidence` says where it can be checked (a register's address, a file number): that or `number` is needed. `scope`
    says which system or site it is of, where its kind asks for that.
    """

    kind: str
    issuer: str
    valid_from: datetime.date
    valid_until: datetime.date
    level: int | None = None
    number: str = ""
    scope: str = ""
    evidence: str = ""


def texts(certificate: Certificate) -> dict[str, str]:
    """The texts of a certificate by field, without space around them."""
    return {name: str(getattr(certificate, name)).strip() for name in LONGEST}


def require_plausible(certificate: Certificate, *, of_person: bool) -> None:
    """InvalidInput, naming every field, for what no certificate of its kind and holder can say."""
    kind = accreditation_kinds.known().get(certificate.kind)
    holder = "person" if of_person else "organisation"
    if kind is None or kind.holder != holder:
        codes = ", ".join(one.code for one in accreditation_kinds.known().values() if one.holder == holder)
        raise InvalidInput.of("/kind", _("Name one of: %(known)s."), known=codes)
    errors = [
        *_wrong_level(kind, certificate.level),
        *_wrong_texts(texts(certificate), scope_needed=kind.scope_needed),
        *_wrong_days(certificate.valid_from, certificate.valid_until, kind.longest_years),
    ]
    if errors:
        raise InvalidInput(errors)


def _wrong_level(kind: accreditation_kinds.Kind, level: int | None) -> list[FieldError]:
    if kind.allows(level):
        return []
    if not kind.levels:
        return [FieldError("/level", _("This kind has no levels: leave it out."))]
    known = ", ".join(str(one.level) for one in kind.levels)
    return [FieldError("/level", _("Name the level, one of: %(known)s."), {"known": known})]


def _wrong_texts(said: dict[str, str], *, scope_needed: bool) -> list[FieldError]:
    errors = [
        FieldError(f"/{name}", _("Use at most %(limit)s characters, and no NUL."), {"limit": longest})
        for name, longest in LONGEST.items()
        if len(said[name]) > longest or "\x00" in said[name]
    ]
    if not said["issuer"]:
        errors.append(FieldError("/issuer", _("Say who issued the certificate.")))
    if not said["number"] and not said["evidence"]:
        errors.append(
            FieldError("/number", _("Give the number of the certificate, or `evidence` of where it is found."))
        )
    if scope_needed and not said["scope"]:
        errors.append(FieldError("/scope", _("Say which system or site the certificate covers.")))
    return errors


def _wrong_days(first: datetime.date, last: datetime.date, longest_years: int) -> list[FieldError]:
    today = timezone.localdate()
    if first > today + LATEST_BEGIN:
        return [FieldError("/valid_from", _("This lies too far ahead: claim it within a year of its first day."))]
    if last < first:
        return [FieldError("/valid_until", _("The last day lies before the first."))]
    if last < today:
        return [FieldError("/valid_until", _("The certificate has ended: claim one that is valid."))]
    if last - first > datetime.timedelta(days=366 * longest_years):
        message = _("Certificates of this kind are valid for at most %(years)s years.")
        return [FieldError("/valid_until", message, {"years": longest_years})]
    return []
