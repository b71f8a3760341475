"""A page that shows every part of the look, with addresses that answer like real ones. For the tests of the look alone."""
