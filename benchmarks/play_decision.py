"""Play decisions a second on one core, against a bare JSON endpoint of the same framework.

Both are asked over HTTP in the same run; the mark is 1,000 decisions a second. Needs wrk (Debian).
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "tests")]

from segments import free_port, wait
from trial_home import Trial, open_trial, seed

MARK = 1000
CONNECTIONS = 8
SECONDS = 4
RUNS = 5
LANGUAGES = ("en", "es", "zh-Hans", "pt-BR", "ar")

SERVE = """
import sys
from pathlib import Path
import uvicorn
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.web.app import create_app
from silkreel.web.limits import RateLimit
settings = Settings(home=Path(sys.argv[1]))
app = create_app(settings, open_workshop(settings), plays=RateLimit(per_minute=10**9))
uvicorn.run(app, port=int(sys.argv[2]), loop="uvloop", http="httptools", access_log=False, log_level="warning")
"""
BARE = """
import sys
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.post("/bare")
def bare() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="warning")
"""
LUA = """
local paths = {%s}
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", paths[n %% #paths + 1], {["Accept-Language"] = "es-MX,es;q=0.9,en;q=0.5"})
end
"""


def main() -> int:
    if not shutil.which("wrk"):
        print("play_decision: skipped, wrk is not installed (apt install wrk)")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workshop = open_trial(folder / "home")
        series = Trial(languages=LANGUAGES, episodes=6, seconds=4, rungs=((90, 160), (180, 320)))
        ids = seed(workshop, series)
        workshop.database.close()
        play, bare = free_port(), free_port()
        servers = [
            on_one_core(["-c", SERVE, str(folder / "home"), str(play)]),
            on_one_core(["-c", BARE, str(bare)]),
        ]
        try:
            wait(play), wait(bare)
            scripts = {
                "decisions": script(folder / "play.lua", [f"/api/episodes/{i}/play" for i in ids]),
                "bare": script(folder / "bare.lua", ["/bare"]),
            }
            ports = {"decisions": play, "bare": bare}
            rates = {goal: [] for goal in ports}
            for _ in range(RUNS):
                for goal, port in ports.items():
                    rates[goal].append(wrk(port, scripts[goal]))
            return report(rates)
        finally:
            for server in servers:
                server.terminate()
                server.wait()


def on_one_core(words: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *words], preexec_fn=lambda: os.sched_setaffinity(0, {0})
    )


def script(path: Path, paths: list[str]) -> Path:
    path.write_text(LUA % ", ".join(f'"{p}"' for p in paths))
    return path


def wrk(port: int, lua: Path) -> tuple[float, float]:
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s", str(lua),
             f"http://127.0.0.1:{port}"]  # fmt: skip
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    last = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    milliseconds = float(last[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[last[2]]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), milliseconds


def report(rates: dict[str, list[tuple[float, float]]]) -> int:
    decisions = statistics.median(rate for rate, _ in rates["decisions"])
    bare = statistics.median(rate for rate, _ in rates["bare"])
    ratio = statistics.median(
        a / b for (a, _), (b, _) in zip(rates["decisions"], rates["bare"], strict=True)
    )
    slowest = statistics.median(last for _, last in rates["decisions"])
    print(json.dumps({"goal": "play_decision", "decisions_a_second": round(decisions),
                      "bare_json_a_second": round(bare), "ratio": round(ratio, 3),
                      "p99_milliseconds": slowest, "mark": MARK, "reached": decisions >= MARK}))  # fmt: skip
    return 0 if decisions >= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
