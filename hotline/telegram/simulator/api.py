"""How a function becomes a method of the Bot API, with the parameters that it may have."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True)
class Method:
    """`run(bot, call)` gives the result, or an awaitable of it, or raises ApiError."""

    name: str
    parameters: frozenset[str]
    run: Callable


def method(name: str, parameters: str = ""):
    """Mark the function below as the method `name` with these parameters (separated by spaces)."""

    def mark(function):
        function.bot_api_method = Method(name, frozenset(parameters.split()), function)
        return function

    return mark


def collect(*modules: ModuleType) -> dict[str, Method]:
    """All methods in these modules, by name in small letters, as Telegram does not mind the case."""
    functions = (function for module in modules for function in vars(module).values())
    methods = (getattr(function, "bot_api_method", None) for function in functions)
    return {found.name.lower(): found for found in methods if found}
