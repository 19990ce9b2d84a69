"""The public story API: read, play, and move between the media (docs/guides/story-api.md)."""
