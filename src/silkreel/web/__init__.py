"""The only room that speaks HTTP: public API, segments, the viewers' app."""
