"""A child that never reads what it is sent."""

import time

time.sleep(60)
