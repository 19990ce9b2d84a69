"""From lines to voices and subtitles in another language."""
