"""What every HTML page of ours has around it: its policy, its modules, data that cannot escape."""

import json
from functools import lru_cache
from typing import Any

from silkreel.web.assets import AssetTree


def policy(nonce: str) -> str:
    """A content security policy: only our own files, and inline only what bears the nonce."""
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' blob:; "
        "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; font-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def assets_head(
    assets: AssetTree,
    nonce: str,
    entry: str,
    styles: tuple[str, ...],
    screens: tuple[str, ...] = (),
) -> str:
    """Styles, import map, and every module that `entry` needs, as elements of a head.

    `screens` are modules that `entry` imports when a screen is shown, and this page shows them.
    """
    return _assets_html(_Tree(assets), entry, styles, screens).replace("{nonce}", nonce)


def for_script(value: Any) -> str:
    """JSON that cannot close the script element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


class _Tree:
    """A tree compared by its hash."""

    def __init__(self, assets: AssetTree) -> None:
        self.assets = assets

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tree) and other.assets.hash == self.assets.hash

    def __hash__(self) -> int:
        return hash(self.assets.hash)


@lru_cache(maxsize=16)
def _assets_html(tree: _Tree, entry: str, styles: tuple[str, ...], screens: tuple[str, ...]) -> str:
    assets = tree.assets
    lines = [f'<link rel="stylesheet" href="{assets.url(path)}">' for path in styles]
    imports = json.dumps({"imports": assets.import_map()})
    lines.append(f'<script type="importmap" nonce="{{nonce}}">{imports}</script>')
    lines += [
        f'<link rel="modulepreload" href="{url}">' for url in assets.preloads(entry, *screens)
    ]
    lines.append(f'<script type="module" src="{assets.url(entry)}"></script>')
    lines.append(f'<link rel="icon" type="image/svg+xml" href="{assets.url("app/icon.svg")}">')
    return "\n".join(lines)
