"""Grading a class: what a notebook hands in is judged outside the kernel that made it."""
