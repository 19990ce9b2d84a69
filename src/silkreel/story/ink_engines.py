"""JavaScript engines that run inkjs inside a child: V8 by package, the program node, QuickJS.

None of them gives a script the disk, the network or a clock it could wait on.
"""

import json
import subprocess
from collections.abc import Callable
from typing import Any

from silkreel.story.inkjs import EngineGaveUp, inkjs_source

MEGABYTE = 1024**2
# node reads one JSON request and runs it in a context that holds the language and nothing else.
NODE_PROGRAM = """
const vm = require("vm");
const { script, call, given } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const context = vm.createContext({ given: JSON.stringify(given) });
vm.runInContext(script, context);
const answer = vm.runInContext(`JSON.stringify(silkreel.${call}(...JSON.parse(given)))`, context);
process.stdout.write(answer);
"""

Compile = Callable[[str, dict[str, str], float, int], dict[str, Any]]


class Racer:
    """inkjs in V8 by mini-racer, kept for many calls."""

    def __init__(self, memory_bytes: int) -> None:
        from py_mini_racer import MiniRacer

        self._context = MiniRacer()
        self._context.set_hard_memory_limit(memory_bytes)
        self._context.eval(inkjs_source())

    def call(self, name: str, *given: object, seconds: float) -> Any:
        """Call one function of our driver.

        Raises:
            EngineGaveUp: time or memory ran out.
        """
        from py_mini_racer import JSOOMException, JSTimeoutException

        arguments = ",".join(json.dumps(each) for each in given)
        try:
            answer = self._context.eval(
                f"JSON.stringify(silkreel.{name}({arguments})) || 'null'", timeout_sec=seconds
            )
        except JSTimeoutException:
            raise EngineGaveUp(why=f"not done after {seconds:.0f} seconds") from None
        except JSOOMException:
            raise EngineGaveUp(why="its memory ran out") from None
        return json.loads(str(answer))


def compile_in_racer(
    entry: str, files: dict[str, str], seconds: float, memory_bytes: int
) -> dict[str, Any]:
    """Compile in V8."""
    answer: dict[str, Any] = Racer(memory_bytes).call("compile", entry, files, seconds=seconds)
    return answer


def compile_in_node(
    entry: str, files: dict[str, str], seconds: float, memory_bytes: int
) -> dict[str, Any]:
    """Compile in the program node, which ends with this process's group.

    Raises:
        EngineGaveUp: it ended without an answer or not in time.
    """
    order = {"script": inkjs_source(), "call": "compile", "given": [entry, files]}
    heap = f"--max-old-space-size={memory_bytes // MEGABYTE}"
    try:
        done = subprocess.run(
            ["node", heap, "--eval", NODE_PROGRAM],
            input=json.dumps(order).encode(), capture_output=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise EngineGaveUp(why=f"not done after {seconds:.0f} seconds") from None
    if done.returncode:
        raise EngineGaveUp(why=f"ended with code {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def compile_in_quickjs(
    entry: str, files: dict[str, str], seconds: float, memory_bytes: int
) -> dict[str, Any]:
    """Compile in QuickJS: a tenth of V8's size, some eight times slower.

    Raises:
        EngineGaveUp: time or memory ran out.
    """
    import quickjs

    context = quickjs.Context()
    context.set_memory_limit(memory_bytes)
    context.set_time_limit(seconds)
    context.set_max_stack_size(8 * MEGABYTE)
    try:
        context.eval(inkjs_source())
        given = f"{json.dumps(entry)},{json.dumps(files)}"
        answer = context.eval(f"JSON.stringify(silkreel.compile({given}))")
    except quickjs.JSException as problem:
        raise EngineGaveUp(why=str(problem)[:200]) from None
    compiled: dict[str, Any] = json.loads(answer)
    return compiled


COMPILERS: dict[str, Compile] = {
    "mini-racer": compile_in_racer,
    "node": compile_in_node,
    "quickjs": compile_in_quickjs,
}
