"""The journeys, one file each, steps in the order the trade does them."""

VERSION = "2"  # raise it when a journey's stages change: unfinished jobs are then ordered anew
