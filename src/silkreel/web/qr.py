"""A QR code as the path of an SVG, drawn by the page itself: no picture, no other site."""

import segno


def qr_path(text: str) -> tuple[str, int]:
    """The dark squares of a QR code (ISO/IEC 18004, level M) as SVG path data, and its width.

    The page leaves four squares of light around it.
    """
    rows = segno.make(text, error="m", micro=False).matrix
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                parts.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run or 1
    return "".join(parts), len(rows)
