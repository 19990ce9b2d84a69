"""What XML 1.0 forbids in any form; such a character in a text file is a slip of an editor."""

import re

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Text without the characters that no XML file can hold."""
    return _FORBIDDEN.sub("", text)
