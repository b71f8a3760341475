"""Hotline: one number and one chat for people in need, and a local coordinator for each of them."""
