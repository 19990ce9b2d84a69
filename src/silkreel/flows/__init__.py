"""The journeys, one file each, steps in the order the trade does them."""

VERSION = "1"  # raise it when a journey's stages change: unfinished jobs are then ordered anew
