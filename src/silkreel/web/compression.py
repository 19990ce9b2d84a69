"""Pages and stories travel compressed; media are already, and a play's answer is small and hurried."""

from starlette.middleware.gzip import GZipMiddleware

from silkreel.web.edge import App, Receive, Scope, Send

LEAST_BYTES = 1024  # below it the wire sends as many packets either way
LEVEL = 6  # a story of 80 episodes in some milliseconds; 9 saves a hundredth more
PAGES = ("/s/", "/words/")
STORIES = "/api/works/"
PICTURES = "/art/"


class Compressing:
    """ASGI: answers compressed for whoever takes gzip, where that is worth its computing."""

    def __init__(self, app: App) -> None:
        self._plain = app
        self._zipped = GZipMiddleware(app, minimum_size=LEAST_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        worth = scope["type"] == "http" and _is_worth_it(scope["path"])
        await (self._zipped if worth else self._plain)(scope, receive, send)


def _is_worth_it(path: str) -> bool:
    if path.startswith(STORIES):
        return PICTURES not in path
    return path == "/" or path.startswith(PAGES)
