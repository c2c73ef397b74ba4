"""Invariants of votes and of what carried votes changed, as SQL that returns what breaks them: (subject, what is wrong)."""

LAST = "JOIN LATERAL (SELECT * FROM ballot WHERE motion_id = m.id ORDER BY attempt DESC LIMIT 1) b ON true"
"""The ballot of motion ``m`` that counts."""

VOTES = {
    "a vote is a member's who was present": """
        SELECT 'vote ' || m.number || ' of session ' || m.session_id, 'by ' || v.person_id || ', who was not there' FROM vote v
        JOIN ballot b ON b.id = v.ballot_id JOIN motion m ON m.id = b.motion_id
        WHERE NOT EXISTS (
            SELECT FROM attendance a WHERE a.session_id = m.session_id AND a.person_id = v.person_id AND a.capacity = v.capacity
            AND a.capacity IN ('chair', 'member') AND a.came_at <= m.put_at AND (a.left_at IS NULL OR a.left_at >= m.put_at)
        )
    """,
    "a recused member has no vote": """
        SELECT 'vote ' || m.number || ' of session ' || m.session_id, 'by ' || v.person_id || ', who is recused' FROM vote v
        JOIN ballot b ON b.id = v.ballot_id JOIN motion m ON m.id = b.motion_id
        JOIN recusal r ON r.application_id = m.application_id AND r.person_id = v.person_id AND r.at <= b.at
    """,
    "a member who stepped out has no vote": """
        SELECT 'vote ' || m.number || ' of session ' || m.session_id, 'by ' || v.person_id || ', who stepped out' FROM vote v
        JOIN ballot b ON b.id = v.ballot_id JOIN motion m ON m.id = b.motion_id
        JOIN vote_recusal r ON r.application_id = m.application_id AND r.person_id = v.person_id AND r.at <= m.put_at
    """,
    "a vote is carried by its majority and no other": """
        SELECT 'vote ' || x.number || ' of session ' || x.session_id, x.won || ' in favour of ' || x.base || ' and carried: ' || x.carried
        FROM (
            SELECT m.number, m.session_id, b.carried, b.strict, split_part(b.at_least, '/', 1)::numeric AS over,
                COALESCE(NULLIF(split_part(b.at_least, '/', 2), ''), '1')::numeric AS below,
                c.yes + CASE WHEN t.tie AND c.chair = 'in_favour' THEN 1 ELSE 0 END AS won,
                CASE b.base WHEN 'base' THEN b.appointed WHEN 'present' THEN c.yes + c.no + c.none
                    ELSE c.yes + c.no + t.tie::int END AS base
            FROM motion m JOIN ballot b ON b.motion_id = m.id
            JOIN LATERAL (
                SELECT count(*) FILTER (WHERE choice = 'in_favour') AS yes, count(*) FILTER (WHERE choice = 'against') AS no,
                    count(*) FILTER (WHERE choice = 'abstained') AS none, max(choice) FILTER (WHERE capacity = 'chair') AS chair
                FROM vote WHERE ballot_id = b.id
            ) c ON true
            JOIN LATERAL (
                SELECT b.casting AND c.yes = c.no AND COALESCE(c.chair IN ('in_favour', 'against'), false) AS tie
            ) t ON true
        ) x
        WHERE x.carried <> (x.won > 0 AND CASE WHEN x.strict THEN x.won * x.below > x.over * x.base
            ELSE x.won * x.below >= x.over * x.base END)
    """,
    "a ballot had the quorum of its item": """
        SELECT 'vote ' || m.number || ' of session ' || m.session_id, count(v.person_id) || ' of ' || b.appointed || ' voted' FROM motion m
        JOIN ballot b ON b.motion_id = m.id LEFT JOIN vote v ON v.ballot_id = b.id
        GROUP BY m.id, m.number, m.session_id, b.id, b.appointed HAVING 2 * count(v.person_id) <= b.appointed
    """,
    "votes are numbered without gaps": """
        SELECT 'session ' || session_id, 'votes run to ' || max(number) || ' over ' || count(*) || ' rows' FROM motion
        GROUP BY session_id HAVING max(number) <> count(*) OR min(number) <> 1
    """,
    "an adjustment or deferral is what was voted": """
        SELECT x.act || ' of application ' || x.application_id, 'by a vote on something else' FROM (
            SELECT 'adjustment' AS act, motion_id, application_id, amount FROM adjustment
            UNION ALL SELECT 'deferral', motion_id, application_id, NULL FROM deferral
        ) x JOIN motion m ON m.id = x.motion_id JOIN application a ON a.id = x.application_id
        WHERE m.matter <> x.act OR m.application_id <> x.application_id OR m.amount IS DISTINCT FROM x.amount OR x.amount > a.requested
    """,
    "a deferred application has no award": f"""
        SELECT 'award ' || w.id, 'of a deferred application' FROM award w JOIN deferral d ON d.application_id = w.application_id
        JOIN motion m ON m.id = d.motion_id {LAST} WHERE b.carried
    """,  # noqa: S608  # nosec B608  # names of ours, no input
}
