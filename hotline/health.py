"""`/healthz`: is the house able to do its work right now? Numbers only: no names, addresses, versions, error texts."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from hotline.lib.logs import Word
from hotline.outbox.models import Message, State, WorkerBeat
from hotline.staff.actions.freeze import may_leave
from hotline.staff.models import Freeze

logger = logging.getLogger(__name__)

# Seconds: how long a check may take, how old the worker's last beat and the oldest message that is due may be.
PATIENCE = 3
BEAT_SECONDS = 60
LAG_SECONDS = 300


async def healthz(request: HttpRequest) -> JsonResponse:
    """
    Status 200 when everything works, else 503.

    The body is `{ok, frozen, database: {ok}, channel_layer: {ok}, worker: {ok, seconds_since_beat}, outbox: {ok,
    lag_seconds}}`; the numbers, and `frozen`, are null where they could not be had. A house that was frozen on purpose works:
    what the freeze holds back is not late.
    """
    layer, rows = await asyncio.gather(_checked("channel layer", _channel_layer()), _checked("database", _rows()))
    beat, lag, frozen = rows or (None, None, None)
    parts = {
        "database": {"ok": rows is not None},
        "channel_layer": {"ok": layer is not None},
        "worker": {"ok": beat is not None and beat <= BEAT_SECONDS, "seconds_since_beat": beat},
        "outbox": {"ok": lag is not None and lag <= LAG_SECONDS, "lag_seconds": lag},
    }
    ok = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": ok, "frozen": frozen, **parts}, status=200 if ok else 503)


async def _checked(name: str, check):
    """What the check returns, or None when it failed or took too long."""
    try:
        return await asyncio.wait_for(check, PATIENCE)
    except Exception as problem:
        logger.warning("healthz: the %s failed with %s", Word(name), type(problem))
        return None


async def _channel_layer() -> bool:
    # To a group that nobody is in: it costs one message to Redis and leaves nothing behind.
    await get_channel_layer().group_send("healthz", {"type": "healthz"})
    return True


@sync_to_async
def _rows() -> tuple[int | None, int, bool]:
    """Seconds since the worker's last beat (None: never), and by which the oldest message that may leave is late, counted
    from the last thaw at the earliest; whether the house is frozen."""
    now = timezone.now()
    beat = WorkerBeat.objects.values_list("at", flat=True).first()
    freezes = Freeze.objects.aggregate(thawed=Max("thawed_at"), on=Count("pk", filter=Q(is_on=True)))
    due = Message.objects.filter(may_leave(), state=State.QUEUED, not_before__lte=now)
    oldest = due.aggregate(oldest=Min("not_before"))["oldest"]
    since = max(filter(None, [oldest, freezes["thawed"]])) if oldest else now
    return None if beat is None else _seconds(now - beat), _seconds(now - since), freezes["on"] > 0


def _seconds(span) -> int:
    return max(0, round(span.total_seconds()))
