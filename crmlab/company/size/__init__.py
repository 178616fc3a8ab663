"""Companies of any size: written part by part, by several processes, in any of five formats.

`Plan` says what is asked for, `write` does it. A part is some blocks of customers with all that hangs on
them; it is generated apart from the others, so memory stays small, and what is finished is never done again.
"""

from crmlab.company.size.plan import FORMATS, SIZES, Plan, Progress
from crmlab.company.size.writing import write

__all__ = ["FORMATS", "SIZES", "Plan", "Progress", "write"]
