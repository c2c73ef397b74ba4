"""Invariants of checked rankings, of appeals and of what they changed, as SQL that returns what breaks them: (subject, what is wrong)."""

STANDING = "NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)"
"""Award ``w`` was not taken back."""

ADJUSTED = """
    LEFT JOIN LATERAL (
        SELECT j.amount FROM adjustment j JOIN motion m ON m.id = j.motion_id
        JOIN LATERAL (SELECT carried FROM ballot WHERE motion_id = m.id ORDER BY attempt DESC LIMIT 1) b ON b.carried
        WHERE j.application_id = l.application_id ORDER BY j.at DESC, m.number DESC LIMIT 1
    ) x ON true
"""
"""The amount that a carried vote gave application ``l`` instead."""

APPEALS = {
    "an announced ranking was checked off by another person": """
        SELECT 'run ' || r.id, 'announced without a second person' FROM announcement n JOIN ranking_run r ON r.id = n.run_id
        LEFT JOIN run_check k ON k.run_id = r.id
        WHERE CASE WHEN k.run_id IS NULL THEN EXISTS (SELECT FROM record_leaf f WHERE f.act = 'run.checked' AND f.at < n.at)
            ELSE k.checked_by = r.ran_by OR k.inputs_sha256 <> r.inputs_sha256 OR k.at > n.at
                OR EXISTS (SELECT FROM seat s WHERE s.contest_id = r.contest_id AND s.person_id = k.checked_by) END
    """,
    "an award is what the newest announced ranking gives": f"""
        SELECT 'application ' || a.code, 'awarded ' || COALESCE(w.amount::text, 'nothing') || ' instead of '
            || COALESCE(due.amount::text, 'nothing') FROM announcement n
        JOIN contest c ON c.id = n.contest_id AND c.status = 'decided' JOIN ranked_application l ON l.run_id = n.run_id
        JOIN application a ON a.id = l.application_id {ADJUSTED}
        LEFT JOIN award w ON w.application_id = a.id AND {STANDING}
        JOIN LATERAL (SELECT CASE WHEN l.status = 'approved' AND a.status NOT IN ('withdrawn', 'deferred')
            THEN NULLIF(COALESCE(x.amount, l.award), 0) END AS amount) due ON true
        WHERE due.amount IS DISTINCT FROM w.amount AND n.run_id = (
            SELECT run_id FROM announcement WHERE contest_id = n.contest_id ORDER BY at DESC, run_id DESC LIMIT 1)
    """,  # noqa: S608  # nosec B608  # names of ours, no input
    "an application has one award that stands": f"""
        SELECT 'application ' || a.code, count(*) || ' awards' FROM award w JOIN application a ON a.id = w.application_id
        WHERE {STANDING} GROUP BY a.id, a.code HAVING count(*) > 1
    """,  # noqa: S608  # nosec B608  # names of ours, no input
    "an appeal is heard by a panel without a part in it": """
        SELECT 'appeal of ' || a.code, 'heard by ' || m.person_id FROM appeal_panelist m JOIN appeal p ON p.id = m.appeal_id
        JOIN application a ON a.id = p.application_id JOIN ranking_run r ON r.id = p.run_id LEFT JOIN run_check k ON k.run_id = r.id
        WHERE m.person_id IN (r.ran_by, k.checked_by, p.filed_by)
        OR EXISTS (SELECT FROM score_sheet s WHERE s.application_id = a.id AND s.person_id = m.person_id)
        OR EXISTS (SELECT FROM recusal q WHERE q.application_id = a.id AND q.person_id = m.person_id AND q.at <= m.at)
    """,
    "a ruling follows its panel's majority": """
        SELECT 'appeal ' || r.appeal_id, 'ruled against the majority' FROM appeal_ruling r
        JOIN LATERAL (SELECT count(*) AS members FROM appeal_panelist WHERE appeal_id = r.appeal_id) p ON true
        JOIN LATERAL (SELECT count(*) AS given, count(*) FILTER (WHERE uphold) AS yes FROM appeal_opinion WHERE appeal_id = r.appeal_id) o
            ON true
        WHERE o.given <> p.members OR p.members < 3 OR p.members % 2 = 0 OR r.upheld <> (2 * o.yes > p.members)
    """,
    "a second announcement follows an appeal that was upheld": """
        SELECT 'contest ' || c.code, 'announced again without an appeal' FROM announcement n JOIN contest c ON c.id = n.contest_id
        WHERE EXISTS (SELECT FROM announcement e WHERE e.contest_id = n.contest_id AND e.at < n.at) AND NOT EXISTS (
            SELECT FROM appeal_run x JOIN appeal p ON p.id = x.appeal_id WHERE x.run_id = n.run_id AND p.status = 'carried_out')
    """,
    "an award that was taken back is in no contract": """
        SELECT 'award ' || v.award_id, 'taken back, and in contract ' || c.number FROM award_revocation v
        JOIN contract c ON c.award_id = v.award_id WHERE c.status <> 'annulled'
    """,
}  # names of ours, no input
