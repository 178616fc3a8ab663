"""``python -m crmlab``, and what the command ``crmlab`` runs."""


def main() -> None:
    """Run the command line.

    It is imported only now: each process that makes parts of a company imports this module at its start.
    """
    from crmlab.cli import app

    app()


if __name__ == "__main__":
    main()
