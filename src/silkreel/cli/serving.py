"""`silkreel serve`: the viewers' app, the public API and the segment server."""

from silkreel.kit.settings import read_settings


def serve(*, host: str | None = None, port: int | None = None) -> None:
    """Serve what is released. The server never encodes; stop it with Ctrl-C.

    Args:
        host: address to listen on
        port: port to listen on
    """
    from silkreel.web.server import serve as run_server

    run_server(read_settings(host=host, port=port))
