// Parts the money pages share: amounts, times, states, tables, and lists that are searched and paged.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { language, t } from "../shared/words.js";
import { ask } from "./session.js";

const REST_MILLISECONDS = 220;
const PAGE = 25;

/** @typedef {{minor: number, currency: string, text: string}} Money */

/** An exact amount, as the reader's language writes it. @param {{of: Money | null}} props */
export function Amount({ of }) {
  if (!of) return html`<span class="faint">–</span>`;
  const format = new Intl.NumberFormat(language.value, { style: "currency", currency: of.currency, currencyDisplay: "code" });
  return html`<span class=${of.minor < 0 ? "amount less" : "amount"}>${format.format(Number(of.text.split(" ")[0]))}</span>`;
}

/** @param {{count: number, sign?: boolean}} props */
export function Coins({ count, sign = false }) {
  const format = new Intl.NumberFormat(language.value, sign ? { signDisplay: "exceptZero" } : {});
  return html`<span class="amount">${format.format(count)}</span>`;
}

/** @param {{at: string | null}} props */
export function When({ at }) {
  if (!at) return null;
  const format = new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" });
  return html`<time datetime=${at}>${format.format(new Date(at))}</time>`;
}

const GOOD = ["paid", "matched", "made", "issued", "sent"];
const ODD = ["mismatch", "disputed", "charged_back", "unknown", "amount_differs", "only_ours", "only_theirs", "dead"];
const WAITING = ["pending", "created", "proposed", "draft", "approved", "waiting"];

/** A state with a dot that says how it stands. @param {{of: string, state: string}} props */
export function State({ of, state }) {
  const kind = GOOD.includes(state) ? "good" : ODD.includes(state) ? "bad" : WAITING.includes(state) ? "warn" : "";
  return html`<span class="state ${kind}">${named(`${of}.${state}`, state)}</span>`;
}

/** A word of the catalogue, else the thing's own name. @param {string} id @param {string} otherwise */
export function named(id, otherwise) {
  const told = t(id);
  return told === id ? otherwise.replaceAll("_", " ") : told;
}

/** Rows under named columns; a column whose id ends in + holds numbers. @param {{caption: string, columns: string[], children: any, kind?: string}} props */
export function Table({ caption, columns, children, kind = "" }) {
  return html`<table class="rows money ${kind}" role="table">
    <caption class="visually-hidden">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map((id) => html`<th key=${id} role="columnheader" scope="col" class=${id.endsWith("+") ? "number" : ""}>${id === "" ? html`<span class="visually-hidden">${t("money.actions")}</span>` : t(id.replace("+", ""))}</th>`)}</tr></thead>
    <tbody role="rowgroup">${children}</tbody>
  </table>`;
}

/** A cell that keeps its column's name on a phone. @param {{of: string, children: any}} props */
export function Cell({ of, children }) {
  return html`<td role="cell" data-label=${t(of.replace("+", ""))} class=${of.endsWith("+") ? "number" : ""}>${children}</td>`;
}

/** What an address answers: loading, failed or there; `load` asks again. @param {string} path */
export function useAnswer(path) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const newest = useRef(0);
  const load = (/** @type {AbortSignal | undefined} */ signal) => {
    const mine = ++newest.current;
    return ask("GET", path, undefined, signal).then(
      (value) => mine === newest.current && setState({ value }),
      (error) => error?.name !== "AbortError" && mine === newest.current && setState({ error }),
    );
  };
  useEffect(() => {
    const abort = new AbortController();
    setState((/** @type {any} */ before) => (before.value ? before : {}));
    load(abort.signal);
    return () => abort.abort();
  }, [path]);
  return { state, load: () => load(undefined) };
}

/** A list that is searched and read page by page. @param {string} path @param {Record<string, string>} [filters] */
export function useList(path, filters = {}) {
  const [words, setWords] = useState("");
  const [query, setQuery] = useState("");
  const [trail, setTrail] = useState(/** @type {(string | number)[]} */ ([])); // where the pages before began
  const before = trail.at(-1);
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
  const asked = new URLSearchParams({ ...(query ? { q: query } : {}), ...given, limit: String(PAGE), ...(before ? { before: String(before) } : {}) });
  const { state, load } = useAnswer(`${path}?${asked}`);
  useEffect(() => setTrail([]), [JSON.stringify(given)]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (words.trim() === query) return;
      setTrail([]);
      setQuery(words.trim());
    }, REST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [words]);
  const turn = (/** @type {(string | number)[]} */ next) => {
    setTrail(next);
    document.getElementById("title")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  };
  return { state, load, words, setWords, query, trail, turn };
}

/** @param {{list: any, label: string}} props */
export function SearchLine({ list, label }) {
  return html`<div class="search-line"><label class="visually-hidden" for="search">${label}</label><input id="search" type="search" placeholder=${label} maxlength="100" value=${list.words} onInput=${(/** @type {any} */ event) => list.setWords(event.target.value)} /></div>`;
}

/** @param {{list: any, next: string | number | null}} props */
export function Pager({ list, next }) {
  if (!list.trail.length && !next) return null;
  return html`<nav class="pager" aria-label=${t("money.pages")}>
    <button class="act" disabled=${!list.trail.length} onClick=${() => list.turn(list.trail.slice(0, -1))}>${t("log.newer")}</button>
    <button class="act" disabled=${!next} onClick=${() => list.turn([...list.trail, next])}>${t("log.older")}</button>
  </nav>`;
}

/** @param {{id: string, label: string, value: string, onChange: (value: string) => void, choices: [string, string][]}} props */
export function Choice({ id, label, value, onChange, choices }) {
  return html`<div class="choice"><label class="visually-hidden" for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${(/** @type {any} */ event) => onChange(event.target.value)}>${choices.map(([key, told]) => html`<option key=${key} value=${key}>${told}</option>`)}</select></div>`;
}

/** Facts about one thing, name by name. @param {{rows: [string, any][]}} props */
export function Facts({ rows }) {
  return html`<dl class="facts">${rows.map(([name, told]) => html`<div key=${name}><dt>${t(name)}</dt><dd>${told}</dd></div>`)}</dl>`;
}

/** Hand a text to the browser as a file. @param {string} name @param {string} text */
export function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
