"""Every table of the room, by noun; amounts are whole numbers of the smallest unit.

Viewers, brands, series and episodes are kept as text without a foreign key: the record of money
outlives the title and the account it was about.
"""

from silkreel.commerce.tables.adjustments import AdjustmentRow
from silkreel.commerce.tables.ads import (
    AdBreakRow,
    AdCampaignRow,
    AdDayRow,
    AdFinalRow,
    AdImpressionRow,
    AdIntentRow,
    FeedItemRow,
)
from silkreel.commerce.tables.contracts import (
    ContractRow,
    SettlementRow,
    StatementLineRow,
    StatementRow,
    StatementStepRow,
)
from silkreel.commerce.tables.ledger import (
    AccountRow,
    AnchorRow,
    EntitlementRow,
    LedgerBlockRow,
    LotRow,
    LotUseRow,
    OutboxRow,
    PostingRow,
    TxnRow,
    WalletRow,
)
from silkreel.commerce.tables.orders import (
    InboxEventRow,
    OrderRow,
    PaymentEventRow,
    ReconcileItemRow,
)
from silkreel.commerce.tables.prices import (
    ExposureRow,
    OfferLogRow,
    PriceBookRow,
    PriceProposalRow,
    PriceRow,
    QuoteRow,
)
from silkreel.commerce.tables.rights import (
    LimitChangeRow,
    ViewerLimitRow,
    WithdrawalRefundRow,
    WithdrawalRow,
)
from silkreel.commerce.tables.streams import StreamShareRow, VipWatchRow
from silkreel.commerce.tables.vip import ConsentRow, VipFactRow, VipPeriodRow, VipRow

__all__ = [
    "AccountRow",
    "AdBreakRow",
    "AdCampaignRow",
    "AdDayRow",
    "AdFinalRow",
    "AdImpressionRow",
    "AdIntentRow",
    "AdjustmentRow",
    "AnchorRow",
    "ConsentRow",
    "ContractRow",
    "EntitlementRow",
    "ExposureRow",
    "FeedItemRow",
    "InboxEventRow",
    "LedgerBlockRow",
    "LimitChangeRow",
    "LotRow",
    "LotUseRow",
    "OfferLogRow",
    "OrderRow",
    "OutboxRow",
    "PaymentEventRow",
    "PostingRow",
    "PriceBookRow",
    "PriceProposalRow",
    "PriceRow",
    "QuoteRow",
    "ReconcileItemRow",
    "SettlementRow",
    "StatementLineRow",
    "StatementRow",
    "StatementStepRow",
    "StreamShareRow",
    "TxnRow",
    "ViewerLimitRow",
    "VipFactRow",
    "VipPeriodRow",
    "VipRow",
    "VipWatchRow",
    "WalletRow",
    "WithdrawalRefundRow",
    "WithdrawalRow",
]
