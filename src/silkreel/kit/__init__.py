"""The ground floor: settings, database, refusals, words, spans, clock, storage."""
