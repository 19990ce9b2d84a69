"""How a film says of itself that it is an animatic: drawn and spoken by a machine, and no episode."""

from collections.abc import Mapping

MARK = "ANIMATIC"
COMMENT = (
    f"{MARK}: a preview of a script, synthetic: pictures drawn and voices spoken by a program. "
    "Not for release."
)


def animatic_metadata(title: str) -> dict[str, str]:
    """What goes into the file's own description; every player and every importer reads it."""
    return {"title": f"{title} ({MARK})", "comment": COMMENT}


def is_animatic(metadata: Mapping[str, str]) -> bool:
    """Whether a file says of itself that it is one."""
    return metadata.get("comment", "").startswith(f"{MARK}:")
