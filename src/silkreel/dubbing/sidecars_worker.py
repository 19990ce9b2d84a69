"""The child that reads subtitles somebody sent: `python -m silkreel.dubbing.sidecars_worker`."""

from pathlib import Path

from silkreel.dubbing.sidecars import read_script
from silkreel.kit.children import Emit, Message, serve_parent


def handle(request: Message, _: Emit) -> Message:
    """Read the script the request names; answer with its measures.

    Raises:
        BadSubtitles: the file is no subtitle file.
    """
    script = read_script(Path(request.value["path"]), name=request.value["name"])
    return Message({"lines": len(script), "first_seconds": script[0].span.start_seconds})


if __name__ == "__main__":
    serve_parent(handle)
