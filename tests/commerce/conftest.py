"""Counterparts that speak what real providers speak."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from stripe_counterpart import StripeCounterpart


@pytest.fixture
def stripe_side():
    side = StripeCounterpart()
    yield side
    side.close()
