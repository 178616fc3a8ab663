"""How real the company looks: facts of published studies, each measured in the tables."""

from crmlab.company.realism.books import Books
from crmlab.company.realism.facts import FACTS, Fact, fact, measured

__all__ = ["FACTS", "Books", "Fact", "fact", "measured"]
