"""Our segment server against nginx: the same file, ranges, machine and run, both on one core.

Prints requests a second of each and their ratio; the mark is 0.8. Needs wrk and nginx (Debian).
"""

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from silkreel.catalogue.tables import EpisodeRow, RenditionRow, SeriesRow
from silkreel.kit.clock import now
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.web.tokens import Signer, load_keys

MARK = 0.8
FILE_BYTES = 16 * 1024 * 1024
RANGE_BYTES = 512 * 1024  # a two-second segment of a 2 Mbps rung
CONNECTIONS = 16
SECONDS = 4
RUNS = 5

SERVE = """
import sys
from pathlib import Path
from silkreel.kit.settings import Settings
from silkreel.web.server import serve
serve(Settings(home=Path(sys.argv[1]), port=int(sys.argv[2])))
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr warn; user root;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  open_file_cache max=100;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ root {folder}/www; }} }}
}}
"""
LUA = """
local starts = {%s}
local n = 0
request = function()
  n = n + 1
  local start = starts[n %% #starts + 1]
  return wrk.format("GET", nil, {["Range"] = "bytes=" .. start .. "-" .. (start + %d)})
end
"""


def main() -> int:
    if not shutil.which("wrk") or not shutil.which("nginx"):
        print("segments: not measured, wrk or nginx is not installed (apt install wrk nginx-light)")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = make_home(folder / "home")
        (folder / "www").mkdir()
        (folder / "www" / "segment.mp4").write_bytes(path.read_bytes())
        starts = ", ".join(str(n * RANGE_BYTES) for n in range(FILE_BYTES // RANGE_BYTES))
        script = folder / "ranges.lua"
        script.write_text(LUA % (starts, RANGE_BYTES - 1))
        ours, theirs = free_port(), free_port()
        config = folder / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, port=theirs))
        servers = [
            subprocess.Popen([sys.executable, "-c", SERVE, str(folder / "home"), str(ours)]),
            subprocess.Popen(["nginx", "-c", str(config), "-p", str(folder)]),
        ]
        try:
            wait(ours), wait(theirs)
            addresses = {
                "silkreel": f"http://127.0.0.1:{ours}{our_address(folder / 'home', path)}",
                "nginx": f"http://127.0.0.1:{theirs}/segment.mp4",
            }
            return report(measure(addresses, script))
        finally:
            for server in servers:
                server.terminate()
                server.wait()


def make_home(home: Path) -> Path:
    settings = Settings(home=home)
    workshop = open_workshop(settings)
    content_hash = workshop.store.write(os.urandom(FILE_BYTES), ".mp4")
    with workshop.transaction() as tx:
        tx.add(SeriesRow(id="s", slug="s", source_language="en", made_at=now()))
        tx.flush()
        tx.add(
            EpisodeRow(
                id="e", series_id="s", number=1, asset="bench", master_hash="", master_suffix="",
                width_pixels=1, height_pixels=1, frame_rate="25", frame_count=1, length_seconds=1,
            )
        )  # fmt: skip
        tx.flush()
        tx.add(
            RenditionRow(
                id="r", episode_id="e", kind="video", name="v", content_hash=content_hash,
                suffix=".mp4", size_bytes=FILE_BYTES, made_at=now(),
            )
        )  # fmt: skip
    workshop.database.close()
    return workshop.store.path(content_hash, ".mp4")


def our_address(home: Path, path: Path) -> str:
    base, _ = Signer(load_keys(home)).base("bench")
    return f"{base}{path.stem[:32]}.mp4"


def measure(addresses: dict[str, str], script: Path) -> dict[str, list[float]]:
    """Turn by turn, so that what else the machine does hits both alike."""
    rates: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(RUNS):
        for name, address in addresses.items():
            rates[name].append(wrk(address, script))
    return rates


def wrk(address: str, script: Path) -> float:
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script), address]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def report(rates: dict[str, list[float]]) -> int:
    middle = {name: statistics.median(values) for name, values in rates.items()}
    ratios = [a / b for a, b in zip(rates["silkreel"], rates["nginx"], strict=True)]
    ratio = statistics.median(ratios)
    gigabytes = middle["silkreel"] * RANGE_BYTES / 1e9
    print(json.dumps({"goal": "segments", "requests_a_second": middle, "ratio": round(ratio, 3),
                      "spread": [round(min(ratios), 3), round(max(ratios), 3)], "mark": MARK,
                      "gigabytes_a_second": round(gigabytes, 2), "reached": ratio >= MARK}))  # fmt: skip
    return 0 if ratio >= MARK else 1


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"nothing answers on port {port}")


if __name__ == "__main__":
    sys.exit(main())
