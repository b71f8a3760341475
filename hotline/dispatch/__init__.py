"""Dispatch: help requests, matching, waves, offers, acceptance, and the operator's desk."""
