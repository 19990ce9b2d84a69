"""One text, three media: the script, its ids and checks, its forms, and the demo's own drama."""
