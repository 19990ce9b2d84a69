"""The journeys, one file each, steps in the order the trade does them."""
