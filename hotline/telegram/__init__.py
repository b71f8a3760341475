"""The bot: what Telegram brings is stored before it is acknowledged, then handled, once each."""
