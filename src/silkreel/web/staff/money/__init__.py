"""The desk's money: orders and refunds, wallets, books of providers, the ledger, statements."""
