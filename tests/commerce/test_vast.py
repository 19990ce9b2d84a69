"""House ads keep the order of VAST 4.2; strangers' ads are read as hostile."""

import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lxml import etree

from silkreel.commerce.vast import (
    NAMESPACE,
    TRACKED,
    HouseAd,
    MediaFile,
    Pings,
    clock,
    write_no_ad,
    write_vast,
)
from silkreel.commerce.vast_reading import (
    BROKEN,
    NO_AD,
    TIMED_OUT,
    TOO_MANY_WRAPPERS,
    AdServers,
    NoVast,
    Unreachable,
    find_ad,
    is_public,
    read_xml,
)

FILE = MediaFile("https://cdn.test/ad.mp4", "video/mp4", 720, 1280, 1800)
AD = HouseAd(
    id="ad-1", creative_id="c-1", title="Night & Day <1>", advertiser="Hippo", length_seconds=75,
    media=(FILE,), click_url="https://shop.test/?a=1&b=2", skippable_after_seconds=5,
)  # fmt: skip
PINGS = Pings(
    "https://ads.test/i", "https://ads.test/e?c={code}",
    {event: f"https://ads.test/t/{event}" for event in TRACKED},
)  # fmt: skip

# The order of children in vast_4.2.xsd (IAB Tech Lab), for the elements we write: a name with its
# least and most occurrences. The schema itself is not in any package, so this table stands for it.
MANY = 10_000
ORDER = {
    "VAST": [("Ad", 0, MANY), ("Error", 0, MANY)],
    "Ad": [("InLine", 1, 1)],
    "InLine": [
        ("AdSystem", 1, 1), ("Error", 0, MANY), ("Extensions", 0, 1), ("Impression", 1, MANY),
        ("Pricing", 0, 1), ("ViewableImpression", 0, 1), ("AdServingId", 1, 1), ("AdTitle", 1, 1),
        ("AdVerifications", 0, 1), ("Advertiser", 0, 1), ("Category", 0, MANY),
        ("Creatives", 1, 1), ("Description", 0, 1), ("Expires", 0, 1), ("Survey", 0, 1),
    ],
    "Creatives": [("Creative", 1, MANY)],
    "Creative": [
        ("CompanionAds", 0, 1), ("CreativeExtensions", 0, 1), ("Linear", 0, 1),
        ("NonLinearAds", 0, 1), ("UniversalAdId", 1, MANY),
    ],
    "Linear": [
        ("Icons", 0, 1), ("TrackingEvents", 0, 1), ("AdParameters", 0, 1), ("Duration", 1, 1),
        ("MediaFiles", 1, 1), ("VideoClicks", 0, 1),
    ],
    "TrackingEvents": [("Tracking", 0, MANY)],
    "MediaFiles": [
        ("ClosedCaptionFiles", 0, 1), ("MediaFile", 1, MANY), ("Mezzanine", 0, MANY),
        ("InteractiveCreativeFile", 0, MANY),
    ],
    "VideoClicks": [("ClickTracking", 0, MANY), ("CustomClick", 0, MANY), ("ClickThrough", 0, 1)],
}  # fmt: skip
NEEDED = {
    "VAST": {"version"}, "MediaFile": {"delivery", "type", "width", "height"},
    "Tracking": {"event"}, "UniversalAdId": {"idRegistry"},
}  # fmt: skip
# What values look like there: of an element's text (no attribute), or of one of its attributes.
CLOCK, OFFSET = (
    r"\d{2}:[0-5]\d:[0-5]\d(\.\d{3})?",
    r"\d{2}:[0-5]\d:[0-5]\d(\.\d{3})?|1?\d?\d(\.?\d)*%",
)
ADDRESS, WHOLE = r"[a-z][a-z0-9+.-]*:[^\s\[\]<>\"{}|\\^`]+", r"-?\d+"  # xs:anyURI, xs:integer
EVENTS = (
    "mute|unmute|pause|resume|rewind|skip|playerExpand|playerCollapse|loaded|start|firstQuartile|"
    "midpoint|thirdQuartile|complete|progress|closeLinear|creativeView|acceptInvitation|adExpand|"
    "adCollapse|minimize|close|overlayViewDuration|otherAdInteraction"
)
VALUES = {
    ("Duration", ""): CLOCK, ("Linear", "skipoffset"): OFFSET, ("Tracking", "event"): EVENTS,
    ("Tracking", ""): ADDRESS, ("Error", ""): ADDRESS, ("Impression", ""): ADDRESS,
    ("ClickThrough", ""): ADDRESS, ("MediaFile", ""): ADDRESS,
    ("MediaFile", "delivery"): "streaming|progressive", ("MediaFile", "width"): WHOLE,
    ("MediaFile", "height"): WHOLE, ("MediaFile", "bitrate"): WHOLE,
}  # fmt: skip
SCHEMA = os.environ.get("SILKREEL_VAST_XSD")


def odd_values(root):
    """Texts and attributes that the schema's patterns would not let pass."""
    found = []
    for each in root.iter():
        for (name, attribute), pattern in VALUES.items():
            if etree.QName(each).localname == name:
                value = each.get(attribute) if attribute else each.text or ""
                if value is not None and not re.fullmatch(pattern, value.strip()):
                    found.append(f"{name} {attribute}: {value}")
    return found


def problems(root):
    """What breaks the order, the numbers or the needed attributes of the table above."""
    found = []
    for each in root.iter():
        name = etree.QName(each).localname
        if etree.QName(each).namespace != NAMESPACE:
            found.append(f"{name} is in another namespace")
        found += [f"{name} lacks {key}" for key in NEEDED.get(name, set()) - set(each.keys())]
        children = [etree.QName(child).localname for child in each]
        places = {child: place for place, (child, _, _) in enumerate(ORDER.get(name, []))}
        found += [f"{child} in {name}" for child in children if child not in places]
        known = [places[child] for child in children if child in places]
        if known != sorted(known):
            found.append(f"order of {name}: {children}")
        for child, least, most in ORDER.get(name, []):
            if not least <= children.count(child) <= most:
                found.append(f"{children.count(child)} of {child} in {name}")
    return found


def test_a_house_ad_is_vast_4_2():
    root = etree.fromstring(write_vast(AD, PINGS, "s-1"))
    assert problems(root) == []
    assert root.get("version") == "4.2"
    assert root.find(".//{*}AdTitle").text == "Night & Day <1>"
    assert root.find(".//{*}Linear").get("skipoffset") == "00:00:05"
    assert root.find(".//{*}Duration").text == "00:01:15"
    assert root.find(".//{*}Error").text == "https://ads.test/e?c=%5BERRORCODE%5D"


@pytest.mark.parametrize("made", [write_vast(AD, PINGS, "s-1"), write_no_ad(PINGS)])
def test_values_look_as_the_schema_wants_them(made):
    assert odd_values(etree.fromstring(made)) == []


def test_the_check_notices_odd_values():
    root = etree.fromstring(write_vast(AD, PINGS, "s-1"))
    root.find(".//{*}Duration").text = "75 s"
    root.find(".//{*}Tracking").set("event", "half")
    root.find(".//{*}Error").text = "https://ads.test/e?c=[ERRORCODE]"
    root.find(".//{*}MediaFile").set("delivery", "post")
    assert len(odd_values(root)) == 4


@pytest.mark.skipif(not SCHEMA, reason="Not on every machine: SILKREEL_VAST_XSD names no schema")
@pytest.mark.parametrize("made", [write_vast(AD, PINGS, "s-1"), write_no_ad(PINGS)])
def test_a_copy_of_the_industrys_own_schema_agrees(made):
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(made))


def test_the_check_notices_a_wrong_order():
    root = etree.fromstring(write_vast(AD, PINGS, "s-1"))
    creative = root.find(".//{*}Creative")
    creative.insert(0, creative.find("{*}UniversalAdId"))
    assert problems(root)
    root.find(".//{*}MediaFile").attrib.pop("delivery")
    assert "MediaFile lacks delivery" in problems(root)


def test_a_rewarded_ad_cannot_be_skipped_and_no_ad_is_valid_too():
    rewarded = HouseAd("a", "c", "t", "h", 20, (FILE,))
    root = etree.fromstring(write_vast(rewarded, PINGS, "s"))
    assert root.find(".//{*}Linear").get("skipoffset") is None
    assert problems(etree.fromstring(write_no_ad(PINGS))) == []


def test_lengths_are_written_as_clocks():
    assert [clock(0), clock(61), clock(3661)] == ["00:00:00", "00:01:01", "01:01:01"]


def wrapper(following, number=0):
    return f"""<VAST version="4.2"><Ad id="w{number}"><Wrapper><AdSystem>x</AdSystem>
      <Error><![CDATA[https://w{number}.test/e?[ERRORCODE]]]></Error>
      <Impression>https://w{number}.test/i</Impression>
      <Creatives><Creative><Linear><TrackingEvents>
        <Tracking event="start">https://w{number}.test/start</Tracking>
      </TrackingEvents></Linear></Creative></Creatives>
      <VASTAdTagURI><![CDATA[{following}]]></VASTAdTagURI></Wrapper></Ad></VAST>""".encode()


def shop(pages):
    def fetch(url, limit):
        asked.append((url, limit))
        if url not in pages:
            raise Unreachable(host=url, why="nobody knows the name")
        return pages[url]

    asked = []
    fetch.asked = asked
    return fetch


def test_our_own_ad_is_read_back_through_wrappers_with_all_their_pings():
    fetch = shop({
        "https://a.test": wrapper("https://b.test", 1), "https://b.test": wrapper("/own", 2),
        "https://b.test/own": write_vast(AD, PINGS, "s-1"),
    })  # fmt: skip
    found = find_ad("https://a.test", fetch)
    assert found.ad.title == "Night & Day <1>"
    assert found.ad.media == (FILE,)
    assert found.ad.length_seconds == 75
    assert found.ad.impressions == (
        "https://w1.test/i", "https://w2.test/i", "https://ads.test/i",
    )  # fmt: skip
    assert ("start", "https://w1.test/start") in found.ad.tracking
    assert ("complete", "https://ads.test/t/complete") in found.ad.tracking
    assert [limit for _, limit in fetch.asked] == [8.0, 4.0, 4.0]


def test_five_wrappers_are_followed_and_a_sixth_is_not():
    def pages(number):
        return {
            **{f"https://{n}.test": wrapper(f"https://{n + 1}.test", n) for n in range(number)},
            f"https://{number}.test": write_vast(AD, PINGS, "s"),
        }

    assert find_ad("https://0.test", shop(pages(5))).ad
    found = find_ad("https://0.test", shop(pages(6)))
    assert (found.ad, found.code) == (None, TOO_MANY_WRAPPERS)
    assert found.errors[0] == "https://w0.test/e?302"


def test_a_circle_is_cut():
    fetch = shop(
        {"https://a.test": wrapper("https://b.test"), "https://b.test": wrapper("https://a.test")}
    )
    assert find_ad("https://a.test", fetch).code == TOO_MANY_WRAPPERS
    assert len(fetch.asked) == 2


def test_silence_garbage_and_emptiness_have_their_codes():
    pages = {
        "https://a.test": wrapper("https://gone.test"), "https://b.test": wrapper("https://c.test"),
        "https://c.test": b"<html>", "https://d.test": write_no_ad(PINGS),
    }  # fmt: skip
    codes = {
        url: find_ad(url, shop(pages))
        for url in ("https://a.test", "https://b.test", "https://d.test")
    }
    assert [found.code for found in codes.values()] == [TIMED_OUT, BROKEN, NO_AD]
    assert codes["https://d.test"].errors == ("https://ads.test/e?c=303",)


BOMB = (
    b'<!DOCTYPE l [<!ENTITY a "xxxxxxxxxx">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><VAST version="4.2"><Error>&j;</Error></VAST>'
)


@pytest.mark.parametrize(
    "document",
    [
        BOMB,
        b'<!DOCTYPE v [<!ENTITY f SYSTEM "file:///etc/passwd">]><VAST><Error>&f;</Error></VAST>',
        b'<!DOCTYPE VAST SYSTEM "http://127.0.0.1:9/x.dtd"><VAST/>',
        b"", b"<VAST", b"<html/>", b"{}", b"<VAST>" + b"x" * 300_000 + b"</VAST>",
    ],
    ids=["bomb", "file", "dtd", "empty", "cut", "html", "json", "huge"],
)  # fmt: skip
def test_hostile_documents_are_refused(document):
    start = time.monotonic()
    with pytest.raises(NoVast):
        read_xml(document)
    assert time.monotonic() - start < 2


def test_only_films_on_the_web_are_played():
    document = write_vast(AD, PINGS, "s").replace(b"https://cdn.test/ad.mp4", b"file:///etc/passwd")
    assert find_ad("https://a.test", shop({"https://a.test": document})).code == NO_AD
    script = write_vast(AD, PINGS, "s").replace(b"https://shop.test/", b"javascript:alert(1)//")
    assert find_ad("https://a.test", shop({"https://a.test": script})).ad.click_url is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://10.0.0.1/", "http://169.254.169.254/x",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://2130706433/",
        "file:///etc/passwd", "ftp://ads.test/", "https:///x", "http://[bad", "http://a.test:99999/",
    ],
)  # fmt: skip
def test_nothing_inside_our_network_is_ever_asked(url):
    with pytest.raises(Unreachable):
        AdServers().fetch(url, 1.0)


def test_which_addresses_are_public():
    assert is_public("8.8.8.8")
    assert not any(
        is_public(each)
        for each in ("192.168.1.1", "100.64.0.1", "fd00::1", "224.0.0.1", "::ffff:10.0.0.1")
    )


class _Server(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(1.5)
        self.send_response(302 if self.path in {"/away", "/inside"} else 200)
        if self.path == "/away":
            self.send_header("location", "/ad")
        if self.path == "/inside":
            self.send_header("location", "http://169.254.169.254/latest")
        self.end_headers()
        self.wfile.write(b"x" * 400_000 if self.path == "/huge" else write_vast(AD, PINGS, "s"))

    def log_message(self, *_):
        pass


@pytest.fixture
def ad_server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_over_real_http_with_redirects_limits_and_no_way_inside(ad_server):
    servers = AdServers(allowed=lambda address: address == "127.0.0.1")
    assert find_ad(f"{ad_server}/away", servers.fetch).ad.media == (FILE,)
    for path, why in (("/huge", "too large"), ("/inside", "not public")):
        with pytest.raises(Unreachable, match=why):
            servers.fetch(ad_server + path, 2.0)
    with pytest.raises(Unreachable):
        servers.fetch(f"{ad_server}/slow", 0.3)
