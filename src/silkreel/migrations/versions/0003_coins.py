"""Coins, recharge, ads, VIP and contracts; what is written once is guarded by triggers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# Rows of these tables are written once. A posting's txn, a payment's fact, a price that was shown:
# a correction is a new row.
APPEND_ONLY = (
    "txns", "postings", "lot_uses", "ledger_blocks", "anchors", "payment_events", "consents",
    "exposures", "price_books", "prices",
)  # fmt: skip
# A statement may only go from draft to issued to paid, and then nothing else of it moves.
STATEMENT_FIELDS = ("id", "payee", "period", "currency", "version", "sha256", "previous_id")
# What a lot was granted with stays; only what is left, and whose it is, may move.
LOT_FIELDS = (
    "id", "txn_id", "source", "granted", "expires_at", "order_id", "from_lot_id", "gross_minor",
    "tax_minor", "fee_minor", "net_minor", "currency", "storefront", "fee_estimated", "sandbox",
)  # fmt: skip


def upgrade() -> None:
    make_tables()
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    issued = _differs("IS NOT", STATEMENT_FIELDS)
    lot = _differs("IS NOT", LOT_FIELDS)
    for table, verb, when, message in (
        ("lots", "DELETE", "1", "a lot stays"),
        ("lots", "UPDATE", lot, "what a lot was granted with stays"),
        ("statements", "DELETE", "OLD.state <> 'draft'", "an issued statement stays"),
        ("statements", "UPDATE", f"OLD.state <> 'draft' AND ({issued} OR NEW.state = 'draft')",
         "an issued statement stays"),
        ("statement_lines", "UPDATE", "1", "statement_lines is append-only"),
        ("statement_lines", "DELETE", NOT_A_DRAFTS_LINE, "a line of an issued statement stays"),
    ):  # fmt: skip
        op.execute(
            f"CREATE TRIGGER {table}_guard_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION silkreel_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION silkreel_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION silkreel_refuse()"
        )
    issued = _differs("IS DISTINCT FROM", STATEMENT_FIELDS)
    lot = _differs("IS DISTINCT FROM", LOT_FIELDS)
    for table, verb, when in (
        ("lots", "DELETE", "true"),
        ("lots", "UPDATE", lot),
        ("statements", "DELETE", "OLD.state <> 'draft'"),
        ("statements", "UPDATE", f"OLD.state <> 'draft' AND ({issued} OR NEW.state = 'draft')"),
        ("statement_lines", "UPDATE", "true"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_guard_{verb.lower()} BEFORE {verb} ON {table} "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION silkreel_refuse()"
        )
    op.execute(
        "CREATE FUNCTION silkreel_keep_issued() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {NOT_A_DRAFTS_LINE} THEN "
        "RAISE EXCEPTION 'a line of an issued statement stays' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER statement_lines_guard_delete BEFORE DELETE ON statement_lines "
        "FOR EACH ROW EXECUTE FUNCTION silkreel_keep_issued()"
    )
    balance_each_statement()


def balance_each_statement() -> None:
    """One check for each INSERT, not for each row: what is posted together sums to zero."""
    op.execute(
        "CREATE FUNCTION silkreel_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM fresh GROUP BY txn_id, unit HAVING sum(amount) <> 0) THEN "
        "RAISE EXCEPTION 'postings of a txn sum to zero in each unit' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER postings_balanced AFTER INSERT ON postings REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION silkreel_balanced()"
    )


NOT_A_DRAFTS_LINE = (
    "EXISTS (SELECT 1 FROM statements WHERE id = OLD.statement_id AND state <> 'draft')"
)


def _differs(operator: str, fields: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{field} {operator} NEW.{field}" for field in fields)


def make_tables() -> None:
    op.create_table(
        "accounts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("owner_type", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=4), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint(
            "owner_type",
            "owner_id",
            "role",
            "unit",
            "brand_id",
            "market",
            name=op.f("uq_accounts_owner_type_owner_id_role_unit_brand_id_market"),
        ),
    )
    op.create_table(
        "ad_days",
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("viewer_day", sa.Date(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.CheckConstraint("granted >= 0", name=op.f("ck_ad_days_granted_not_negative")),
        sa.PrimaryKeyConstraint("viewer_id", "brand_id", "viewer_day", name=op.f("pk_ad_days")),
    )
    op.create_table(
        "ad_finals",
        sa.Column("network", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("impressions", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.CheckConstraint(
            "amount_minor = CAST(amount_minor AS BIGINT)",
            name=op.f("ck_ad_finals_amount_minor_whole"),
        ),
        sa.PrimaryKeyConstraint(
            "network", "unit_id", "country", "day", "version", name=op.f("pk_ad_finals")
        ),
    )
    op.create_table(
        "ad_intents",
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=False),
        sa.Column("address_prefix", sa.String(length=64), nullable=False),
        sa.Column("placement", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("episode_id", sa.String(length=16), nullable=False),
        sa.Column("unlocks", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("network", sa.String(length=32), nullable=False),
        sa.Column("network_txn", sa.String(length=128), nullable=True),
        sa.Column("viewer_day", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('issued', 'shown', 'provisional', 'verified', 'granted', 'rejected', 'expired')",
            name=op.f("ck_ad_intents_state_known"),
        ),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_ad_intents")),
        sa.UniqueConstraint(
            "network", "network_txn", name=op.f("uq_ad_intents_network_network_txn")
        ),
    )
    with op.batch_alter_table("ad_intents", schema=None) as batch_op:
        batch_op.create_index("ix_ad_intents_device", ["device_hash", "issued_at"], unique=False)
        batch_op.create_index("ix_ad_intents_state", ["state", "expires_at"], unique=False)
        batch_op.create_index(
            "ix_ad_intents_viewer", ["viewer_id", "brand_id", "viewer_day"], unique=False
        )

    op.create_table(
        "anchors",
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", "place", name=op.f("pk_anchors")),
    )
    op.create_table(
        "consents",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("screen_json", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("ui_version", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip_prefix", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_viewer_id"), ["viewer_id"], unique=False)

    op.create_table(
        "contracts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("payee", sa.String(length=64), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("markets", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("waterfall", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("mg_minor", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.String(length=8), nullable=False),
        sa.Column("refund_bearer", sa.String(length=8), nullable=False),
        sa.Column("vip_model", sa.String(length=16), nullable=False),
        sa.Column("bonus_rate_bp", sa.Integer(), nullable=False),
        sa.CheckConstraint("base IN ('net', 'gross')", name=op.f("ck_contracts_base_known")),
        sa.CheckConstraint(
            "refund_bearer IN ('operator', 'payee', 'shared')",
            name=op.f("ck_contracts_refund_bearer_known"),
        ),
        sa.CheckConstraint(
            "vip_model IN ('user_centric', 'pro_rata')", name=op.f("ck_contracts_vip_model_known")
        ),
        sa.CheckConstraint(
            "bonus_rate_bp = CAST(bonus_rate_bp AS BIGINT)",
            name=op.f("ck_contracts_bonus_rate_bp_whole"),
        ),
        sa.CheckConstraint(
            "mg_minor = CAST(mg_minor AS BIGINT)", name=op.f("ck_contracts_mg_minor_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
    )
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.create_index("ix_contracts_series", ["series_id"], unique=False)

    op.create_table(
        "exposures",
        sa.Column("experiment", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("viewer_key", sa.String(length=64), nullable=False),
        sa.Column("arm", sa.String(length=32), nullable=False),
        sa.Column("propensity", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("experiment", "version", "viewer_key", name=op.f("pk_exposures")),
    )
    op.create_table(
        "inbox_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("signature_ok", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'applied', 'parked')", name=op.f("ck_inbox_events_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_events")),
        sa.UniqueConstraint("provider", "event_id", name=op.f("uq_inbox_events_provider_event_id")),
    )
    with op.batch_alter_table("inbox_events", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_events_state", ["state", "id"], unique=False)

    op.create_table(
        "ledger_blocks",
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("from_txn_id", sa.BigInteger(), nullable=False),
        sa.Column("to_txn_id", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_ledger_blocks")),
    )
    op.create_table(
        "outbox",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_unsent",
            ["id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "price_books",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("template", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_books")),
        sa.UniqueConstraint(
            "brand_id",
            "market",
            "channel",
            "template",
            "version",
            name=op.f("uq_price_books_brand_id_market_channel_template_version"),
        ),
    )
    op.create_table(
        "statements",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("payee", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "previous_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'issued', 'paid')", name=op.f("ck_statements_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["statements.id"], name=op.f("fk_statements_previous_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint(
            "payee",
            "period",
            "currency",
            "version",
            name=op.f("uq_statements_payee_period_currency_version"),
        ),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_statements_previous_id"), ["previous_id"], unique=False
        )

    op.create_table(
        "wallets",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("bonus", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("paid_account_id", sa.BigInteger(), nullable=False),
        sa.Column("bonus_account_id", sa.BigInteger(), nullable=False),
        sa.Column("debt_account_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("bonus = CAST(bonus AS BIGINT)", name=op.f("ck_wallets_bonus_whole")),
        sa.CheckConstraint("bonus >= 0", name=op.f("ck_wallets_bonus_not_negative")),
        sa.CheckConstraint("debt = CAST(debt AS BIGINT)", name=op.f("ck_wallets_debt_whole")),
        sa.CheckConstraint("debt >= 0", name=op.f("ck_wallets_debt_not_negative")),
        sa.CheckConstraint("paid = CAST(paid AS BIGINT)", name=op.f("ck_wallets_paid_whole")),
        sa.CheckConstraint("paid >= 0", name=op.f("ck_wallets_paid_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallets")),
        sa.UniqueConstraint("viewer_id", "brand_id", name=op.f("uq_wallets_viewer_id_brand_id")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_table(
        "ad_impressions",
        sa.Column("network", sa.String(length=32), nullable=False),
        sa.Column("impression_id", sa.String(length=128), nullable=False),
        sa.Column("intent_nonce", sa.String(length=32), nullable=True),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estimate_micros", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("precision", sa.String(length=24), nullable=False),
        sa.CheckConstraint(
            "estimate_micros = CAST(estimate_micros AS BIGINT)",
            name=op.f("ck_ad_impressions_estimate_micros_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["intent_nonce"], ["ad_intents.nonce"], name=op.f("fk_ad_impressions_intent_nonce")
        ),
        sa.PrimaryKeyConstraint("network", "impression_id", name=op.f("pk_ad_impressions")),
    )
    with op.batch_alter_table("ad_impressions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ad_impressions_intent_nonce"), ["intent_nonce"], unique=False
        )

    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("book_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("paid_coins", sa.BigInteger(), nullable=False),
        sa.Column("bonus_coins", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("provider_ref", sa.String(length=128), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "environment IN ('production', 'sandbox')", name=op.f("ck_orders_environment_known")
        ),
        sa.CheckConstraint(
            "state IN ('created', 'pending', 'unknown', 'paid', 'mismatch', 'partly_refunded', 'refunded', 'disputed', 'charged_back', 'failed', 'expired')",
            name=op.f("ck_orders_state_known"),
        ),
        sa.CheckConstraint(
            "bonus_coins = CAST(bonus_coins AS BIGINT)", name=op.f("ck_orders_bonus_coins_whole")
        ),
        sa.CheckConstraint(
            "gross_minor = CAST(gross_minor AS BIGINT)", name=op.f("ck_orders_gross_minor_whole")
        ),
        sa.CheckConstraint("gross_minor > 0", name=op.f("ck_orders_gross_positive")),
        sa.CheckConstraint(
            "paid_coins = CAST(paid_coins AS BIGINT)", name=op.f("ck_orders_paid_coins_whole")
        ),
        sa.ForeignKeyConstraint(["book_id"], ["price_books.id"], name=op.f("fk_orders_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint(
            "brand_id", "viewer_id", "key", name=op.f("uq_orders_brand_id_viewer_id_key")
        ),
        sa.UniqueConstraint(
            "provider", "provider_ref", name=op.f("uq_orders_provider_provider_ref")
        ),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_ask_at", ["ask_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_book_id"), ["book_id"], unique=False)
        batch_op.create_index("ix_orders_viewer", ["viewer_id", "brand_id"], unique=False)

    op.create_table(
        "prices",
        sa.Column("book_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("coins", sa.BigInteger(), nullable=True),
        sa.Column("minor", sa.BigInteger(), nullable=True),
        sa.Column("tax_inclusive", sa.Boolean(), nullable=False),
        sa.Column("paid_coins", sa.BigInteger(), nullable=False),
        sa.Column("bonus_coins", sa.BigInteger(), nullable=False),
        sa.Column("store_sku", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(coins IS NULL) <> (minor IS NULL)", name=op.f("ck_prices_coins_or_money")
        ),
        sa.CheckConstraint(
            "bonus_coins = CAST(bonus_coins AS BIGINT)", name=op.f("ck_prices_bonus_coins_whole")
        ),
        sa.CheckConstraint("coins = CAST(coins AS BIGINT)", name=op.f("ck_prices_coins_whole")),
        sa.CheckConstraint("minor = CAST(minor AS BIGINT)", name=op.f("ck_prices_minor_whole")),
        sa.CheckConstraint(
            "paid_coins = CAST(paid_coins AS BIGINT)", name=op.f("ck_prices_paid_coins_whole")
        ),
        sa.ForeignKeyConstraint(["book_id"], ["price_books.id"], name=op.f("fk_prices_book_id")),
        sa.PrimaryKeyConstraint("book_id", "item", name=op.f("pk_prices")),
    )
    op.create_table(
        "quotes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("book_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("free_episodes", sa.Integer(), nullable=False),
        sa.Column("episode_coins", sa.BigInteger(), nullable=False),
        sa.Column("cap_coins", sa.BigInteger(), nullable=False),
        sa.Column("rest_discount_percent", sa.Integer(), nullable=False),
        sa.Column("ads_per_unlock", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(length=32), nullable=False),
        sa.Column("link_id", sa.String(length=64), nullable=False),
        sa.Column("exposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cap_coins = CAST(cap_coins AS BIGINT)", name=op.f("ck_quotes_cap_coins_whole")
        ),
        sa.CheckConstraint(
            "episode_coins = CAST(episode_coins AS BIGINT)",
            name=op.f("ck_quotes_episode_coins_whole"),
        ),
        sa.ForeignKeyConstraint(["book_id"], ["price_books.id"], name=op.f("fk_quotes_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        sa.UniqueConstraint(
            "viewer_id",
            "brand_id",
            "series_id",
            "market",
            "channel",
            name=op.f("uq_quotes_viewer_id_brand_id_series_id_market_channel"),
        ),
    )
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quotes_book_id"), ["book_id"], unique=False)

    op.create_table(
        "statement_lines",
        sa.Column(
            "statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("stream", sa.String(length=16), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("from_ref", sa.String(length=64), nullable=False),
        sa.Column("to_ref", sa.String(length=64), nullable=False),
        sa.Column("corrects", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "amount_minor = CAST(amount_minor AS BIGINT)",
            name=op.f("ck_statement_lines_amount_minor_whole"),
        ),
        sa.CheckConstraint(
            "base_minor = CAST(base_minor AS BIGINT)",
            name=op.f("ck_statement_lines_base_minor_whole"),
        ),
        sa.CheckConstraint(
            "share_bp = CAST(share_bp AS BIGINT)", name=op.f("ck_statement_lines_share_bp_whole")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_statement_lines_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "n", name=op.f("pk_statement_lines")),
    )
    op.create_table(
        "txns",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("wallet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=160), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("quote_id", sa.BigInteger(), nullable=True),
        sa.Column("order_id", sa.String(length=24), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reverses_id"], ["txns.id"], name=op.f("fk_txns_reverses_id")),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name=op.f("fk_txns_wallet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_txns")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_txns_reverses_id")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_txns_scope_key")),
    )
    with op.batch_alter_table("txns", schema=None) as batch_op:
        batch_op.create_index(
            "ix_txns_order_id",
            ["order_id"],
            unique=False,
            sqlite_where=sa.text("order_id IS NOT NULL"),
            postgresql_where=sa.text("order_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_txns_undos",
            ["wallet_id"],
            unique=False,
            sqlite_where=sa.text("kind = 'undo'"),
            postgresql_where=sa.text("kind = 'undo'"),
        )

    op.create_table(
        "vips",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("provider_ref", sa.String(length=128), nullable=True),
        sa.Column(
            "consent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'grace', 'on_hold', 'paused', 'cancelled', 'ended', 'revoked')",
            name=op.f("ck_vips_state_known"),
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_vips_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vips")),
        sa.UniqueConstraint("provider", "provider_ref", name=op.f("uq_vips_provider_provider_ref")),
    )
    with op.batch_alter_table("vips", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vips_consent_id"), ["consent_id"], unique=False)
        batch_op.create_index("ix_vips_viewer", ["viewer_id", "brand_id"], unique=False)

    op.create_table(
        "entitlements",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("coins", sa.BigInteger(), nullable=False),
        sa.Column("txn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("intent_id", sa.String(length=32), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('episode', 'choice', 'series')", name=op.f("ck_entitlements_kind_known")
        ),
        sa.CheckConstraint(
            "source IN ('coin', 'ad', 'pass', 'promo', 'comp')",
            name=op.f("ck_entitlements_source_known"),
        ),
        sa.CheckConstraint(
            "coins = CAST(coins AS BIGINT)", name=op.f("ck_entitlements_coins_whole")
        ),
        sa.CheckConstraint("coins >= 0", name=op.f("ck_entitlements_coins_not_negative")),
        sa.ForeignKeyConstraint(["txn_id"], ["txns.id"], name=op.f("fk_entitlements_txn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlements")),
    )
    with op.batch_alter_table("entitlements", schema=None) as batch_op:
        batch_op.create_index(
            "ix_entitlements_live_coin",
            ["viewer_id", "brand_id", "kind", "ref"],
            unique=True,
            sqlite_where=sa.text("source = 'coin' AND revoked_at IS NULL"),
            postgresql_where=sa.text("source = 'coin' AND revoked_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_entitlements_txn_id"), ["txn_id"], unique=False)
        batch_op.create_index(
            "ix_entitlements_series_viewer", ["series_id", "viewer_id", "brand_id"], unique=False
        )

    op.create_table(
        "lots",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "wallet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("txn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("repaid", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_id", sa.String(length=24), nullable=True),
        sa.Column(
            "from_lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("storefront", sa.String(length=32), nullable=False),
        sa.Column("fee_estimated", sa.Boolean(), nullable=False),
        sa.Column("sandbox", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(source = 'paid') = (expires_at IS NULL)", name=op.f("ck_lots_paid_never_expires")
        ),
        sa.CheckConstraint(
            "source IN ('paid', 'bonus', 'ad', 'promo', 'comp')", name=op.f("ck_lots_source_known")
        ),
        sa.CheckConstraint(
            "fee_minor = CAST(fee_minor AS BIGINT)", name=op.f("ck_lots_fee_minor_whole")
        ),
        sa.CheckConstraint("granted = CAST(granted AS BIGINT)", name=op.f("ck_lots_granted_whole")),
        sa.CheckConstraint("granted > 0", name=op.f("ck_lots_granted_positive")),
        sa.CheckConstraint(
            "gross_minor = CAST(gross_minor AS BIGINT)", name=op.f("ck_lots_gross_minor_whole")
        ),
        sa.CheckConstraint(
            "is_open = (remaining > 0)", name=op.f("ck_lots_open_while_there_are_coins")
        ),
        sa.CheckConstraint(
            "net_minor = CAST(net_minor AS BIGINT)", name=op.f("ck_lots_net_minor_whole")
        ),
        sa.CheckConstraint(
            "remaining = CAST(remaining AS BIGINT)", name=op.f("ck_lots_remaining_whole")
        ),
        sa.CheckConstraint(
            "remaining BETWEEN 0 AND granted", name=op.f("ck_lots_remaining_within")
        ),
        sa.CheckConstraint("repaid = CAST(repaid AS BIGINT)", name=op.f("ck_lots_repaid_whole")),
        sa.CheckConstraint(
            "repaid BETWEEN 0 AND granted - remaining", name=op.f("ck_lots_repaid_within")
        ),
        sa.CheckConstraint(
            "tax_minor = CAST(tax_minor AS BIGINT)", name=op.f("ck_lots_tax_minor_whole")
        ),
        sa.ForeignKeyConstraint(["from_lot_id"], ["lots.id"], name=op.f("fk_lots_from_lot_id")),
        sa.ForeignKeyConstraint(["txn_id"], ["txns.id"], name=op.f("fk_lots_txn_id")),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name=op.f("fk_lots_wallet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        postgresql_with={"fillfactor": 80},
    )
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.create_index(
            "ix_lots_due",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("is_open AND expires_at IS NOT NULL"),
            postgresql_where=sa.text("is_open AND expires_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_lots_from_lot_id"), ["from_lot_id"], unique=False)
        batch_op.create_index(
            "ix_lots_open",
            ["wallet_id"],
            unique=False,
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        )
        batch_op.create_index(batch_op.f("ix_lots_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lots_txn_id"), ["txn_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lots_wallet_id"), ["wallet_id"], unique=False)

    op.create_table(
        "payment_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_id", sa.String(length=24), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("provider_object", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount_minor = CAST(amount_minor AS BIGINT)",
            name=op.f("ck_payment_events_amount_minor_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox_events.id"], name=op.f("fk_payment_events_inbox_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payment_events_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_events")),
        sa.UniqueConstraint(
            "provider",
            "provider_object",
            "type",
            name=op.f("uq_payment_events_provider_provider_object_type"),
        ),
    )
    with op.batch_alter_table("payment_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_events_inbox_id"), ["inbox_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_events_order_id"), ["order_id"], unique=False)

    op.create_table(
        "postings",
        sa.Column("txn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(length=4), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_postings_amount_not_zero")),
        sa.CheckConstraint(
            "amount = CAST(amount AS BIGINT)", name=op.f("ck_postings_amount_whole")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_postings_account_id")
        ),
        sa.ForeignKeyConstraint(["txn_id"], ["txns.id"], name=op.f("fk_postings_txn_id")),
        sa.PrimaryKeyConstraint("txn_id", "seq", name=op.f("pk_postings")),
    )
    with op.batch_alter_table("postings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_postings_account_id_txn_id", ["account_id", "txn_id"], unique=False
        )

    op.create_table(
        "reconcile_items",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("provider_object", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=24), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ours_minor", sa.BigInteger(), nullable=True),
        sa.Column("theirs_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('amount_differs', 'only_ours', 'only_theirs')",
            name=op.f("ck_reconcile_items_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_reconcile_items_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconcile_items")),
        sa.UniqueConstraint(
            "provider",
            "provider_object",
            "kind",
            name=op.f("uq_reconcile_items_provider_provider_object_kind"),
        ),
    )
    with op.batch_alter_table("reconcile_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reconcile_items_order_id"), ["order_id"], unique=False)

    op.create_table(
        "vip_periods",
        sa.Column("vip_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_id", sa.String(length=24), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_vip_periods_forward")),
        sa.CheckConstraint(
            "net_minor = CAST(net_minor AS BIGINT)", name=op.f("ck_vip_periods_net_minor_whole")
        ),
        sa.ForeignKeyConstraint(["vip_id"], ["vips.id"], name=op.f("fk_vip_periods_vip_id")),
        sa.PrimaryKeyConstraint("vip_id", "starts_at", name=op.f("pk_vip_periods")),
    )
    op.create_table(
        "lot_uses",
        sa.Column("txn_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_lot_uses_amount_not_zero")),
        sa.CheckConstraint(
            "amount = CAST(amount AS BIGINT)", name=op.f("ck_lot_uses_amount_whole")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_uses_lot_id")),
        sa.ForeignKeyConstraint(["txn_id"], ["txns.id"], name=op.f("fk_lot_uses_txn_id")),
        sa.PrimaryKeyConstraint("txn_id", "lot_id", name=op.f("pk_lot_uses")),
    )
    with op.batch_alter_table("lot_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_uses_lot_id"), ["lot_id"], unique=False)
