"""What may be logged of an error that came out of talking with Telegram."""

import traceback
from pathlib import PurePath


def named(error: BaseException) -> str:
    """What may be logged of an error: its class and where it was raised. Its text may hold what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {PurePath(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where
