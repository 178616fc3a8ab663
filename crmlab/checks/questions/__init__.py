"""The questions: one module for each lab, named ``labNN``."""
