"""Files in, files out: probe, encode, package, measure. No database."""
