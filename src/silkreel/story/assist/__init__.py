"""The writers' assistant: a model proposes, a person decides, and the record says who did what."""
