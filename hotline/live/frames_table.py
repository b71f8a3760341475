"""The tables of frames in docs/protocol.md, made from `frames`: `python -m hotline.live.frames_table` writes them anew."""

import uuid
from pathlib import Path

from hotline.live.frames import CLIENT_FRAMES, SERVER_FRAMES, Field, Frame

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
BEGIN, END = "<!-- frames -->", "<!-- end of frames -->"
KINDS = {str: "text", int: "number", dict: "object", list: "list", uuid.UUID: "UUID"}
BOUNDS = {str: "characters", dict: "entries", list: "entries"}


def tables() -> str:
    """Both tables, Markdown."""
    return "\n".join(
        [
            "### What a client sends, field by field",
            "",
            *_table(CLIENT_FRAMES),
            "",
            "### What the server sends, field by field",
            "",
            *_table(SERVER_FRAMES),
        ]
    )


def _table(frames: dict[str, Frame]) -> list[str]:
    rows = [
        f"| `{name}` | {'<br>'.join(_field(*one) for one in frame.fields.items()) or '–'} | {frame.purpose} |"
        for name, frame in frames.items()
    ]
    return ["| type | fields | means |", "|---|---|---|", *rows]


def _field(name: str, field: Field) -> str:
    bound = ""
    if field.kind in BOUNDS:
        bound = f", at most {field.most:,} {BOUNDS[field.kind]}"
    elif field.kind is int:
        bound = f" up to {field.most:,}"
    return f"`{name}`{'' if field.required else '?'}: {KINDS[field.kind]}{bound}"


def written(page: str) -> str:
    """The page with these tables between its two marks."""
    before, _mark, rest = page.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
