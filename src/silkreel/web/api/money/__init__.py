"""Coins over HTTP, a file a noun: prices, wallets, unlocks, orders, and what providers tell us."""
