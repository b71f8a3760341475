"""Everything that leaves the house: written with the change it tells of, sent by the worker, at most twice."""
