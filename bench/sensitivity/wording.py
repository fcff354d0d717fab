"""Lists written as running text."""


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


def rows(text: str) -> list[str]:
    """The lines of a text."""
    return text.splitlines()
