"""From one source for each lab (``solutions/NN-name.py``) to the notebooks in both languages.

`source` reads a source, `editions` makes the two notebooks of each language from it, `execution` runs
the solved one, `problems` says what is wrong with a source, and `building` writes them all.
"""
