"""What VIP owes goes back by itself: withdrawn, paid twice, or charged after cancelling."""

import logging
from datetime import datetime

from silkreel.commerce import vip
from silkreel.commerce.payments import ProviderMissing, ProviderRefused, ProviderSilent
from silkreel.flows.take_payments import ROUND, Providers, Round, give_back
from silkreel.kit.database import Database

log = logging.getLogger(__name__)


def give_back_vip_money(database: Database, providers: Providers, at: datetime) -> Round:
    """A round of refunds, each once by its key; what a provider will not do is tried again."""
    with database.reading() as tx:
        owing = vip.owing(tx, ROUND)
    applied = later = 0
    for due in owing:
        provider = providers.get(due.provider)
        if provider is None:
            continue
        owed = due.owed
        try:
            give_back(database, provider, owed.order_id, due.payment, owed.money.minor, due.key, at)
        except (ProviderRefused, ProviderSilent, ProviderMissing) as problem:
            log.warning("VIP money of order %s stays: %s", owed.order_id, problem)
            later += 1
        else:
            applied += 1
    return Round(applied, 0, later)
