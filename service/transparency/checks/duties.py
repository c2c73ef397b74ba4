"""Invariants of numbering, of judging and of who did what, as SQL that returns what breaks them: (subject, what is wrong)."""


def _gap_free(table: str, number: str, *by: str) -> str:
    keys = ", ".join(by)
    return f"""
        SELECT '{table} ' || concat_ws('-', {keys}), 'numbers run to ' || max({number}) || ' over ' || count(*) || ' rows'
        FROM {table} GROUP BY {keys} HAVING max({number}) <> count(*) OR min({number}) <> 1
    """  # noqa: S608  # nosec B608  # names of ours, no input


DUTIES = {
    "sessions are numbered without gaps": _gap_free("committee_session", "number", "office_id", "year"),
    "resolutions are numbered without gaps": _gap_free("appeal_resolution", "serial", "office_id", "year"),
    "contracts are numbered without gaps": _gap_free("contract", "serial", "office_id", "year", "plan_type"),
    "authorisations are numbered without gaps": _gap_free("authorisation", "serial", "office_id", "year"),
    "a recused juror has no sheet": """
        SELECT 'sheet ' || s.id, 'by a recused juror' FROM score_sheet s
        JOIN recusal r ON r.application_id = s.application_id AND r.person_id = s.person_id
        WHERE NOT EXISTS (
            SELECT FROM appeal_remedy m JOIN appeal a ON a.id = m.appeal_id AND a.application_id = s.application_id
            JOIN remedy_use u ON u.remedy_id = m.id WHERE m.kind = 'recusal' AND m.person_id = s.person_id AND s.locked_at <= r.at)
    """,
    "a juror recorded absent has no sheet": """
        SELECT 'sheet ' || s.id, 'by a juror recorded as absent' FROM score_sheet s
        JOIN recorded_absence r ON r.application_id = s.application_id AND r.person_id = s.person_id AND r.stage = s.stage
    """,
    "a sheet is of the application's panel": """
        SELECT 'sheet ' || s.id, 'by a juror off the panel' FROM score_sheet s WHERE NOT EXISTS (
            SELECT FROM panel p WHERE p.application_id = s.application_id AND p.stage = s.stage AND p.person_id = s.person_id
        )
    """,
    "who may be off a panel has one seat": """
        SELECT 'contest ' || s.contest_id, s.juror || ' has ' || count(*) || ' seats' FROM seat s
        GROUP BY s.contest_id, s.juror HAVING count(*) > 1 AND (bool_or(s.alternate) OR EXISTS (
            SELECT FROM divided_stage d WHERE d.contest_id = s.contest_id AND d.stage = ANY(array_agg(s.stage))
        ))
    """,
    "a sheet from paper was typed by two who are not its juror": """
        SELECT 'paper sheet ' || p.code, 'typed by ' || count(DISTINCT t.typed_by) || ' others' FROM paper_sheet p
        LEFT JOIN paper_typing t ON t.paper_id = p.id AND t.round = p.round AND t.typed_by <> p.person_id
        WHERE p.sheet_id IS NOT NULL GROUP BY p.id, p.code HAVING count(DISTINCT t.typed_by) <> 2
    """,
    "the share of families present is the one counted at the visit": """
        SELECT 'application ' || a.code, 'has ' || t.value || ', counted were ' || c.present || '/' || c.families
        FROM application a
        JOIN LATERAL (SELECT * FROM presence_closing WHERE application_id = a.id ORDER BY check_number DESC LIMIT 1) c ON true
        JOIN LATERAL (
            SELECT id, value FROM application_attribute WHERE application_id = a.id AND name = 'families_present_share'
            ORDER BY version DESC LIMIT 1
        ) t ON true
        WHERE t.value <> c.present || '/' || c.families AND NOT EXISTS (SELECT FROM remedy_use WHERE attribute_id = t.id)
    """,
    "what was filed on a group's behalf was confirmed before it was judged": """
        SELECT 'application ' || code, 'not confirmed, and ' || status FROM application a WHERE must_confirm
        AND status IN ('eligible', 'approved', 'reserve', 'not_approved', 'disqualified', 'deferred')
        AND NOT EXISTS (SELECT FROM group_confirmation c
            WHERE (c.application_id, c.requested, c.own_share) = (a.id, a.requested, a.own_share))
    """,
    "a sheet has every criterion of its rule book": """
        SELECT 'sheet ' || s.id, 'lacks ' || c.code FROM score_sheet s
        JOIN rule_book_criterion c ON c.rule_book_id = s.rule_book_id AND c.stage = s.stage
        WHERE NOT EXISTS (SELECT FROM score x WHERE x.sheet_id = s.id AND x.criterion_id = c.id)
    """,
    "a score lies within its criterion": """
        SELECT 'sheet ' || x.sheet_id, c.code || ' is ' || x.points FROM score x JOIN rule_book_criterion c ON c.id = x.criterion_id
        WHERE x.points < c.low OR x.points > c.high OR x.points IS NULL AND NOT c.na
    """,
    "minutes are signed by members who were present": """
        SELECT 'minutes ' || m.number, 'signed by ' || g.person_id FROM minutes_signature g JOIN minutes m ON m.id = g.minutes_id
        WHERE NOT EXISTS (SELECT FROM attendance a WHERE a.session_id = m.session_id AND a.person_id = g.person_id)
        OR g.data_sha256 <> m.data_sha256
    """,
    "an award stands on a final ranking": """
        SELECT 'award ' || w.id, 'made by a provisional run' FROM award w JOIN ranking_run r ON r.id = w.run_id WHERE r.provisional
    """,
    "payments pass through different hands": """
        SELECT 'request ' || q.id, 'requested, checked, authorised or released by one person' FROM payment_request q
        LEFT JOIN authorisation u ON u.request_id = q.id LEFT JOIN payment_order o ON o.authorisation_id = u.id
        LEFT JOIN bank_batch b ON b.id = o.batch_id
        WHERE q.requested_by = q.checked_by OR u.authorised_by IN (q.requested_by, q.checked_by)
        OR b.released_by IN (q.requested_by, q.checked_by, u.authorised_by, b.prepared_by) OR b.prepared_by = u.authorised_by
    """,
    "who scored a plan does not authorise its payment": """
        SELECT 'authorisation ' || u.number, 'authorised by a juror of the application' FROM authorisation u
        JOIN payment_request q ON q.id = u.request_id LEFT JOIN tranche t ON t.id = q.tranche_id
        LEFT JOIN contract c ON c.id = t.contract_id LEFT JOIN prize_payout y ON y.id = q.payout_id
        JOIN application a ON a.id = c.application_id OR a.contest_id = y.contest_id
        JOIN score_sheet s ON s.application_id = a.id AND s.person_id = u.authorised_by
    """,
    "who scored a plan does not release its payment": """
        SELECT 'batch ' || b.message_id, 'released by a juror of what it pays' FROM bank_batch b
        JOIN payment_order o ON o.batch_id = b.id JOIN authorisation u ON u.id = o.authorisation_id
        JOIN payment_request q ON q.id = u.request_id LEFT JOIN tranche t ON t.id = q.tranche_id
        LEFT JOIN contract c ON c.id = t.contract_id LEFT JOIN prize_payout y ON y.id = q.payout_id
        JOIN application a ON a.id = c.application_id OR a.parent_id = c.application_id OR a.contest_id = y.contest_id
        JOIN score_sheet s ON s.application_id = a.id AND s.person_id = b.released_by
    """,
    "who gave or confirmed an account sends no money to it": """
        SELECT 'order ' || o.end_to_end_id, 'to an account that ' || step || ' gave or confirmed' FROM payment_order o
        JOIN beneficiary_account e ON e.id = o.account_id JOIN authorisation u ON u.id = o.authorisation_id
        LEFT JOIN bank_batch b ON b.id = o.batch_id
        CROSS JOIN LATERAL (VALUES ('its authoriser', CASE o.attempt WHEN 1 THEN u.authorised_by END), ('its issuer', o.issued_by),
            ('its preparer', b.prepared_by), ('its releaser', b.released_by)) x (step, person)
        WHERE x.person IN (e.proposed_by, e.decided_by)
    """,
    "a deputy is not the other half of four eyes": """
        WITH hand (thing, act, person) AS (
            SELECT subject, act, actor_id FROM record_leaf WHERE subject LIKE 'payment:%' OR subject LIKE 'batch:%' OR subject LIKE 'account:%'
            UNION ALL
            SELECT l.subject, l.act, g.person_id FROM record_leaf l JOIN deputy d ON d.person_id = l.actor_id
            JOIN role_grant g ON g.id = d.grant_id WHERE d.confirmed_at <= l.at AND (d.ended_at IS NULL OR d.ended_at > l.at)
            AND d.since <= (l.at AT TIME ZONE interval '-05:00')::date AND d.until > (l.at AT TIME ZONE interval '-05:00')::date
            AND (l.subject LIKE 'payment:%' OR l.subject LIKE 'batch:%' OR l.subject LIKE 'account:%')
        )
        SELECT DISTINCT one.thing, one.act || ' and ' || two.act || ' by ' || one.person || ', or in place of that person'
        FROM hand one JOIN hand two ON two.thing = one.thing AND two.person = one.person
        WHERE (one.act, two.act) IN (('payment.requested', 'payment.checked'), ('payment.requested', 'payment.authorised'),
            ('payment.checked', 'payment.authorised'), ('batch.prepared', 'batch.released'), ('account.proposed', 'account.confirmed'))
    """,
    "a deputy is named by one, confirmed by another, and is a third": """
        SELECT 'deputy ' || d.id, 'of ' || g.person_id || ', confirmed by ' || d.confirmed_by FROM deputy d
        JOIN role_grant g ON g.id = d.grant_id
        WHERE d.person_id = g.person_id OR d.confirmed_by IN (d.named_by, d.person_id, g.person_id)
    """,
    "nobody decides on the own report": """
        SELECT 'report ' || r.id, 'decided by who handed it in' FROM expense_report r JOIN expense_line n ON n.report_id = r.id
        JOIN expense_decision d ON d.line_id = n.id WHERE d.decided_by = r.submitted_by
    """,
    "who proposed an account did not confirm it": """
        SELECT 'account ' || id, 'one officer' FROM beneficiary_account WHERE decided_by = proposed_by
    """,
    "two officers saw each ink signature": """
        SELECT 'contract ' || c.number, i.party || ' confirmed by one officer' FROM ink_signature i JOIN contract c ON c.id = i.contract_id
        WHERE i.confirmed_by = i.registered_by
    """,
    "a contract in force is signed by both sides": """
        SELECT 'contract ' || c.number, 'confirmed signatures: ' || count(i.id) FROM contract c
        LEFT JOIN ink_signature i ON i.contract_id = c.id AND i.confirmed_by IS NOT NULL
        WHERE c.status IN ('in_force', 'reported', 'liquidated', 'completed') GROUP BY c.id, c.number HAVING count(i.id) <> 2
    """,
    "every act of weight left its trace": """
        SELECT done.subject, done.act || ' has no leaf in the record' FROM (
            SELECT 'scoresheet:' || id AS subject, 'scoresheet.locked' AS act FROM score_sheet WHERE supersedes_id IS NULL
            UNION ALL SELECT 'scoresheet:' || id, 'scoresheet.superseded' FROM score_sheet WHERE supersedes_id IS NOT NULL
            UNION ALL SELECT 'session:' || session_id, 'minutes.closed' FROM minutes
            UNION ALL SELECT 'ballot:' || id, CASE attempt WHEN 1 THEN 'vote.recorded' ELSE 'vote.corrected' END FROM ballot
            UNION ALL SELECT 'application:' || application_id, 'amount.adjusted' FROM adjustment
            UNION ALL SELECT 'application:' || application_id, 'application.deferred' FROM deferral
            UNION ALL SELECT 'contest:' || r.contest_id, 'run.checked' FROM run_check k JOIN ranking_run r ON r.id = k.run_id
            UNION ALL SELECT 'application:' || application_id, 'appeal.filed' FROM appeal
            UNION ALL SELECT 'appeal:' || appeal_id, 'appeal.opinion_given' FROM appeal_opinion
            UNION ALL SELECT 'appeal:' || appeal_id, 'appeal.ruled' FROM appeal_ruling
            UNION ALL SELECT 'appeal:' || appeal_id, 'resolution.issued' FROM appeal_resolution
            UNION ALL SELECT 'award:' || award_id, 'award.revoked' FROM award_revocation
            UNION ALL SELECT 'award:' || id, 'award.made' FROM award
            UNION ALL SELECT 'contract:' || id, 'contract.numbered' FROM contract
            UNION ALL SELECT 'payment:' || request_id, 'payment.authorised' FROM authorisation
            UNION ALL SELECT 'order:' || id, 'order.issued' FROM payment_order
            UNION ALL SELECT 'batch:' || id, 'batch.prepared' FROM bank_batch
        ) done WHERE NOT EXISTS (SELECT FROM record_leaf l WHERE l.subject = done.subject AND l.act = done.act)
    """,
}
