"""The writers' desk: stories in their folders, saved by several people without losing a word."""
