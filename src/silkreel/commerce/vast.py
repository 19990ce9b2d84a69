"""House ads as VAST 4.2: the same format others' ads come in, so one player plays all.

Element order follows the schema's own (IAB Tech Lab, vast_4.2.xsd): within a creative the
UniversalAdId stands after Linear.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

NAMESPACE = "http://www.iab.com/VAST"
VERSION = "4.2"
REGISTRY = "silkreel"  # of creative ids that no industry registry knows
SECONDS_PER_HOUR, SECONDS_PER_MINUTE = 3600, 60
TRACKED = ("start", "firstQuartile", "midpoint", "thirdQuartile", "complete")


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One rendition of an ad's film."""

    url: str
    mime_type: str  # video/mp4
    width_pixels: int
    height_pixels: int
    bitrate_kbps: int


@dataclass(frozen=True, slots=True)
class HouseAd:
    """An ad of ours or of a direct customer."""

    id: str
    creative_id: str
    title: str
    advertiser: str
    length_seconds: int
    media: tuple[MediaFile, ...]
    click_url: str | None = None
    skippable_after_seconds: int | None = None  # None: rewarded, to be watched to its end


@dataclass(frozen=True, slots=True)
class Pings:
    """Addresses the player asks as the ad plays; `{code}` in `error` is replaced by the code."""

    impression: str
    error: str
    tracking: Mapping[str, str]  # by event of TRACKED


def write_vast(ad: HouseAd, pings: Pings, serving_id: str) -> bytes:
    """The document for one play; `serving_id` names it in every report."""
    root = etree.Element(_tag("VAST"), {"version": VERSION}, nsmap={None: NAMESPACE})
    inline = _add(_add(root, "Ad", id=ad.id, adType="video"), "InLine")
    _add(inline, "AdSystem", "Silkreel")
    # The macro's brackets are no characters of an address: encoded, players still find them.
    _add(inline, "Error", pings.error.replace("{code}", "%5BERRORCODE%5D"))
    _add(inline, "Impression", pings.impression, id="1")
    _add(inline, "AdServingId", serving_id)
    _add(inline, "AdTitle", ad.title)
    _add(inline, "Advertiser", ad.advertiser)
    creative = _add(_add(inline, "Creatives"), "Creative", id=ad.creative_id, adId=ad.creative_id)
    _linear(creative, ad, pings)
    _add(creative, "UniversalAdId", ad.creative_id, idRegistry=REGISTRY)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def write_no_ad(pings: Pings) -> bytes:
    """The document that says there is none."""
    root = etree.Element(_tag("VAST"), {"version": VERSION}, nsmap={None: NAMESPACE})
    _add(root, "Error", pings.error.replace("{code}", "%5BERRORCODE%5D"))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _linear(creative: etree._Element, ad: HouseAd, pings: Pings) -> None:
    skip = ad.skippable_after_seconds
    linear = _add(creative, "Linear", **({} if skip is None else {"skipoffset": clock(skip)}))
    events = _add(linear, "TrackingEvents")
    for event in TRACKED:
        if event in pings.tracking:
            _add(events, "Tracking", pings.tracking[event], event=event)
    _add(linear, "Duration", clock(ad.length_seconds))
    files = _add(linear, "MediaFiles")
    for each in ad.media:
        _add(
            files, "MediaFile", each.url, delivery="progressive", type=each.mime_type,
            width=str(each.width_pixels), height=str(each.height_pixels),
            bitrate=str(each.bitrate_kbps),
        )  # fmt: skip
    if ad.click_url:
        _add(_add(linear, "VideoClicks"), "ClickThrough", ad.click_url)


def clock(seconds: int) -> str:
    """`HH:MM:SS`, as VAST writes lengths."""
    hours, rest = divmod(seconds, SECONDS_PER_HOUR)
    minutes, rest = divmod(rest, SECONDS_PER_MINUTE)
    return f"{hours:02}:{minutes:02}:{rest:02}"


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    made = etree.SubElement(parent, _tag(name), attributes)
    made.text = text
    return made


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
