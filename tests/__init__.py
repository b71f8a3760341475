"""The whole suite. A package, so that tests/telegram never shadows the library of that name."""
