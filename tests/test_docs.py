"""The docs say what the code does, and hold to their own rules."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
# Hosts of package indexes, written apart so that this file does not hold them itself.
HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb" + "ian.org/debian",
)
# Figures and sentences of others may be long; a line of a lock or a vendored file is not ours.
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".txt",
    ".in",
    ".js",
    ".css",
    ".html",
    ".json",
    ".lock",
    "",
}


def _tracked():
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [ROOT / name for name in names.decode().split("\0") if name]


def test_the_reference_is_what_the_code_says():
    program = [sys.executable, "docs/make_reference.py", "--check"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_sentence_of_the_code_stands_in_the_catalogues():
    program = [sys.executable, "-m", "silkreel.locale", "check"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_link_inside_the_docs_leads_somewhere():
    broken = []
    for page in PAGES:
        targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        inside = [target for target in targets if "://" not in target]
        broken += [f"{page.name}: {name}" for name in inside if not (page.parent / name).exists()]
    assert broken == []


def test_every_file_the_docs_name_is_there():
    missing = []
    for page in PAGES:
        if page.parent.name != "reference":
            text = page.read_text(encoding="utf-8")
            named = re.findall(r"`((?:src|docs|tests|benchmarks)/[\w./-]+\.\w+)`", text)
            missing += [f"{page.name}: {name}" for name in named if not (ROOT / name).exists()]
    assert missing == []


def test_the_readme_names_the_two_commands_and_its_limits():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
    assert "## Limits" in text


def test_every_decision_has_a_number_of_its_own():
    numbers = [path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdigit() for number in numbers)


def test_no_committed_file_names_a_package_index():
    named = [
        str(path.relative_to(ROOT))
        for path in _tracked()
        if path.is_file()
        and path.suffix in TEXTS
        and path.stat().st_size < 2_000_000
        and any(host in path.read_text(encoding="utf-8", errors="ignore") for host in HOSTS)
    ]
    assert named == []
