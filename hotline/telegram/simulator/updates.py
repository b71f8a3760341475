"""How the bot hears of what people do: getUpdates with its long poll, or a webhook on this machine."""

import asyncio
import re
import time
from urllib.parse import urlsplit

import httpx

from hotline.telegram.simulator.api import method
from hotline.telegram.simulator.errors import ApiError, bad_request

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST_POLL = 50
SET_WEBHOOK = "setWebhook request"
OTHER_POLL = "other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_TIMEOUT = 10.0


@method("getUpdates", "offset limit timeout allowed_updates")
async def get_updates(bot, call):
    """The updates from `offset` on; all before it are confirmed and gone. Waits up to `timeout` seconds for one."""
    world = bot.world
    if world.webhook:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    offset = call.number("offset")
    limit = call.number("limit", 100, 1, 100)
    until = time.monotonic() + call.number("timeout", 0, 0, LONGEST_POLL)
    _set_allowed(world, call)
    bot.poll_number += 1
    own_number = bot.poll_number
    bot.waiters.wake()  # whoever waited before loses, as with Telegram
    if offset:
        kept = world.updates[offset:] if offset < 0 else [u for u in world.updates if u["update_id"] >= offset]
        if len(kept) < len(world.updates):
            world.updates = kept
            world.changed()
    while True:
        wait = until - time.monotonic()
        if world.updates or bot.closing or wait <= 0 or not await bot.waiters.wait(wait):
            return world.updates[:limit]
        if bot.poll_number != own_number:
            raise ApiError(409, f"Conflict: terminated by {SET_WEBHOOK if world.webhook else OTHER_POLL}")


@method("setWebhook", "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token")
def set_webhook(bot, call):
    """Updates go to this address from now on. Only addresses of this machine are taken."""
    url, secret = call.text("url"), call.text("secret_token")
    if not url:
        return delete_webhook(bot, call)
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise bad_request("bad webhook: invalid url specified") from None
    if parts.scheme not in ("http", "https") or host not in LOOPBACK:
        raise bad_request("bad webhook: this simulator posts to addresses on this machine only")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    _set_allowed(bot.world, call)
    if call.flag("drop_pending_updates"):
        bot.world.updates.clear()
    bot.world.webhook = {"url": url, "secret": secret, "max_connections": call.number("max_connections", 40, 1, 100)}
    bot.poll_number += 1
    bot.world.changed()
    return True


@method("deleteWebhook", "drop_pending_updates")
def delete_webhook(bot, call):
    """Back to getUpdates."""
    bot.world.webhook = {}
    if call.flag("drop_pending_updates"):
        bot.world.updates.clear()
    bot.world.changed()
    return True


@method("getWebhookInfo")
def get_webhook_info(bot, call):
    """The webhook, what waits for it, and the last thing that went wrong."""
    webhook = bot.world.webhook
    info = {
        "url": webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(bot.world.updates),
    }
    for name in ("max_connections", "last_error_date", "last_error_message"):
        if name in webhook:
            info[name] = webhook[name]
    if bot.world.allowed_updates:
        info["allowed_updates"] = bot.world.allowed_updates
    return info


async def deliver(bot) -> None:
    """Post waiting updates to the webhook, in order, each until it is taken (2xx); ends when there is no webhook."""
    world = bot.world
    pause = 1.0
    # The address is one of this machine, so there is no certificate of the world's to check.
    async with httpx.AsyncClient(timeout=WEBHOOK_TIMEOUT, trust_env=False, verify=False) as client:
        while world.webhook and not bot.closing:
            if not world.updates:
                await bot.waiters.wait(LONGEST_POLL)
                continue
            update, webhook = world.updates[0], world.webhook
            headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret"]} if webhook["secret"] else {}
            try:
                answer = await client.post(webhook["url"], json=update, headers=headers)
                trouble = "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code}"
            except httpx.HTTPError as error:
                trouble = f"Connection failed: {type(error).__name__}"
            if not trouble:
                world.updates = [waiting for waiting in world.updates if waiting is not update]
                pause = 1.0
                world.changed()
            elif world.webhook is webhook:
                webhook |= {"last_error_date": int(time.time()), "last_error_message": trouble}
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)


def _set_allowed(world, call) -> None:
    if call.text("allowed_updates"):
        world.allowed_updates = [str(kind) for kind in call.json("allowed_updates", list, [])]
