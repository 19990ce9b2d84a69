"""The code a page draws is read by somebody else's reader."""

import re

import cv2
import numpy as np
import pytest

from silkreel.people.totp import enrolment_uri
from silkreel.web.qr import qr_path

SQUARE = 6  # pixels


def drawn(path, width):
    """The path as pixels, with its light border."""
    canvas = np.full(((width + 8) * SQUARE,) * 2, 255, np.uint8)
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        left, top = (int(x) + 4) * SQUARE, (int(y) + 4) * SQUARE
        canvas[top : top + SQUARE, left : left + int(run) * SQUARE] = 0
    return canvas


@pytest.mark.parametrize("name", ["mei", "a-rather-long-name@night-market.example"])
def test_an_independent_reader_reads_what_was_meant(name):
    uri = enrolment_uri(b"s" * 20, issuer="Night Market", name=name)
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(drawn(*qr_path(uri)))
    assert text == uri
