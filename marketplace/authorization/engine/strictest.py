"""Several answers on one access, as one that none of them is stricter than.

Where declaration and classification read the same data differently, each reading has its answer, and the stricter
wins (GB/T 43697-2024: 就高从严). Answers are compared as sets; where each asks for something that the other does not,
what all of them allow remains, and what any of them asks for is asked.
"""

from collections.abc import Sequence

from marketplace.authorization.engine.table import Decision
from marketplace.authorization.engine.vocabulary import APPROVALS, MODES, OBLIGATIONS, REFUSED


def strictest(answers: Sequence[Decision]) -> Decision:
    """One of the answers, the first that is as strict as all others, or what they demand together.

    An answer of several rows names them all (`one + other`), and is a refusal where no form is left. ValueError for
    no answers.
    """
    if not answers:
        raise ValueError("there is no answer to choose from")
    kept: list[Decision] = []
    for answer in answers:
        if not any(_covers(one, answer) for one in kept):
            kept = [one for one in kept if not _covers(answer, one)] + [answer]
    return kept[0] if len(kept) == 1 else _together(kept)


def _covers(one: Decision, other: Decision) -> bool:
    """Whether `one` asks for all that `other` asks for and gives nothing that it does not."""
    if one.refused or other.refused:
        return one.refused
    return (
        set(other.approvals) <= set(one.approvals)
        and all(votes <= one.quorum.get(approver, 1) for approver, votes in other.quorum.items())
        and set(other.obligations) <= set(one.obligations)
        and set(one.forms) <= set(other.forms)
        and one.longest_term_days <= other.longest_term_days
        and MODES.index(other.mode) <= MODES.index(one.mode)
    )


def _together(answers: Sequence[Decision]) -> Decision:
    first = answers[0]
    forms = tuple(form for form in first.forms if all(form in one.forms for one in answers))
    asked = {code for one in answers for code in (*one.approvals, *one.obligations)}
    quorum: dict[str, int] = {}
    for one in answers if forms else ():
        for approver, votes in one.quorum.items():
            quorum[approver] = max(votes, quorum.get(approver, 1))
    return Decision(
        mode=max((one.mode for one in answers), key=MODES.index) if forms else REFUSED,
        approvals=tuple(code for code in APPROVALS if code in asked) if forms else (),
        forms=forms,
        obligations=tuple(code for code in OBLIGATIONS if code in asked) if forms else (),
        longest_term_days=min(one.longest_term_days for one in answers) if forms else 0,
        rule_id=" + ".join(one.rule_id for one in answers),
        table_code=first.table_code,
        table_version=first.table_version,
        reason_en=" ".join(one.reason_en for one in answers),
        reason_zh="".join(one.reason_zh for one in answers),
        quorum=quorum,
        together=bool(forms) and all(one.together for one in answers),
        step_days=min(one.step_days for one in answers),
    )
