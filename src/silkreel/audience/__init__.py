"""Who watches, reads and plays what: places, saves, and which options were taken."""
