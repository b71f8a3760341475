"""Takes a picture of a part of a page: small, as WebP, together with the words that can be read in it."""

import base64
import re
from dataclasses import dataclass
from math import ceil, floor

from tests.pictures.examples import EXAMPLES

# As wide as a phone, so that the words stay readable on one.
WINDOW = {"width": 400, "height": 900}
MARGIN = 8
QUALITY = 0.8
TRIES = 5
TO_WEBP = """async ([png, quality]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d", { alpha: false }).drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""
BOXES = "input:not([type=hidden], [type=checkbox], [type=radio]), textarea"
WORDS = """(part, boxes) => [part.innerText, ...[...part.querySelectorAll(boxes)].map((box) => box.value)]
  .map((words) => words.trim()).filter(Boolean).join("\\n")"""

# Numbers that nobody has: those that are typed for the pictures, and the demo's own.
INVENTED = {
    re.sub(r"\D", "", text) for one in EXAMPLES.values() for text in (one.phone, one.post.partition("+")[2][:18])
}
_EXAMPLES = re.compile(r"https?://example\.org\S*|[\w.]+@example\.org")
_OF_THE_MACHINE = re.compile(
    r"(?<![\w/])/(?:[\w.-]+/)+[\w.-]*|[A-Z]:\\\S+|https?://\S+|localhost|\b127\.0\.0\.1|:\d{4,5}\b"
)
_PRIVATE = re.compile(r"\S+@\S+\.\w+")
_NUMBER = re.compile(r"\+?\d[\d ()-]{5,}\d")


def unfit(words):
    """What of these words (str) must not stand in a picture (list): addresses and paths of a machine, data of real people."""
    words = _EXAMPLES.sub("", words)
    numbers = [one[0] for one in _NUMBER.finditer(words) if re.sub(r"\D", "", one[0]) not in INVENTED]
    return [one[0] for pattern in (_OF_THE_MACHINE, _PRIVATE) for one in pattern.finditer(words)] + numbers


def _frame_alone(webp):
    """The WebP picture (bytes) without what browsers write beside its one frame, which says nothing here."""
    at = webp.index(b"VP8 ")
    length = int.from_bytes(webp[at + 4 : at + 8], "little")
    frame = webp[at : at + 8 + length + length % 2]
    return b"RIFF" + (len(frame) + 4).to_bytes(4, "little") + b"WEBP" + frame


@dataclass(frozen=True)
class Picture:
    """content: the file (bytes); says: the words that can be read in it."""

    content: bytes
    says: str


def _boxes(parts):
    return [part.bounding_box() for part in parts]


def _around(boxes, margin):
    """The part of the page (a clip of Playwright's) that holds all boxes, with so many pixels around them."""
    left, top = (max(0, floor(min(box[edge] for box in boxes) - margin)) for edge in "xy")
    right = min(WINDOW["width"], ceil(max(box["x"] + box["width"] for box in boxes) + margin))
    bottom = ceil(max(box["y"] + box["height"] for box in boxes) + margin)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


class Camera:
    """One browser that develops what any page of it shows."""

    def __init__(self, browser):
        self._dark_room = browser.new_page()

    def take(self, page, *parts, margin=MARGIN):
        """A Picture of what lies around these parts (locators) of a page. Raises ValueError where `unfit` finds something."""
        page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
        for _try in range(TRIES):
            boxes = _boxes(parts)
            png = page.screenshot(clip=_around(boxes, margin), full_page=True, animations="disabled")
            # What came to the page meanwhile may have moved them out of the picture.
            if boxes == _boxes(parts):
                break
        else:
            raise ValueError("The page does not come to rest.")
        says = "\n".join(part.evaluate(WORDS, BOXES) for part in parts)
        if wrong := unfit(says):
            raise ValueError(f"This must not stand in a picture: {wrong}")
        webp = self._dark_room.evaluate(TO_WEBP, [base64.b64encode(png).decode(), QUALITY])
        return Picture(_frame_alone(base64.b64decode(webp)), says)
