"""`make pictures`: the pictures of the guides, taken of the real screens of a demo house, in every language of the house."""
