// Small parts every page of the desk is made of.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { t } from "../shared/words.js";

const STROKES = {
  team: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.300a3.500 3.500 0 0 1 0 6.400M18 14.200A6.500 6.500 0 0 1 21.500 20",
  log: "M6 3h9l4 4v14H6zM14.500 3v4.500H19M9 12h7M9 16h7",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 21a7.500 7.500 0 0 1 15 0",
  orders: "M5 8h14l-1 12H6zM9 8V6.500a3 3 0 0 1 6 0V8",
  wallet: "M4 7.500A2.500 2.500 0 0 1 6.500 5H18v3.500M4 7.500V18a1.500 1.500 0 0 0 1.500 1.500H20v-11H6.500A1.500 1.500 0 0 1 4 7.500zM16 14h.01",
  reconcile: "M7 4v13M3.500 13.500L7 17l3.500-3.500M17 20V7M13.500 10.500L17 7l3.500 3.500",
  ledger: "M6 3.500h12v17H6zM9.500 3.500v17M12.500 8h3M12.500 12h3",
  statements: "M6 3h9l4 4v14H6zM14.500 3v4.500H19M9 17l2-3 2 1.500L15.500 12",
  story: "M5 4h9.500A2.500 2.500 0 0 1 17 6.500V20H7.500A2.500 2.500 0 0 1 5 17.500zM17 8h2v12h-2M8.500 8.500h5M8.500 12h5",
  play: "M8 5.500l10 6.500-10 6.500z",
  back: "M15 5l-7 7 7 7",
  check: "M5 12.500l4.500 4.500L19 7.500",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  letters: "M3.500 6h17v12.500h-17zM4 6.500l8 6.500 8-6.500",
  moon: "M19 14.500A8 8 0 0 1 9.500 5a8 8 0 1 0 9.500 9.500z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2",
  keys: "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 14.500h8",
  menu: "M4 7h16M4 12h16M4 17h16",
  out: "M14 4H5v16h9M11 12h10M17.500 8.500L21 12l-3.500 3.500",
  plus: "M12 5v14M5 12h14",
  shield: "M12 3l7.500 3v5.500c0 4.500-3 8-7.500 9.500-4.500-1.500-7.500-5-7.500-9.500V6z",
};

/** @param {{name: string}} props */
export function Mark({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${STROKES[/** @type {keyof typeof STROKES} */ (name)]} /></svg>`;
}

/** A labelled input. `hint` is read with it; `autofocus` is what an opening dialog looks for. @param {any} props */
export function Field({ id, label, hint, value, onInput, focus = false, ...rest }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    if (focus) input.current?.focus();
  }, [focus]);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input ref=${input} id=${id} value=${value} autofocus=${focus} aria-describedby=${hint ? `${id}-hint` : undefined} onInput=${(/** @type {any} */ event) => onInput(event.target.value)} ...${rest} />
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

/** What went wrong, said at once to those who listen. @param {{error: any}} props */
export function Wrong({ error }) {
  return html`<div role="alert">${error && html`<p class="wrong">${error.message}</p>`}</div>`;
}

/** A form that sends once at a time and shows the refusal where one looks.
 * @param {{onSend: () => Promise<unknown>, label: string, children: any, danger?: boolean, ready?: boolean}} props */
export function Form({ onSend, label, children, danger = false, ready = true }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const alive = useRef(true);
  useEffect(() => () => void (alive.current = false), []);
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy || !ready) return;
    setBusy(true);
    setError(null);
    try {
      await onSend();
    } catch (refused) {
      if (alive.current) setError(refused);
    }
    if (alive.current) setBusy(false);
  };
  return html`<form class="form" onSubmit=${send} novalidate>
    ${children}
    <${Wrong} error=${error} />
    <button class=${danger ? "act danger" : "act main"} type="submit" aria-disabled=${busy || !ready}>${busy ? t("desk.busy") : label}</button>
  </form>`;
}

/** @param {{title: string, children?: any}} props */
export function Empty({ title, children }) {
  return html`<div class="empty"><p><strong>${title}</strong></p>${children}</div>`;
}

/** Something to load: waiting, failed or there. @param {{state: {value?: any, error?: any}, onRetry: () => void, children: (value: any) => any}} props */
export function Loaded({ state, onRetry, children }) {
  if (state.error)
    return html`<div class="empty" role="alert"><p><strong>${t("desk.trouble")}</strong></p><p>${state.error.message}</p><button class="act" onClick=${onRetry}>${t("desk.retry")}</button></div>`;
  if (state.value === undefined) return html`<p class="waiting-line" aria-busy="true">${t("desk.loading")}</p>`;
  return children(state.value);
}

/** A text to hand over, with a button that copies it; `first`: where an opening dialog begins.
 * @param {{id: string, label: string, text: string, first?: boolean}} props */
export function Copy({ id, label, text, first = false }) {
  const [copied, setCopied] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const copy = async () => {
    input.current?.select();
    await navigator.clipboard?.writeText(text).catch(() => {});
    setCopied(true);
  };
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="copy"><input ref=${input} id=${id} value=${text} readonly onFocus=${(/** @type {any} */ event) => event.target.select()} />
    <button class="act" type="button" autofocus=${first} onClick=${copy}>${copied ? t("desk.copied") : t("desk.copy")}</button></div>
    <span class="visually-hidden" role="status">${copied ? t("desk.copied") : ""}</span>
  </div>`;
}

/** A role's name in the reader's language. @param {string} name @param {string} [title] */
export function roleName(name, title) {
  const id = `role.${name}`;
  const told = t(id);
  return told === id ? (title ?? name) : told;
}
