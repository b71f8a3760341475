from .answers import read, split

__all__ = ["read", "split"]
