#!/usr/bin/env python3
"""The one command line of the house: `python manage.py help` names what it can do."""

import os
import sys


def main() -> None:
    """Run a command. A wrong or missing setting ends it with one line that names it and what it should hold."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make run` once, then use .venv/bin/python manage.py …")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"hotline: {problem}")


if __name__ == "__main__":
    main()
