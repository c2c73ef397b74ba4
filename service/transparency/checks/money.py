"""Invariants of money, as SQL that returns what breaks them: (subject, what is wrong)."""

MONEY = {
    "journal entries balance": """
        SELECT 'entry ' || e.reference, 'sums to ' || COALESCE(sum(p.amount), 0) || ' over ' || count(p.id) || ' postings'
        FROM journal_entry e LEFT JOIN posting p ON p.entry_id = e.id
        GROUP BY e.id, e.reference HAVING COALESCE(sum(p.amount), 0) <> 0 OR count(p.id) < 2
    """,
    "no account is below its floor": """
        SELECT 'account ' || a.key, 'stands at ' || sum(p.amount)
        FROM ledger_account a JOIN posting p ON p.account_id = a.id WHERE a.floor
        GROUP BY a.id, a.key HAVING sum(p.amount) < 0
    """,
    "every deposit is in its fund's ledger": """
        SELECT 'deposit ' || d.id, 'is not entered once with ' || d.amount FROM deposit d
        WHERE (SELECT sum(p.amount) FROM journal_entry e JOIN posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
               WHERE e.reference = 'deposit:' || d.id AND a.key = 'fund:' || d.fund_id || ':available') IS DISTINCT FROM d.amount
    """,
    "what a fund holds in reserve is what is reserved": """
        SELECT 'fund ' || f.code, 'ledger ' || held.total || ', reservations ' || booked.total
        FROM fund f,
        LATERAL (SELECT COALESCE(sum(p.amount), 0) AS total FROM posting p JOIN ledger_account a ON a.id = p.account_id
                 WHERE a.key = 'fund:' || f.id || ':reserved') held,
        LATERAL (SELECT COALESCE(sum(r.amount), 0) AS total FROM reservation r WHERE r.fund_id = f.id AND r.status = 'held') booked
        WHERE held.total <> booked.total
    """,
    "an award of a first request is reserved with its amount": """
        SELECT 'award ' || w.id, 'has no reservation of ' || w.amount FROM award w JOIN contest c ON c.id = w.contest_id
        WHERE c.request_number = 1
        AND NOT EXISTS (SELECT FROM reservation r WHERE r.subject = 'award:' || w.id AND r.amount = w.amount)
    """,
    "an award is what the ranking gave or a carried vote adjusted": """
        SELECT 'award ' || w.id, w.amount || ' instead of ' || COALESCE(COALESCE(x.amount, r.award)::text, 'nothing') FROM award w
        LEFT JOIN ranked_application r ON r.run_id = w.run_id AND r.application_id = w.application_id
        LEFT JOIN LATERAL (
            SELECT j.amount FROM adjustment j JOIN motion m ON m.id = j.motion_id
            JOIN LATERAL (SELECT carried FROM ballot WHERE motion_id = m.id ORDER BY attempt DESC LIMIT 1) b ON b.carried
            WHERE j.application_id = w.application_id ORDER BY j.at DESC, m.number DESC LIMIT 1
        ) x ON true
        WHERE COALESCE(x.amount, r.award) IS DISTINCT FROM w.amount OR r.status IS DISTINCT FROM 'approved'
    """,
    "a contract is for its award": """
        SELECT 'contract ' || c.number, c.amount || ' instead of ' || w.amount FROM contract c JOIN award w ON w.id = c.award_id
        WHERE c.amount <> w.amount OR c.application_id <> w.application_id
    """,
    "tranches sum to their contract": """
        SELECT 'contract ' || c.number, 'tranches sum to ' || sum(t.amount) FROM contract c JOIN tranche t ON t.contract_id = c.id
        GROUP BY c.id, c.number, c.amount HAVING sum(t.amount) <> c.amount
    """,
    "all of a contract's money is somewhere": """
        SELECT 'contract ' || c.number, 'the ledger holds ' || held.total || ' of ' || c.amount FROM contract c,
        LATERAL (
            SELECT COALESCE(sum(p.amount), 0) AS total FROM posting p JOIN ledger_account a ON a.id = p.account_id
            WHERE a.key = ANY (ARRAY[
                'contract:' || c.id || ':committed', 'contract:' || c.id || ':payable', 'contract:' || c.id || ':disbursed',
                'contract:' || c.id || ':accounted', 'contract:' || c.id || ':refunded'])
            OR a.key IN (
                SELECT 'order:' || o.id || ':in_transit' FROM payment_order o JOIN authorisation u ON u.id = o.authorisation_id
                JOIN payment_request q ON q.id = u.request_id JOIN tranche t ON t.id = q.tranche_id WHERE t.contract_id = c.id)
        ) held
        WHERE held.total <> CASE WHEN c.status IN ('annulled') THEN 0 ELSE c.amount END
    """,
    "a payment is for what was requested": """
        SELECT 'request ' || q.id, 'requested ' || q.amount || ', due ' || COALESCE(t.amount, y.amount) || ', authorised ' || u.amount
        FROM payment_request q JOIN authorisation u ON u.request_id = q.id
        LEFT JOIN tranche t ON t.id = q.tranche_id LEFT JOIN prize_payout y ON y.id = q.payout_id
        WHERE q.amount <> u.amount OR q.amount <> COALESCE(t.amount, y.amount)
    """,
    "an order pays its authorisation, to a confirmed account": """
        SELECT 'order ' || o.end_to_end_id, o.amount || ' to account ' || b.id FROM payment_order o
        JOIN authorisation u ON u.id = o.authorisation_id JOIN payment_request q ON q.id = u.request_id
        JOIN beneficiary_account b ON b.id = o.account_id
        WHERE o.amount <> u.amount OR b.group_id <> q.group_id OR b.decided_by IS NULL
    """,
    "nothing is paid twice": """
        SELECT 'authorisation ' || u.number, count(*) || ' orders paid' FROM authorisation u
        JOIN payment_order o ON o.authorisation_id = u.id AND o.status = 'paid' GROUP BY u.id, u.number HAVING count(*) > 1
    """,
    "an answered order is no longer on its way": """
        SELECT 'order ' || o.end_to_end_id, 'still holds ' || sum(p.amount) FROM payment_order o
        JOIN ledger_account a ON a.key = 'order:' || o.id || ':in_transit' JOIN posting p ON p.account_id = a.id
        WHERE o.status IN ('paid', 'returned') GROUP BY o.id, o.end_to_end_id HAVING sum(p.amount) <> 0
    """,
    "a paid order is in the ledger as paid": """
        SELECT 'order ' || o.end_to_end_id, 'has no entry order:' || o.id || ':paid' FROM payment_order o
        WHERE (o.status = 'paid') <> EXISTS (SELECT FROM journal_entry e WHERE e.reference = 'order:' || o.id || ':paid')
    """,
    "a batch's file names its orders' sum": """
        SELECT 'batch ' || b.message_id, b.orders || ' orders over ' || b.total || ', found ' || count(o.id) || ' over ' || COALESCE(sum(o.amount), 0)
        FROM bank_batch b LEFT JOIN payment_order o ON o.batch_id = b.id
        GROUP BY b.id, b.message_id, b.orders, b.total HAVING count(o.id) <> b.orders OR COALESCE(sum(o.amount), 0) <> b.total
    """,
    "prizes paid are the prizes awarded": """
        SELECT 'payout ' || y.id, y.amount || ' instead of ' || COALESCE(sum(w.amount), 0) FROM prize_payout y
        LEFT JOIN award w ON w.contest_id = y.contest_id AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)
        GROUP BY y.id, y.amount HAVING y.amount <> COALESCE(sum(w.amount), 0)
    """,
    "what is accounted for is what was accepted": """
        SELECT 'contract ' || c.number, 'ledger ' || held.total || ', accepted ' || accepted.total FROM contract c,
        LATERAL (SELECT COALESCE(sum(p.amount), 0) AS total FROM posting p JOIN ledger_account a ON a.id = p.account_id
                 WHERE a.key = 'contract:' || c.id || ':accounted') held,
        LATERAL (SELECT COALESCE(sum(d.accepted), 0) AS total FROM expense_report r JOIN expense_line l ON l.report_id = r.id
                 JOIN expense_decision d ON d.line_id = l.id WHERE r.contract_id = c.id AND l.charged_to = 'fund') accepted
        WHERE held.total <> accepted.total
    """,
    "no more is accepted than was spent": """
        SELECT 'expense line ' || l.id, d.accepted || ' of ' || l.amount FROM expense_line l JOIN expense_decision d ON d.line_id = l.id
        WHERE d.accepted > l.amount
    """,
    "the budget of a filed application adds up": """
        SELECT 'application ' || a.code, 'requested ' || a.requested || ', budget ' || COALESCE(sum(b.amount), 0) FROM application a
        LEFT JOIN budget_line b ON b.application_id = a.id AND b.source = 'fund'
        WHERE a.status NOT IN ('draft', 'returned') AND a.family_id IS NULL AND a.parent_id IS NULL
        GROUP BY a.id, a.code, a.requested HAVING COALESCE(sum(b.amount), 0) <> a.requested
    """,
}
