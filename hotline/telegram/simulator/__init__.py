"""A stand-in for Telegram on this machine: the Bot API as the house uses it, phones to press, faults to switch on.

For the demo and the tests only; it holds no Django model and production refuses it.
"""
