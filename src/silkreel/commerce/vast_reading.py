"""Reading strangers' VAST: hostile until read, and never allowed to look inside our network.

Entities, outside files and huge trees are refused by the parser; a chain of wrappers ends after
five, at a circle, or when a server is slow; no private address is ever asked.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from lxml import etree

from silkreel.commerce.vast import MediaFile
from silkreel.kit.refusals import Refusal

DOCUMENT_BYTES = 256 * 1024
WRAPPERS = 5  # the specification's advice
FIRST_SECONDS, LATER_SECONDS = 8.0, 4.0
URLS = 100  # pings of one kind; more is abuse
SECONDS_PER_HOUR, SECONDS_PER_MINUTE = 3600, 60
# Error codes of VAST 4.2, section 2.3.6.3.
BROKEN, TIMED_OUT, TOO_MANY_WRAPPERS, NO_AD = 100, 301, 302, 303
PORTS = {"http": 80, "https": 443}

Fetch = Callable[[str, float], bytes]  # address, limit in seconds; raises Unreachable


class NoVast(Refusal):
    """A document that is no VAST."""

    message = "This ad cannot be read: {why}. Ask its sender for a valid VAST 2 to 4 document."


class Unreachable(Refusal):
    """An ad server that does not answer, or that must not be asked."""

    status = 502
    message = "The ad server {host} cannot be asked: {why}."


@dataclass(frozen=True, slots=True)
class Ad:
    """What a player needs of an ad, with the pings of every wrapper around it."""

    id: str
    title: str
    length_seconds: float
    media: tuple[MediaFile, ...]
    impressions: tuple[str, ...]
    tracking: tuple[tuple[str, str], ...]  # event, address
    click_url: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """An ad, or the code to tell all who are named, in `errors`."""

    ad: Ad | None
    code: int | None
    errors: tuple[str, ...]  # addresses with the code already in them


@dataclass(slots=True)
class _Chain:
    """What the wrappers so far ask us to ping."""

    impressions: list[str] = field(default_factory=list)
    tracking: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


def find_ad(url: str, fetch: Fetch) -> Found:
    """Follow an address to an ad."""
    chain = _Chain()
    limit = FIRST_SECONDS
    for _ in range(WRAPPERS + 1):
        if url in chain.seen:
            return _nothing(chain, TOO_MANY_WRAPPERS)
        chain.seen.add(url)
        try:
            root = read_xml(fetch(url, limit))
        except NoVast:
            return _nothing(chain, BROKEN)
        except Unreachable:
            return _nothing(chain, TIMED_OUT)
        following = _take(root, chain)
        if not isinstance(following, str):
            return Found(following, None, ()) if following else _nothing(chain, NO_AD)
        if "://" not in following:
            following = urljoin(url, following) if following.startswith("/") else ""
        url, limit = following, LATER_SECONDS
    return _nothing(chain, TOO_MANY_WRAPPERS)


def read_xml(document: bytes) -> etree._Element:
    """The document's root.

    Raises:
        NoVast: it is too large, no XML, brings entities, or is something else.
    """
    if len(document) > DOCUMENT_BYTES:
        raise NoVast(why="it is too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as broken:
        raise NoVast(why="it is no XML") from broken
    if root.getroottree().docinfo.internalDTD is not None:
        raise NoVast(why="it brings a document type of its own")
    if _name(root) != "VAST":
        raise NoVast(why="it is no VAST")
    return root


def _take(root: etree._Element, chain: _Chain) -> "Ad | str | None":
    """The ad inside, the next address, or None; pings are added to the chain."""
    chain.errors += _texts(root, "Error")
    part = next((each for each in root.iter() if _name(each) in {"InLine", "Wrapper"}), None)
    if part is None:
        return None
    chain.errors += _texts(part, "Error")
    chain.impressions += _texts(part, "Impression")
    chain.tracking += [
        (str(each.get("event")), text)
        for each in _all(part, "Tracking")
        if (text := _text(each)) and each.get("event")
    ][:URLS]
    if _name(part) == "Wrapper":
        return next(iter(_texts(part, "VASTAdTagURI", deep=True)), None)
    return _ad(root, part, chain)


def _ad(root: etree._Element, inline: etree._Element, chain: _Chain) -> Ad | None:
    linear = next(_all(inline, "Linear"), None)
    media = tuple(file for each in _all(inline, "MediaFile") if (file := _media(each)) is not None)
    length = (
        _seconds(next(iter(_texts(inline, "Duration", deep=True)), ""))
        if linear is not None
        else None
    )
    if length is None or not media:
        return None
    holder = next((each for each in root.iter() if _name(each) == "Ad"), root)
    return Ad(
        id=str(holder.get("id") or ""),
        title=next(iter(_texts(inline, "AdTitle")), ""),
        length_seconds=length,
        media=media,
        impressions=tuple(chain.impressions[:URLS]),
        tracking=tuple(chain.tracking[:URLS]),
        click_url=next((t for t in _texts(inline, "ClickThrough", deep=True) if _is_web(t)), None),
    )


def _media(each: etree._Element) -> MediaFile | None:
    url = _text(each)
    try:
        sizes = [int(each.get(name) or 0) for name in ("width", "height", "bitrate")]
    except ValueError:
        return None
    kind = each.get("type") or ""
    return MediaFile(url, kind, *sizes) if _is_web(url) and kind.startswith("video/") else None


def _nothing(chain: _Chain, code: int) -> Found:
    errors = [
        url.replace("[ERRORCODE]", str(code)).replace("%5BERRORCODE%5D", str(code))
        for url in chain.errors[:URLS]
    ]
    return Found(None, code, tuple(errors))


def _texts(parent: etree._Element, name: str, *, deep: bool = False) -> list[str]:
    """Addresses and words of an element's children (or all below it) of a name."""
    found = _all(parent, name) if deep else (each for each in parent if _name(each) == name)
    return [text for each in found if (text := _text(each))][:URLS]


def _all(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    return (each for each in parent.iter() if _name(each) == name)


def _text(each: etree._Element) -> str:
    return (each.text or "").strip()


def _name(each: etree._Element) -> str:
    return etree.QName(each).localname if isinstance(each.tag, str) else ""


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or a port that are none
        return False


def _seconds(text: str) -> float | None:
    try:
        hours, minutes, seconds = text.split(":")
        found = int(hours) * SECONDS_PER_HOUR + int(minutes) * SECONDS_PER_MINUTE + float(seconds)
    except ValueError:
        return None
    return found if 0 < found <= SECONDS_PER_HOUR else None


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet's."""
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


class AdServers:
    """Asks ad servers: the name is looked up once, checked, and that very address is asked."""

    def __init__(self, allowed: Callable[[str], bool] = is_public) -> None:
        self._allowed = allowed
        self._client = httpx.Client(follow_redirects=False, trust_env=False)

    def fetch(self, url: str, limit_seconds: float) -> bytes:
        """A document, whole and in time; redirects are followed by the same rules.

        Raises:
            Unreachable: it must not be asked, is too slow, too large, or answers no.
        """
        end = time.monotonic() + limit_seconds
        for _ in range(WRAPPERS):
            answer = self._one(url, end)
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer) if answer.startswith("/") else answer
        raise Unreachable(host=_host(url), why="it redirects too often")

    def _one(self, url: str, end: float) -> bytes | str:
        address = self._address(url)
        host, parts = _host(url), urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        shown = f"[{address}]" if ":" in address else address
        pinned = urlunsplit((parts.scheme, f"{shown}{port}", parts.path, parts.query, ""))
        left = end - time.monotonic()
        if left <= 0:
            raise Unreachable(host=host, why="it is too slow")
        try:
            with self._client.stream(
                "GET", pinned, headers={"Host": f"{host}{port}"}, timeout=left,
                extensions={"sni_hostname": host},
            ) as answer:  # fmt: skip
                if answer.is_redirect:
                    return answer.headers["location"]
                if answer.status_code != httpx.codes.OK:
                    raise Unreachable(host=host, why=f"it answers {answer.status_code}")
                return _body(answer, host, end)
        except httpx.HTTPError as broken:
            raise Unreachable(host=host, why="it does not answer") from broken

    def _address(self, url: str) -> str:
        """The one address to ask; all that the name leads to must be allowed."""
        if not _is_web(url):
            raise Unreachable(host=_host(url) or "?", why="it has no web address")
        host = _host(url)
        port = urlsplit(url).port or PORTS[urlsplit(url).scheme]
        try:
            found = [
                str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            ]
        except OSError as broken:
            raise Unreachable(host=host, why="nobody knows the name") from broken
        if not found or not all(self._allowed(address) for address in found):
            raise Unreachable(host=host, why="its address is not public")
        return found[0]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _body(answer: httpx.Response, host: str, end: float) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > DOCUMENT_BYTES:
            raise Unreachable(host=host, why="its answer is too large")
        if time.monotonic() > end:
            raise Unreachable(host=host, why="it is too slow")
    return bytes(body)
