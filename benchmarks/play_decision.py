"""Play decisions a second on one core, against a bare JSON endpoint of the same framework.

Both are asked over HTTP in the same run. What counts is answers by second of the server's own CPU
time, which neighbours on the machine cannot take away; the mark is 1,000. Needs wrk (Debian).
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "tests")]

from segments import free_port, wait  # noqa: E402
from trial_home import Trial, open_trial, seed  # noqa: E402

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
uvicorn.run(app, port=int(sys.argv[2]), loop="uvloop", http="httptools", access_log=False, log_level="error")
"""
BARE = """
import sys
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.post("/bare")
def bare() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="error")
"""
LUA = """
local paths = {%s}
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", paths[n %% #paths + 1], {["Accept-Language"] = "es-MX,es"})
end
"""


def main() -> int:
    if not shutil.which("wrk"):
        print("play_decision: not measured, wrk is not installed (apt install wrk)")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workshop = open_trial(folder / "home")
        series = Trial(languages=LANGUAGES, episodes=6, seconds=4, rungs=((90, 160), (180, 320)))
        ids = seed(workshop, series)
        workshop.database.close()
        play, bare = free_port(), free_port()
        servers = {
            "decisions": on_one_core(["-c", SERVE, str(folder / "home"), str(play)]),
            "bare": on_one_core(["-c", BARE, str(bare)]),
        }
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
                    rates[goal].append(wrk(servers[goal], port, scripts[goal]))
            return report(rates)
        finally:
            for server in servers.values():
                server.terminate()
                server.wait()


def on_one_core(words: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["taskset", "-c", "0", sys.executable, *words])


def script(path: Path, paths: list[str]) -> Path:
    path.write_text(LUA % ", ".join(f'"{p}"' for p in paths))
    return path


@dataclass(frozen=True)
class Run:
    """One run of wrk: answers by second of the server's CPU time, by second, and the slowest."""

    by_cpu_second: float
    by_second: float
    p99_milliseconds: float


def wrk(server: subprocess.Popen[bytes], port: int, lua: Path) -> Run:
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency"]
    before = cpu_seconds(server.pid)
    said = subprocess.run(
        [*words, "-s", str(lua), f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    spent = cpu_seconds(server.pid) - before
    assert "Non-2xx" not in said, said
    last = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    milliseconds = float(last[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[last[2]]
    answers = int(re.search(r"(\d+) requests in", said)[1])
    return Run(
        answers / spent, float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), milliseconds
    )


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(runs: dict[str, list[Run]]) -> int:
    by_cpu = {name: statistics.median(r.by_cpu_second for r in each) for name, each in runs.items()}
    by_second = {name: statistics.median(r.by_second for r in each) for name, each in runs.items()}
    found = {
        "goal": "play_decision",
        "decisions_a_cpu_second": round(by_cpu["decisions"]),
        "bare_json_a_cpu_second": round(by_cpu["bare"]),
        "ratio": round(by_cpu["decisions"] / by_cpu["bare"], 3),
        "decisions_a_second": round(by_second["decisions"]),
        "p99_milliseconds": statistics.median(r.p99_milliseconds for r in runs["decisions"]),
        "mark": MARK,
        "reached": by_cpu["decisions"] >= MARK,
    }
    print(json.dumps(found))
    return 0 if found["reached"] else 1


if __name__ == "__main__":
    sys.exit(main())
