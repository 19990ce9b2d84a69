"""The public API, one file per noun."""
