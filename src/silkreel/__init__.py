"""Silkreel takes a micro-drama from one story to every market."""

__version__ = "0.1.0"
