"""One text, three media; for now the demo's own drama."""
