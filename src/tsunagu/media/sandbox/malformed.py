"""The one error of the wire: what came is no message."""


class Malformed(Exception):
    """Bytes from a decode child are no message within the bounds: the child is broken or taken over."""
