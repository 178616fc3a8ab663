"""What several tests of the company ask."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from numpy.typing import NDArray

from crmlab import Company


def active(company: Company, employee_ids: Any, days: Any) -> NDArray:
    """Return whether each employee works for the company on each day."""
    staff = company.employees.set_index("employee_id").loc[employee_ids]
    days = pd.DatetimeIndex(days).normalize()
    return (staff["hired_on"].to_numpy() <= days) & ~(staff["left_on"].to_numpy() < days)


def about(permille: int, rel: float = 0.4) -> Any:
    """Return what a rate is compared with that was declared in thousandths."""
    return pytest.approx(permille / 1000, rel=rel)
