"""The documentation shows the frames as they are checked."""

from hotline.live import frames, frames_table


def test_the_documentation_is_made_from_the_frames():
    page = frames_table.PAGE.read_text("utf-8")
    assert frames_table.written(page) == page, "run: python -m hotline.live.frames_table"


def test_every_frame_stands_in_it():
    shown = frames_table.tables()
    for name in [*frames.CLIENT_FRAMES, *frames.SERVER_FRAMES]:
        assert f"| `{name}` |" in shown
