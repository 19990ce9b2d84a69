"""`silkreel demo`: the sample drama, from a story to a dubbed series that streams."""


def demo() -> int:
    """Make a sample drama, dub it, release it and serve it."""
    raise NotImplementedError
