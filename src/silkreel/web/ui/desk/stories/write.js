// Writing: the outline, the text, and beside it what the checks say and how it plays.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Sheet } from "../../shared/sheet.js";
import { language, t } from "../../shared/words.js";
import { Loaded, Mark, Wrong } from "../parts.js";
import { ask, may } from "../session.js";
import { Clash } from "./clash.js";
import { Code } from "./code.js";
import { Findings } from "./findings.js";
import { Keeper, leftBehind, stateWords } from "./keeping.js";
import { Outline } from "./outline.js";
import { Preview } from "./preview.js";
import { carryCaret } from "./texts.js";

const KEYS = [["Ctrl S", "save"], ["Ctrl Enter", "play"], ["F8", "next"], ["Shift F8", "previous"], ["Ctrl /", "note"], ["Ctrl Z", "undo"]];
const clock = (/** @type {number} */ at) => new Intl.DateTimeFormat(language.value, { timeStyle: "short" }).format(at);

/** @param {{story: any, address: string, onChanged: () => void}} props */
export function Write({ story, address, onChanged }) {
  const asked = new URLSearchParams(location.hash.slice(1));
  const [path, setPath] = useState(asked.get("file") ?? firstFile(story));
  const [file, setFile] = useState(/** @type {any} */ ({}));
  const [goal, setGoal] = useState({ line: Number(asked.get("line") ?? 0) });
  const wanted = useRef(path); // a slow answer for a file one has left is let go
  const load = () => {
    wanted.current = path;
    setFile({});
    ask("GET", `${address}/file?path=${encodeURIComponent(path)}`).then(
      (value) => wanted.current === path && setFile({ value }),
      (error) => wanted.current === path && setFile({ error }),
    );
  };
  useEffect(load, [path, address]);
  const open = (/** @type {string} */ wanted, line = 0) => {
    setGoal({ line });
    if (wanted !== path) setPath(wanted);
  };
  return html`<${Loaded} state=${file} onRetry=${load}>
    ${(/** @type {any} */ value) => html`<${Page} key=${value.path} story=${story} address=${address} file=${value} goal=${goal} onOpen=${open} onChanged=${onChanged} onReload=${load} />`}
  <//>`;
}

/** @param {any} story */
function firstFile(story) {
  const first = story.episodes.find((/** @type {any} */ each) => each.number !== null);
  return first?.file ?? story.files.find((/** @type {any} */ each) => each.path.endsWith(".ink"))?.path ?? "story.yaml";
}

/** @param {{story: any, address: string, file: any, goal: {line: number}, onOpen: (path: string, line?: number) => void, onChanged: () => void, onReload: () => void}} props */
function Page({ story, address, file, goal, onOpen, onChanged, onReload }) {
  const hand = useRef(/** @type {import("./code.js").Hand | null} */ (null));
  const latest = useRef(file.text); // outlives the textarea: what is unsaved is saved on the way out
  const keeper = useRef(/** @type {Keeper | null} */ (null));
  const [state, setState] = useState(/** @type {import("./keeping.js").State} */ ({ kind: "kept" }));
  const [checked, setChecked] = useState(/** @type {any} */ ({}));
  const [line, setLine] = useState(1);
  const [text, setText] = useState(file.text);
  const [side, setSide] = useState("findings");
  const [view, setView] = useState("text");
  const [start, setStart] = useState(/** @type {{id: string, turn: number}} */ ({ id: "", turn: 0 }));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [sheet, setSheet] = useState("");
  const [left, setLeft] = useState(leftBehind(story.name, file.path));
  const checking = useRef(new AbortController());
  const readonly = !may("story.edit");

  const check = () => {
    checking.current.abort();
    checking.current = new AbortController();
    setChecked((/** @type {any} */ before) => ({ ...before, busy: true }));
    ask("GET", `${address}/check`, undefined, checking.current.signal).then(
      (value) => setChecked({ value: value.findings, notRun: value.not_run }),
      (refused) => refused?.name !== "AbortError" && setChecked({ error: refused }),
    );
  };
  useEffect(() => {
    const put = (/** @type {string} */ fresh) => {
      latest.current = fresh;
      hand.current?.put(fresh);
      setText(fresh);
    };
    hand.current?.put(file.text);
    const told = { story: story.name, path: file.path, text: () => latest.current, onText: put, onState: setState, onKept: () => (check(), onChanged()) };
    keeper.current = new Keeper(told, file);
    check();
    const leaving = (/** @type {BeforeUnloadEvent} */ event) => keeper.current?.dirty && event.preventDefault();
    const back = () => keeper.current?.later(0);
    addEventListener("beforeunload", leaving);
    addEventListener("online", back);
    return () => {
      removeEventListener("beforeunload", leaving);
      removeEventListener("online", back);
      checking.current.abort();
      keeper.current?.close();
    };
  }, []);
  useEffect(() => {
    if (state.kind === "clash") setSheet("clash");
  }, [state.kind]);
  useEffect(() => {
    if (goal.line) hand.current?.jump(goal.line);
  }, [goal]);

  const here = useMemo(() => (checked.value ?? []).filter((/** @type {any} */ each) => each.file === file.path), [checked.value]);
  const marks = useMemo(() => worst(here), [here]);
  const finals = useMemo(() => approvedLines(story, file.path, text.split("\n").length), [story, text]);
  const typed = () => {
    latest.current = hand.current?.text() ?? latest.current;
    setText(latest.current);
    keeper.current?.touched();
  };
  const playFrom = (/** @type {number} */ wanted) => {
    const rows = (hand.current?.text() ?? "").split("\n");
    const row = rows.slice(wanted - 1).find((each) => /#id:\S/.test(each)) ?? "";
    setStart({ id: /#id:([^\s#\]]+)/.exec(row)?.[1] ?? "", turn: Date.now() });
    setSide("play");
    setView("side");
  };
  const playNow = async (wanted = hand.current?.line() ?? 1) => {
    await keeper.current?.save();
    playFrom(wanted);
  };
  const step = (/** @type {number} */ by) => {
    const lines = here.filter((/** @type {any} */ each) => each.severity !== "I" && !each.waiver).map((/** @type {any} */ each) => each.line);
    const at = hand.current?.line() ?? 1;
    const next = by > 0 ? lines.find((/** @type {number} */ each) => each > at) ?? lines[0] : lines.filter((/** @type {number} */ each) => each < at).at(-1) ?? lines.at(-1);
    if (next) hand.current?.jump(next);
  };
  const note = () => {
    const at = hand.current?.line() ?? 1;
    const row = (hand.current?.text() ?? "").split("\n")[at - 1];
    hand.current?.replaceRows(at - 1, at, [/^\s*\/\/ ?/.test(row) ? row.replace(/\/\/ ?/, "") : row.replace(/^(\s*)/, "$1// ")]);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const held = event.ctrlKey || event.metaKey;
    const act = held && event.key === "s" ? () => keeper.current?.save() : held && event.key === "Enter" ? () => playNow() : held && event.key === "/" ? note : event.key === "F8" ? () => step(event.shiftKey ? -1 : 1) : null;
    if (!act) return;
    event.preventDefault();
    void act();
  };
  const stamp = async () => {
    setError(null);
    try {
      if (!(await keeper.current?.save())) return;
      await ask("POST", `${address}/stamp`);
      onChanged();
      onReload();
    } catch (refused) {
      setError(refused);
    }
  };
  const settle = (/** @type {any} */ fresh, /** @type {string} */ chosen) => {
    setSheet("");
    keeper.current?.goOn(fresh);
    latest.current = chosen;
    hand.current?.put(chosen);
    setText(chosen);
    setState({ kind: "kept" });
    keeper.current?.touched();
    if (!keeper.current?.dirty) keeper.current?.forget();
  };
  const revive = () => {
    if (!left) return;
    const caret = carryCaret(text, left.text, 0);
    latest.current = left.text;
    hand.current?.put(left.text);
    setText(left.text);
    if (keeper.current && left.base) keeper.current.base = left.base;
    keeper.current?.touched();
    setLeft(null);
    hand.current?.jump(left.text.slice(0, caret).split("\n").length, true);
  };
  const jump = (/** @type {string} */ wanted, /** @type {number} */ at) => {
    setView("text");
    if (wanted === file.path) requestAnimationFrame(() => hand.current?.jump(at));
    else onOpen(wanted, at);
  };
  const waive = (/** @type {any} */ found, /** @type {string} */ reason) => {
    hand.current?.insertAbove(found.line, `// OK ${found.code}: ${reason}`);
    setView("text");
  };
  const bare = text.split("\n").some((/** @type {string} */ row) => unstamped(row)) && file.path.endsWith(".ink");
  const offered = left && left.text !== file.text;
  return html`<div class="write-room view-${view}">
    <div class="write-bar">
      <button class="act small only-narrow" aria-pressed=${view === "outline"} onClick=${() => setView(view === "outline" ? "text" : "outline")}>${t("write.outline")}</button>
      <p class="keep-state ${state.kind}" role="status">${readonly ? t("write.readonly") : stateWords(state, clock)}</p>
      ${state.kind === "clash" && html`<button class="act small" onClick=${() => setSheet("clash")}>${t("clash.compare")}</button>`}
      <span class="grow"></span>
      ${!readonly && bare && html`<button class="act small" onClick=${stamp}>${t("write.stamp")}</button>`}
      <button class="act small" onClick=${() => playNow()}><${Mark} name="play" /><span class="hear-label">${t("write.play_here")}</span></button>
      <button class="act small" onClick=${() => setSheet("keys")} aria-label=${t("keys.title")}><${Mark} name="keys" /></button>
      <button class="act small only-narrow" aria-pressed=${view === "side"} onClick=${() => setView(view === "side" ? "text" : "side")}>${t(view === "side" ? "write.text" : "write.beside")}</button>
    </div>
    <${Wrong} error=${error} />
    ${offered && html`<p class="notice" role="alert"><span>${t("write.left", { time: clock(left.at) })}</span> <button class="act small" onClick=${revive}>${t("write.left_back")}</button> <button class="act small" onClick=${() => (keeper.current?.forget(), setLeft(null))}>${t("write.left_drop")}</button></p>`}
    ${sheet === "clash" && state.kind === "clash" && html`<${Clash} address=${address} path=${file.path} mine=${hand.current?.text() ?? ""} why=${state.why ?? ""} onClose=${() => setSheet("")} onSettled=${settle} />`}
    <div class="write-panes">
      <${Outline} story=${story} address=${address} path=${file.path} line=${line} onOpen=${(/** @type {string} */ wanted, /** @type {number} */ at) => (setView("text"), jump(wanted, at))} onChanged=${() => (onChanged(), onReload())} onGrown=${onChanged} />
      <${Code} hand=${hand} label=${t("write.script", { path: file.path })} marks=${marks} finals=${finals} readonly=${readonly} ink=${file.path.endsWith(".ink")} onInput=${typed} onLine=${setLine} onGutter=${(/** @type {number} */ at) => void playNow(at)} onKey=${keys} />
      <aside class="beside" aria-label=${t("write.beside")}>
        <div class="tabs" role="tablist">
          ${["findings", "play"].map((each) => html`<button key=${each} role="tab" id="tab-${each}" aria-selected=${side === each} aria-controls="beside-panel" tabindex=${side === each ? 0 : -1} onClick=${() => setSide(each)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => turn(event, setSide)}>${t(`write.${each}`)}${each === "findings" ? html` <span class="pill ${open(checked.value).kind}">${open(checked.value).count}</span>` : ""}</button>`)}
        </div>
        <div id="beside-panel" role="tabpanel" aria-labelledby="tab-${side}" class="beside-panel">
          ${side === "findings" ? html`<${Findings} checked=${checked} path=${file.path} readonly=${readonly} onJump=${jump} onWaive=${waive} onRetry=${check} />` : html`<${Preview} address=${address} start=${start} onJump=${jump} />`}
        </div>
      </aside>
    </div>
    ${sheet === "keys" && html`<${Sheet} title=${t("keys.title")} onClose=${() => setSheet("")}><dl class="keys">${KEYS.map(([combo, id]) => html`<div key=${id}><dt>${combo.split(" ").map((/** @type {string} */ each) => html`<kbd key=${each}>${each}</kbd>`)}</dt><dd>${t(`keys.${id}`)}</dd></div>`)}</dl><p class="hint">${t("keys.gutter")}</p><//>`}
  </div>`;
}

/** @param {any[] | undefined} findings */
function open(findings) {
  const waiting = (findings ?? []).filter((each) => each.severity !== "I" && !each.waiver);
  return { count: waiting.length, kind: waiting.some((each) => each.severity === "B") ? "B" : waiting.length ? "W" : "none" };
}

/** @param {KeyboardEvent} event @param {(side: any) => void} setSide */
function turn(event, setSide) {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  setSide((/** @type {string} */ side) => {
    const next = side === "findings" ? "play" : "findings";
    document.getElementById(`tab-${next}`)?.focus();
    return next;
  });
}

/** The worst finding of each line. @param {any[]} findings @returns {Map<number, string>} */
function worst(findings) {
  const found = new Map();
  for (const each of findings) {
    if (each.waiver) continue;
    const known = found.get(each.line) ?? "I";
    found.set(each.line, "BWI".indexOf(each.severity) < "BWI".indexOf(known) ? each.severity : known);
  }
  return found;
}

/** @param {any} story @param {string} path @param {number} rows @returns {[number, number][]} */
function approvedLines(story, path, rows) {
  const here = story.episodes.filter((/** @type {any} */ each) => each.file === path);
  return here.flatMap((/** @type {any} */ each, /** @type {number} */ at) => (each.state === "final" ? [[each.line, here[at + 1]?.line ?? rows + 1]] : []));
}

/** A row that says something and has no id yet. @param {string} row */
const unstamped = (row) => /^\s*[^\s=#~{}\-/*+][^#]*$/.test(row) && !/^\s*(VAR|CONST|LIST|INCLUDE|->)/.test(row);
