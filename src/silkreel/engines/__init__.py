"""Machine skills behind contracts: reading, hearing, translating, speaking, separating."""
