"""Coins, recharge, ads and VIP: what viewers pay, what they may watch for it, and who earns."""
