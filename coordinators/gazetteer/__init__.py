"""Public lists of places, read and merged into entries that do not know the database. Needs requirements-places.txt."""
