// The log: what was done, by whom, newest first; searched, and read page by page.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { language, t } from "../shared/words.js";
import { Empty, Loaded } from "./parts.js";
import { ask } from "./session.js";

const REST_MILLISECONDS = 220;
const PAGE = 50;

export function Log() {
  const [words, setWords] = useState("");
  const [query, setQuery] = useState("");
  const [trail, setTrail] = useState(/** @type {number[]} */ ([])); // where the pages before this one began
  const [state, setState] = useState(/** @type {any} */ ({}));
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const before = trail.at(-1);
  const load = (/** @type {AbortSignal} */ signal) => {
    const asked = new URLSearchParams({ q: query, limit: String(PAGE), ...(before ? { before: String(before) } : {}) });
    ask("GET", `/audit?${asked}`, undefined, signal).then(
      (value) => setState({ value }),
      (error) => error?.name !== "AbortError" && setState({ error }),
    );
  };
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal);
    return () => abort.abort();
  }, [query, before]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (words.trim() === query) return;
      setTrail([]);
      setQuery(words.trim());
    }, REST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [words]);
  const turn = (/** @type {number[]} */ next) => {
    setTrail(next);
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  };
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title" ref=${heading} tabindex="-1">${t("nav.log")}</h1>
      <div class="search-line"><label class="visually-hidden" for="search">${t("log.search")}</label><input id="search" type="search" placeholder=${t("log.search")} maxlength="100" value=${words} onInput=${(/** @type {any} */ event) => setWords(event.target.value)} /></div>
    </header>
    <p class="hint">${t("log.what")}</p>
    <${Loaded} state=${state} onRetry=${() => load(new AbortController().signal)}>
      ${(/** @type {any} */ { entries, next_before }) => html`
        <p class="visually-hidden" role="status">${t("log.shown", { count: entries.length })}</p>
        ${entries.length ? html`<${Entries} entries=${entries} />` : html`<${Empty} title=${query ? t("log.none", { query }) : t("log.empty")} />`}
        ${(trail.length > 0 || next_before) && html`<nav class="pager" aria-label=${t("log.pages")}>
          <button class="act" disabled=${!trail.length} onClick=${() => turn(trail.slice(0, -1))}>${t("log.newer")}</button>
          <button class="act" disabled=${!next_before} onClick=${() => turn([...trail, next_before])}>${t("log.older")}</button>
        </nav>`}`}
    <//>
  </section>`;
}

/** @param {{entries: any[]}} props */
function Entries({ entries }) {
  const columns = ["log.when", "log.who", "log.did", "log.change"];
  return html`<table class="rows log" role="table">
    <caption class="visually-hidden">${t("nav.log")}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map((id) => html`<th key=${id} role="columnheader" scope="col">${t(id)}</th>`)}</tr></thead>
    <tbody role="rowgroup">${entries.map((entry) => html`<${Row} key=${entry.number} entry=${entry} />`)}</tbody>
  </table>`;
}

/** @param {{entry: any}} props */
function Row({ entry }) {
  const at = new Date(entry.at);
  const when = new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "medium" }).format(at);
  const who = entry.actor_name || t(entry.actor_kind === "nobody" ? "log.nobody" : "log.machine");
  return html`<tr role="row">
    <td role="cell" class="when"><time datetime=${entry.at}>${when}</time><small>#${entry.number}</small></td>
    <td role="cell"><strong><bdi>${who}</bdi></strong>${entry.actor_kind === "machine" && html`<small>${t("log.machine")}</small>`}</td>
    <td role="cell"><strong class=${entry.action.endsWith("refused") || entry.action.endsWith("forbidden") ? "no" : ""}>${actionName(entry.action)}</strong><small><bdi>${subject(entry)}</bdi></small></td>
    <td role="cell"><${Change} entry=${entry} /></td>
  </tr>`;
}

/** @param {{entry: any}} props */
function Change({ entry }) {
  const keys = [...new Set([...Object.keys(entry.before), ...Object.keys(entry.after)])];
  return html`<details><summary>${keys.length ? html`<${Short} entry=${entry} names=${keys} />` : t("log.details")}</summary>
    <dl>
      ${keys.map((key) => html`<div key=${key}><dt>${fieldName(key)}</dt><dd>${key in entry.before && html`<del>${plain(entry.before[key])}</del> → `}<ins>${plain(entry.after[key])}</ins></dd></div>`)}
      ${entry.reason && html`<div><dt>${t("log.reason")}</dt><dd>${entry.reason}</dd></div>`}
      <div><dt>${t("log.subject")}</dt><dd><code>${entry.subject}</code></dd></div>
      ${entry.request_id && html`<div><dt>${t("log.request")}</dt><dd><code>${entry.request_id}</code></dd></div>`}
      <div><dt>${t("log.hash")}</dt><dd><code>${entry.hash}</code></dd></div>
    </dl></details>`;
}

/** @param {{entry: any, names: string[]}} props */
function Short({ entry, names }) {
  const key = names.find((name) => name in entry.after) ?? names[0];
  const was = key in entry.before ? `${plain(entry.before[key])} → ` : "";
  return html`<span><span class="faint">${fieldName(key)}</span> ${was}${plain(entry.after[key])}</span>`;
}

/** @param {any} value */
function plain(value) {
  if (value === undefined || value === null) return "–";
  if (typeof value === "boolean") return t(value ? "log.yes" : "log.no");
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(new Date(value));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a changed thing is called. @param {string} key */
function fieldName(key) {
  const id = `field.${key}`;
  const told = t(id);
  return told === id ? key.replaceAll("_", " ") : told;
}

/** @param {any} entry */
const subject = (entry) => entry.subject_name || (entry.subject === "staff:unknown" ? t("log.unknown") : entry.subject.replace(/^request:/, ""));

/** @param {string} action */
function actionName(action) {
  const id = `action.${action}`;
  const told = t(id);
  return told === id ? action : told;
}
