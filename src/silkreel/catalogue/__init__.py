"""Series, episodes, editions, renditions: what there is to watch."""
