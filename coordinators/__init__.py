"""The registry: kinds of help, places, local coordinators and how to reach them."""
