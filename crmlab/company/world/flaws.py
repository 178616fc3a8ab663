"""How often each flaw on purpose occurs: all rates in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Flaws:
    """Rates in a thousand of the rows that could have the flaw.

    Attributes
    ----------
    source_missing : int
        Customers whose source nobody noted.
    customer_hobby_missing, contact_hobby_missing, birthday_missing : int
        Cards without a hobby, contacts without hobby or birthday.
    no_contact, no_key_contact : int
        Customers without any contact; with contacts and none of them key.
    duplicates : int
        Customers entered a second time under another spelling.
    owner_left : int
        Customers of somebody who left that still name that person as owner.
    first_cancelled : int
        New customers whose first order is cancelled and repeated months later.
    other_recorder : int
        Orders keyed in by somebody other than the owner.
    cancelled, old_draft : int
        Orders cancelled; drafts that were forgotten.
    never_sold : int
        Products that nobody ever orders.
    returned : int
        Order lines of which something comes back.
    prepaid : int
        Orders with a receipt before the order.
    wrong_customer : int
        Receipts credited to another customer.
    never_paid : int
        Orders for which no money ever comes.
    no_refund : int
        Returns after payment for which nothing is paid back: a credit balance stays.
    """

    source_missing: int = 95
    customer_hobby_missing: int = 550
    contact_hobby_missing: int = 250
    birthday_missing: int = 300
    no_contact: int = 30
    no_key_contact: int = 60
    duplicates: int = 15
    owner_left: int = 150
    first_cancelled: int = 70
    other_recorder: int = 140
    cancelled: int = 35
    old_draft: int = 8
    never_sold: int = 35
    returned: int = 25
    prepaid: int = 25
    wrong_customer: int = 5
    never_paid: int = 14
    no_refund: int = 300
