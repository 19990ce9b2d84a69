"""What a batch asks of the tables, each table once; keys come in as the table `given`."""
# ruff: noqa: S608 - names of tables are our own, values are parameters

from silkreel.commerce.many_rows import TIME, Columns

HOLDER: Columns = (("viewer_id", "text"), ("brand_id", "text"))
NUMBER: Columns = (("number", "bigint"),)
NAME: Columns = (("name", "text"),)
KEY: Columns = (("scope", "text"), ("key", "text"))
ITEM: Columns = (*HOLDER, ("kind", "text"), ("ref", "text"))
SERIES: Columns = (*HOLDER, ("series_id", "text"))
SINCE: Columns = (*HOLDER, ("day", TIME), ("month", TIME))
WALLET: Columns = (
    ("id", "bigint"), *HOLDER, ("paid", "bigint"), ("bonus", "bigint"), ("debt", "bigint"),
    ("version", "bigint"), ("paid_account_id", "bigint"), ("bonus_account_id", "bigint"),
    ("debt_account_id", "bigint"),
)  # fmt: skip
ACCOUNT: Columns = (
    ("id", "bigint"), ("owner_type", "text"), ("owner_id", "text"), ("role", "text"),
    ("unit", "text"), ("brand_id", "text"), ("market", "text"),
)  # fmt: skip

# The order of the numbers is the order of the locks: two batches never wait for each other.
LOCK_WALLETS = """
SELECT w.id, w.viewer_id, w.brand_id, w.paid, w.bonus, w.debt,
       w.paid_account_id, w.bonus_account_id, w.debt_account_id, s.viewer_id
FROM {given} JOIN wallets w ON w.viewer_id = given.viewer_id AND w.brand_id = given.brand_id
LEFT JOIN wallets s ON s.id = w.merged_into_id
ORDER BY w.id"""
KEYS = """
SELECT t.id, t.scope, t.key, t.request_hash, t.reverses_id,
       w.paid_account_id, w.bonus_account_id, w.debt_account_id
FROM {given} <<txns t ON t.scope = given.scope AND t.key = given.key>>
LEFT JOIN wallets w ON w.id = t.wallet_id"""
LOTS = """
SELECT l.id, l.wallet_id, l.source, l.granted, l.remaining, l.repaid, l.expires_at, l.order_id
FROM {given} JOIN wallets w ON w.viewer_id = given.viewer_id AND w.brand_id = given.brand_id
<<lots l ON l.wallet_id = w.id>>"""
OPEN_LOTS = LOTS.replace("w.id>>", "w.id AND l.is_open>>")
LOCK = " FOR NO KEY UPDATE OF w"
# As many as most batches need, with the first question; gaps that are left mean nothing.
NUMBERS: Columns = (("txns", "bigint"), ("entitlements", "bigint"), ("outbox", "bigint"))
# The transaction gets its own number before: sealing waits for all that could have drawn.
DRAW = (
    "SELECT pg_current_xact_id(), "
    + ", ".join(
        f"ARRAY(SELECT nextval('{table}_id_seq') FROM generate_series(1, given.{table}))"
        for table, _ in NUMBERS
    )
    + " FROM {given}"
)
ENTITLED = """
SELECT e.id, e.viewer_id, e.brand_id, e.series_id, e.kind, e.ref, e.coins, e.txn_id,
       e.opened_at IS NOT NULL, e.revoked_at IS NULL"""
ITEMS = (
    ENTITLED
    + """
FROM {given} <<entitlements e ON e.viewer_id = given.viewer_id
 AND e.brand_id = given.brand_id AND e.kind = given.kind AND e.ref = given.ref
 AND e.source = 'coin' AND e.revoked_at IS NULL>>"""
)
SERIES_COINS = """
SELECT given.viewer_id, given.brand_id, given.series_id, CAST(sum(e.coins) AS BIGINT)
FROM {given} <<entitlements e ON e.viewer_id = given.viewer_id
 AND e.brand_id = given.brand_id AND e.series_id = given.series_id
 AND e.source = 'coin' AND e.revoked_at IS NULL>>
GROUP BY given.viewer_id, given.brand_id, given.series_id"""
# Only of those who have limits: most viewers have none, and cost one look into an index.
SPENT_SINCE = """(SELECT CAST(coalesce(sum(e.coins), 0) AS BIGINT) FROM entitlements e
 WHERE e.viewer_id = l.viewer_id AND e.brand_id = l.brand_id AND e.source = 'coin'
 AND e.revoked_at IS NULL AND e.starts_at > given.{})"""
BOUNDS = f"""
SELECT l.viewer_id, l.brand_id, l.day_coins, l.day_next_coins, l.day_next_at, l.month_coins,
       l.month_next_coins, l.month_next_at, l.excluded_until, l.age,
       {SPENT_SINCE.format("day")}, {SPENT_SINCE.format("month")}
FROM {{given}} <<viewer_limits l ON l.viewer_id = given.viewer_id
 AND l.brand_id = given.brand_id>>"""
BOUGHT = (
    ENTITLED
    + """
FROM {given} <<entitlements e ON e.viewer_id = given.viewer_id
 AND e.brand_id = given.brand_id AND e.source = 'coin' AND e.revoked_at IS NULL>>"""
)
POSTED = "SELECT p.txn_id, p.account_id, p.amount FROM {given} JOIN postings p ON p.txn_id = number"
OPENED_BY = ENTITLED + " FROM {given} JOIN entitlements e ON e.txn_id = number"
UNLOCKS = """
SELECT t.id, coalesce(w.merged_into_id, t.wallet_id), t.recorded_at, r.id IS NOT NULL
FROM {given} JOIN txns t ON t.id = number LEFT JOIN txns r ON r.reverses_id = t.id
LEFT JOIN wallets w ON w.id = t.wallet_id
WHERE t.kind = 'unlock'"""
USES = """
SELECT u.txn_id, u.lot_id, u.amount, l.source
FROM {given} JOIN lot_uses u ON u.txn_id = number JOIN lots l ON l.id = u.lot_id"""
SPENT_FROM = """
SELECT DISTINCT u.txn_id FROM {given} JOIN lots l ON l.order_id = name
JOIN lot_uses u ON u.lot_id = l.id JOIN txns t ON t.id = u.txn_id
WHERE t.kind = 'unlock' AND l.source = 'paid'"""
ORDER_LOTS = """
SELECT l.order_id, l.id, l.wallet_id, l.source, l.granted
FROM {given} JOIN lots l ON l.order_id = name ORDER BY l.id"""
ORDER_TXNS = """
SELECT t.order_id, t.id FROM {given} JOIN txns t ON t.order_id = name
WHERE t.kind IN ('claw', 'unclaw')"""
ORDER_POSTED = """
SELECT p.txn_id, a.role, a.owner_id, p.amount FROM {given}
JOIN postings p ON p.txn_id = number JOIN accounts a ON a.id = p.account_id"""
REVOKED_BY = (
    ENTITLED
    + """, e.revoked_by_id FROM {given} JOIN txns t ON t.id = number
JOIN wallets f ON f.id = t.wallet_id
JOIN wallets w ON w.id = coalesce(f.merged_into_id, f.id)
JOIN entitlements e ON e.viewer_id = w.viewer_id AND e.brand_id = w.brand_id
WHERE e.revoked_by_id = number AND e.revoked_at IS NOT NULL"""
)
UNDONE = """
SELECT t.wallet_id, count(*) FROM {given} JOIN txns t ON t.wallet_id = number
WHERE t.kind = 'undo' AND t.actor = 'viewer' AND t.recorded_at > """
