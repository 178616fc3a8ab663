"""The company: one small trading company, synthetic to the last row."""

from crmlab.company.company import Company, open_company

__all__ = ["Company", "open_company"]
