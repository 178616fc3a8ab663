"""How large companies are, and how one is cut into blocks of customers that are generated apart."""

from __future__ import annotations

#: Customers in the default company, and at most in one block.
CUSTOMERS = 800
BLOCK = 1000

#: Accounts have the partitions from here on, one for each; how many there are.
FIRST_ACCOUNT, ACCOUNTS = 5000, 5000


def blocks_of(customers: int) -> int:
    """Return in how many blocks a company of so many customers is generated.

    Examples
    --------
    >>> blocks_of(800), blocks_of(80_000)
    (1, 80)
    """
    return max(-(-customers // BLOCK), 1)


def customers_of(block: int, customers: int) -> int:
    """Return how many of a company's customers are in one of its blocks.

    Examples
    --------
    >>> customers_of(0, 1_500), customers_of(1, 1_500)
    (1000, 500)
    """
    return min(BLOCK, customers - block * BLOCK)
