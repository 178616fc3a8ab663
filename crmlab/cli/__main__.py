"""``python -m crmlab.cli``."""

from crmlab.cli import app

app()
