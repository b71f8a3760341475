"""The list of commands that phones offer after a "/", in each language of the house."""

from django.conf import settings
from django.utils.translation import override
from telegram import BotCommand

from hotline.telegram.bot import build_application
from hotline.telegram.handlers import MENU

# Telegram's codes for languages that the house knows under another one, and "" for everybody else.
AUDIENCES = {"": "en", "no": "nb", "nn": "nb"}


async def offer_commands() -> None:
    """Tell Telegram what each command does, once for each language. Raises TelegramError."""
    application = build_application(1)
    try:
        for audience, language in {**AUDIENCES, **{code: code for code, _name in settings.LANGUAGES}}.items():
            with override(language):
                commands = [BotCommand(name, str(words)) for name, words in application.bot_data.get(MENU, {}).items()]
            await application.bot.set_my_commands(commands, language_code=audience or None)
    finally:
        await application.bot.request.shutdown()
