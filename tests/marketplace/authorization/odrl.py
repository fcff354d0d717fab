"""What the ODRL Information Model 2.2 demands of a policy in JSON-LD, as a checker that knows nothing of our code.

Terms: ODRL Vocabulary & Expression 2.2. Whatever is not of them must be a name with a declared prefix, and what then
decides (operands, actions) needs a profile.
"""

from collections.abc import Iterator, Mapping
from typing import Any


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEFT_OPERANDS = _words(
    "absolutePosition absoluteSize absoluteSpatialPosition absoluteTemporalPosition count dateTime "
    "delayPeriod deliveryChannel elapsedTime event fileFormat industry language media meteredTime payAmount "
    "percentage product purpose recipient relativePosition relativeSize relativeSpatialPosition "
    "relativeTemporalPosition resolution spatial spatialCoordinates systemDevice timeInterval unitOfCount "
    "version virtualLocation"
)
OPERATORS = _words("eq gt gteq hasPart isA isAllOf isAnyOf isNoneOf isPartOf lt lteq neq")
LISTS = frozenset(("isAllOf", "isAnyOf", "isNoneOf"))
ACTIONS = _words(
    "acceptTracking aggregate annotate anonymize archive attribute commercialize compensate concurrentUse "
    "copy delete derive digitize display distribute ensureExclusivity execute export extract give grantUse "
    "include index inform install modify move nextPolicy obtainConsent play present print read reproduce "
    "reviewPolicy sell stream synchronize textToSpeech transfer transform translate uninstall use watermark"
)
OF_A_POLICY = frozenset(("@context", "@type", "uid", "profile", "conflict", "assigner", "assignee"))
RULES = {"permission": True, "prohibition": True, "obligation": False}
"""Kind of rule → whether it needs a target."""
OF_A_RULE = frozenset(
    ("uid", "action", "target", "assigner", "assignee", "constraint", "duty", "remedy", "consequence")
)
OF_A_CONSTRAINT = frozenset(("uid", "leftOperand", "operator", "rightOperand", "unit", "dataType", "status"))


def problems(policy: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with an Agreement, each with where it is; nothing for a sound one."""
    return list(_policy(policy, _prefixes(policy.get("@context"))))


def _prefixes(context: Any) -> frozenset[str]:
    parts = context if isinstance(context, list) else [context]
    own = {name for part in parts if isinstance(part, dict) for name in part}
    return frozenset(own | ({"odrl", "xsd"} if "http://www.w3.org/ns/odrl.jsonld" in parts else set()))


def _policy(policy: Mapping[str, Any], prefixes: frozenset[str]) -> Iterator[str]:
    if "odrl" not in prefixes:
        yield "@context: not ODRL's"
    if policy.get("@type") != "Agreement":
        yield "@type: not an Agreement"
    if ":" not in str(policy.get("uid", "")):
        yield "uid: not an IRI"
    for party in ("assigner", "assignee"):
        if ":" not in str(_identified(policy.get(party))):
            yield f"{party}: an Agreement has one, with an IRI"
    if policy.get("conflict") not in (None, "perm", "prohibit", "invalid"):
        yield "conflict: unknown"
    yield from _names(policy, OF_A_POLICY | set(RULES), prefixes, "")
    if not any(policy.get(kind) for kind in RULES):
        yield "a policy has at least one rule"
    has_profile = ":" in str(policy.get("profile", ""))
    for kind, needs_target in RULES.items():
        for place, rule in enumerate(policy.get(kind, [])):
            yield from _rule(rule, f"{kind}[{place}]", needs_target, prefixes, has_profile)


def _identified(value: Any) -> Any:
    return value.get("uid") if isinstance(value, dict) else value


def _names(
    part: Mapping[str, Any], known: frozenset[str] | set[str], prefixes: frozenset[str], at: str
) -> Iterator[str]:
    for name in part:
        if name not in known and name.partition(":")[0] not in prefixes:
            yield f"{at}{name}: no word of ODRL, and of no declared prefix"


def _rule(
    rule: Mapping[str, Any], at: str, needs_target: bool, prefixes: frozenset[str], has_profile: bool
) -> Iterator[str]:
    yield from _names(rule, OF_A_RULE, prefixes, f"{at}.")
    yield from _term(rule.get("action"), ACTIONS, f"{at}.action", prefixes, has_profile)
    if needs_target and "target" not in rule:
        yield f"{at}: has no target"
    if isinstance(rule.get("target"), dict):
        yield from _asset(rule["target"], f"{at}.target", prefixes, has_profile)
    for place, constraint in enumerate(rule.get("constraint", [])):
        yield from _constraint(constraint, f"{at}.constraint[{place}]", prefixes, has_profile)
    for place, duty in enumerate(rule.get("duty", [])):
        if not at.startswith("permission"):
            yield f"{at}.duty: only a permission has duties"
        yield from _rule(duty, f"{at}.duty[{place}]", False, prefixes, has_profile)


def _asset(asset: Mapping[str, Any], at: str, prefixes: frozenset[str], has_profile: bool) -> Iterator[str]:
    yield from _names(asset, {"@type", "uid", "partOf", "source", "refinement"}, prefixes, f"{at}.")
    refinements = asset.get("refinement", [])
    if refinements and (asset.get("@type") != "AssetCollection" or ":" not in str(asset.get("source", ""))):
        yield f"{at}: what is refined is an AssetCollection, named by its source"
    if not refinements and ":" not in str(asset.get("uid", "")):
        yield f"{at}.uid: not an IRI"
    for place, constraint in enumerate(refinements):
        yield from _constraint(constraint, f"{at}.refinement[{place}]", prefixes, has_profile)


def _constraint(one: Mapping[str, Any], at: str, prefixes: frozenset[str], has_profile: bool) -> Iterator[str]:
    yield from _names(one, OF_A_CONSTRAINT, prefixes, f"{at}.")
    yield from _term(one.get("leftOperand"), LEFT_OPERANDS, f"{at}.leftOperand", prefixes, has_profile)
    yield from _term(one.get("operator"), OPERATORS, f"{at}.operator", prefixes, has_profile)
    if one.get("rightOperand") in (None, [], ""):
        yield f"{at}.rightOperand: missing"
    if isinstance(one.get("rightOperand"), list) != (one.get("operator") in LISTS):
        yield f"{at}.rightOperand: a list goes with {', '.join(sorted(LISTS))}, and only with them"


def _term(term: Any, known: frozenset[str], at: str, prefixes: frozenset[str], has_profile: bool) -> Iterator[str]:
    if term in known:
        return
    if not isinstance(term, str) or term.partition(":")[0] not in prefixes or ":" not in term:
        yield f"{at}: {term!r} is no word of ODRL, and of no declared prefix"
    elif not has_profile:
        yield f"{at}: {term!r} needs a profile"
