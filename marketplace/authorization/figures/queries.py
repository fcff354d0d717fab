"""The questions behind the figures, in SQL. Of buyers a group gives up to `fewest`: enough to hide what is of few."""

from typing import Final

_BUYERS: Final = "(array_agg(DISTINCT organisation_id))[1:%(fewest)s]"
_TIMES: Final = """
    percentile_cont(0.5) WITHIN GROUP (ORDER BY hours), percentile_cont(0.9) WITHIN GROUP (ORDER BY hours)"""
_CLOSED: Final = "closed_at >= %(since)s AND closed_at < %(until)s"


def _band(begun: str) -> str:
    """The days of `gathering.AGES` that something has been open for at most, 0 for more."""
    older = " ".join(f"WHEN {begun} > %(until)s - interval '{days} days' THEN {days}" for days in (7, 30, 90))
    return f"CASE {older} ELSE 0 END"


ENDED: Final = f"""
SELECT grouping(mode), mode, outcome, count(*), {_BUYERS}, {_TIMES}
FROM (
    SELECT mode, organisation_id, extract(epoch FROM closed_at - created_at) / 3600.0 AS hours,
        CASE WHEN state = 'approved' AND mode = 'open' THEN 'granted_at_once' WHEN state = 'approved' THEN 'granted'
             WHEN state = 'rejected' AND mode = 'refused' THEN 'refused' ELSE state END AS outcome
    FROM authorization_accessrequest
    WHERE {_CLOSED}
) AS ended
GROUP BY GROUPING SETS ((mode, outcome), (outcome))
"""  # noqa: S608 (our names)
"""Whether it is of all modes, mode, outcome, requests, buyers, median and 90th percentile of hours."""

REFUSALS: Final = f"""
SELECT 'row', decision ->> 'rule_id', decision ->> 'table_code', count(*), {_BUYERS},
    (array_agg(decision ->> 'reason_en' ORDER BY id DESC))[1], (array_agg(decision ->> 'reason_zh' ORDER BY id DESC))[1]
FROM authorization_accessrequest
WHERE {_CLOSED} AND state = 'rejected' AND mode = 'refused'
GROUP BY 2, 3
UNION ALL
SELECT 'ground', outcome_ground, '', count(*), {_BUYERS}, '', ''
FROM authorization_accessrequest
WHERE {_CLOSED} AND state = 'rejected' AND mode <> 'refused'
GROUP BY 2
"""  # noqa: S608 (our names)
"""By a row of the table or on a ground of people, its code, the table's, requests, buyers, the row's reasons."""

STEPS: Final = f"""
SELECT approver, mode, count(*), count(*) FILTER (WHERE state = 'rejected'), {_BUYERS}, {_TIMES}
FROM (
    SELECT step.approver, request.mode, step.state, request.organisation_id,
        extract(epoch FROM decided_at - opened_at - coalesce(asked.waited, interval '0')) / 3600.0 AS hours
    FROM authorization_approvalstep AS step
    JOIN authorization_accessrequest AS request ON request.id = step.request_id
    LEFT JOIN LATERAL (
        SELECT sum(least(coalesce(answered_at, decided_at), decided_at) - greatest(asked_at, opened_at)) AS waited
        FROM authorization_informationround
        WHERE request_id = request.id AND asked_at < decided_at AND coalesce(answered_at, decided_at) > opened_at
    ) AS asked ON true
    WHERE decided_at >= %(since)s AND decided_at < %(until)s AND opened_at IS NOT NULL
) AS decided
GROUP BY approver, mode
"""  # noqa: S608 (our names)
"""Kind of approver, mode, decided steps, rejected ones, buyers, hours without those that the buyer took to answer."""

OPEN: Final = f"""
SELECT 'submitted', '', 0, count(*), {_BUYERS}
FROM authorization_accessrequest
WHERE created_at >= %(since)s AND created_at < %(until)s
UNION ALL
SELECT 'open', '', {_band("created_at")}, count(*), {_BUYERS}
FROM authorization_accessrequest
WHERE created_at < %(until)s AND (closed_at IS NULL OR closed_at >= %(until)s)
GROUP BY 3
UNION ALL
SELECT 'waiting', approver, {_band("opened_at")}, count(*), NULL
FROM authorization_approvalstep
WHERE state = 'open'
GROUP BY 2, 3
"""  # noqa: S608 (our names)
"""What is counted, kind of approver, band of age, how many, buyers."""

APPEALS: Final = """
SELECT request.state, count(*)
FROM authorization_requestappeal AS appeal JOIN authorization_accessrequest AS request ON request.id = appeal.request_id
WHERE filed_at >= %(since)s AND filed_at < %(until)s
GROUP BY 1
"""
"""State of the appealed request now, appeals."""
