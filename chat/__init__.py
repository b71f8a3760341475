"""The helpline chat: lines, queue, rooms and conversations."""
