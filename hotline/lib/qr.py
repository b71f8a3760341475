"""A QR code as one SVG path, which a strict policy for styles and images lets through."""

import segno

BORDER = 4


def modules(text):
    """{size: modules along a side, path: what an SVG path draws} of the QR code for `text`."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=BORDER)]
    squares = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return {"size": len(rows), "path": "".join(squares)}
