// Statements: read line by line, approved by a second person, issued, paid.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { Sheet } from "../shared/sheet.js";
import { plural, t } from "../shared/words.js";
import { Amount, Cell, Choice, Facts, State, Table, When, named, save, useAnswer } from "./money.js";
import { Networks } from "./networks.js";
import { Empty, Field, Form, Loaded } from "./parts.js";
import { place } from "./places.js";
import { ask, may, me } from "./session.js";

const COLUMNS = ["statements.month", "statements.payee", "statements.state", "statements.payable+"];
const LINES = ["statements.no", "statements.step", "statements.of", "statements.share+", "statements.amount+", ""];

export function Statements() {
  const number = place.value.split("/")[3];
  return number ? html`<${Statement} key=${number} number=${number} />` : html`<${List} />`;
}

function List() {
  const [month, setMonth] = useState("");
  const { state, load } = useAnswer(`/statements?month=${month}`);
  const coming = useAnswer("/settlements/next");
  const [open, setOpen] = useState("");
  const [told, setTold] = useState("");
  const done = (/** @type {string} */ sentence) => {
    setOpen("");
    setTold(sentence);
    load();
    coming.load();
  };
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title" tabindex="-1">${t("nav.statements")}</h1>
      <${Choice} id="month" label=${t("statements.month")} value=${month} onChange=${setMonth} choices=${[["", t("statements.all")], ...(state.value?.months ?? []).map((/** @type {string} */ each) => [each, each])]} /></header>
    <p class="hint">${t("statements.how")}</p>
    <p class="good" role="status">${told}</p>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { statements }) => {
        const undone = coming.state.value?.returnable;
        const issued = [...new Set(statements.filter((/** @type {any} */ each) => each.state === "issued").map((/** @type {any} */ each) => each.month))];
        return html`
        ${statements.length ? html`<${Table} caption=${t("nav.statements")} columns=${COLUMNS}>
          ${statements.map((/** @type {any} */ each) => html`<tr role="row" key=${each.id}>
            <${Cell} of="statements.month">${each.month}<//>
            <th role="rowheader" scope="row"><a class="link" href="/staff/statements/${each.id}"><bdi>${each.name}</bdi></a><small>${each.payee} · ${each.currency} · v${each.version}</small></th>
            <${Cell} of="statements.state"><${State} of="statement" state=${each.state} /><//>
            <${Cell} of="statements.payable+"><${Amount} of=${each.payable} /><//>
          </tr>`)}<//>` : html`<${Empty} title=${t("statements.none")}><p>${t("statements.none_hint")}</p><//>`}
        ${may("money.settle") && html`<p class="acts-line">
          ${coming.state.value?.month && html`<button class="act main" onClick=${() => setOpen(`close:${coming.state.value.month}`)}>${t("closing.do", { month: coming.state.value.month })}</button>`}
          ${issued.map((each) => html`<button class="act" key=${each} onClick=${() => setOpen(`pay:${each}`)}>${t("pay.do", { month: each })}</button>`)}
          ${undone && html`<button class="act danger" onClick=${() => setOpen(`back:${undone}`)}>${t("takeback.do", { month: undone })}</button>`}</p>`}
        ${month && statements.length > 0 && html`<p class="acts-line"><a class="link file" href="/api/staff/settlements/${month}/files.zip" download>${t("closing.files", { month })}</a></p>`}
        ${open.startsWith("close:") && html`<${Closing} month=${open.slice(6)} onDone=${done} onClose=${() => setOpen("")} />`}
        ${open.startsWith("pay:") && html`<${PayFile} month=${open.slice(4)} onDone=${done} onClose=${() => setOpen("")} />`}
        ${open.startsWith("back:") && html`<${TakeBack} month=${open.slice(5)} onDone=${done} onClose=${() => setOpen("")} />`}`;
      }}
    <//>
    <${Networks} />
  </section>`;
}

/** What a month would give, what is missing for it, and closing it. @param {{month: string, onDone: (told: string) => void, onClose: () => void}} props */
function Closing({ month, onDone, onClose }) {
  const { state, load } = useAnswer(`/settlements/${month}/outlook`);
  const send = async () => {
    const { statements } = await ask("POST", `/settlements/${month}/close`, { seen: state.value.seen });
    onDone(`${t("closing.closed", { month })} ${plural("closing.done", statements)}`);
  };
  return html`<${Sheet} title=${t("closing.title", { month })} onClose=${onClose} wide=${true}>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { can_close, missing, statements, own }) => html`
        <p>${t("closing.means")}</p>
        ${missing.length > 0 && html`<h3 id="missing">${t("closing.missing")}</h3><ul class="missing" aria-labelledby="missing">${missing.map((/** @type {any} */ each) => html`<li key=${each.sentence} class=${each.blocks ? "blocks" : ""}><strong>${t(each.blocks ? "closing.blocks" : "closing.later")}</strong> ${each.sentence}</li>`)}</ul>`}
        ${statements.length > 0 && html`<div class="scroll"><${Table} caption=${t("closing.statements")} columns=${["statements.payee", "statements.payable+"]}>
          ${statements.map((/** @type {any} */ each) => html`<tr role="row" key=${each.payee + each.payable.currency}><th role="rowheader" scope="row"><bdi>${each.name}</bdi><small>${each.payee}</small></th><${Cell} of="statements.payable+"><${Amount} of=${each.payable} /><//></tr>`)}<//></div>`}
        ${own.length > 0 && html`<div class="scroll"><${Table} caption=${t("closing.own")} columns=${["closing.source", "statements.amount+"]}>
          ${own.map((/** @type {any} */ each, /** @type {number} */ n) => html`<tr role="row" key=${n}><th role="rowheader" scope="row">${each.series || t("closing.no_title")}<small>${[each.market, each.stream && named(`stream.${each.stream}`, each.stream)].filter(Boolean).join(" · ")}</small></th><${Cell} of="statements.amount+"><${Amount} of=${each.amount} /><//></tr>`)}<//></div>`}
        ${state.value && !statements.length && !own.length && html`<p class="hint">${t("closing.nothing")}</p>`}
        <${Form} onSend=${send} label=${t("closing.sure", { month })} ready=${can_close}><p class="hint">${t("closing.then")}</p><//>`}
    <//>
  <//>`;
}

/** @param {{month: string, onDone: (told: string) => void, onClose: () => void}} props */
function PayFile({ month, onDone, onClose }) {
  const [on, setOn] = useState(new Date(Date.now() + 86400000).toISOString().slice(0, 10));
  const [form, setForm] = useState("xml");
  const send = async () => {
    const { files } = await ask("POST", `/settlements/${month}/pay-files`, { on, form });
    for (const file of files) save(file.name, file.text);
    onDone(plural("pay.done", files.length));
  };
  return html`<${Sheet} title=${t("pay.do", { month })} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("pay.make")} ready=${Boolean(on)}>
      <p>${t("pay.means")}</p>
      <${Field} id="on" type="date" label=${t("pay.on")} value=${on} onInput=${setOn} focus=${true} />
      <div class="field"><label for="form">${t("pay.form")}</label><select id="form" value=${form} onChange=${(/** @type {any} */ event) => setForm(event.target.value)}><option value="xml">ISO 20022 (pain.001)</option><option value="csv">CSV</option></select></div>
    <//>
  <//>`;
}

/** @param {{month: string, onDone: (told: string) => void, onClose: () => void}} props */
function TakeBack({ month, onDone, onClose }) {
  const [reason, setReason] = useState("");
  const send = async () => {
    await ask("POST", `/settlements/${month}/take-back`, { reason });
    onDone(t("takeback.done", { month }));
  };
  return html`<${Sheet} title=${t("takeback.do", { month })} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("takeback.sure")} danger=${true} ready=${Boolean(reason.trim())}>
      <p>${t("takeback.means")}</p>
      <${Field} id="reason" label=${t("money.reason")} hint=${t("money.reason_hint")} value=${reason} onInput=${setReason} maxlength="500" autocomplete="off" focus=${true} />
    <//>
  <//>`;
}

/** @param {{number: string}} props */
function Statement({ number }) {
  const path = `/statements/${encodeURIComponent(number)}`;
  const { state, load } = useAnswer(path);
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const done = () => {
    setOpen(null);
    load();
  };
  return html`<section aria-labelledby="title">
    <p class="back"><a class="link" href="/staff/statements">${t("statements.back")}</a></p>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { statement, lines, steps }) => html`
        <header class="page-head"><h1 id="title" tabindex="-1"><bdi>${statement.name}</bdi> · ${statement.month}</h1><${Next} statement=${statement} onOpen=${setOpen} /></header>
        <${Facts} rows=${[
          ["statements.state", html`<${State} of="statement" state=${statement.state} />`],
          ["statements.payable", html`<${Amount} of=${statement.payable} />`],
          ["statements.files", html`${["pdf", "xlsx", "csv"].map((ending) => html`<a class="link file" key=${ending} href="/api/staff${path}/file.${ending}" download>${ending.toUpperCase()}</a>`)}`],
          ["statements.hash", html`<code>${statement.sha256}</code>`],
        ]} />
        <ol class="trail" aria-label=${t("statements.steps")}>${steps.map((/** @type {any} */ step) => html`<li key=${step.step}><strong>${named(`step.${step.step}`, step.step)}</strong> <bdi>${step.actor_name}</bdi> <small><${When} at=${step.at} />${step.note && ` · ${step.note}`}</small></li>`)}</ol>
        <${Table} caption=${t("statements.lines")} columns=${LINES} kind="lines">
          ${lines.map((/** @type {any} */ line) => html`<tr role="row" key=${line.n} class=${line.step}>
            <${Cell} of="statements.no">${line.n}<//>
            <th role="rowheader" scope="row">${named(`line.${line.step}`, line.step)}<small>${[line.series, line.market, line.stream && named(`stream.${line.stream}`, line.stream), line.corrects && t("statements.corrects", { line: line.corrects }), line.note].filter(Boolean).join(" · ")}</small></th>
            <${Cell} of="statements.of">${line.base}<//>
            <${Cell} of="statements.share+">${line.share_percent && `${line.share_percent} %`}<//>
            <${Cell} of="statements.amount+"><${Amount} of=${line.amount} /><//>
            <td role="cell" class="acts">${line.uses && html`<button class="act small" aria-label=${t("statements.uses_of", { line: line.n })} onClick=${() => setOpen({ kind: "uses", line })}>${t("statements.uses")}</button>`}</td>
          </tr>`)}<//>
        ${open?.kind === "uses" && html`<${Uses} path=${path} line=${open.line} onClose=${() => setOpen(null)} />`}
        ${["approve", "issue", "paid"].includes(open?.kind) && html`<${Advance} kind=${open.kind} path=${path} statement=${statement} onDone=${done} onClose=${() => setOpen(null)} />`}`}
    <//>
  </section>`;
}

/** What can be done with it now, by whom. @param {{statement: any, onOpen: (open: any) => void}} props */
function Next({ statement, onOpen }) {
  const button = (/** @type {string} */ kind) => html`<button class="act main" onClick=${() => onOpen({ kind })}>${t(`advance.${kind}`)}</button>`;
  if (statement.state === "draft" && may("money.approve")) {
    if (statement.closed_by === me.value?.id) return html`<p class="count">${t("advance.not_you")}</p>`;
    return button("approve");
  }
  if (statement.state === "approved" && may("money.settle")) return button("issue");
  if (statement.state === "issued" && may("money.settle")) return button("paid");
  return null;
}

/** @param {{kind: string, path: string, statement: any, onDone: () => void, onClose: () => void}} props */
function Advance({ kind, path, statement, onDone, onClose }) {
  const [note, setNote] = useState("");
  const send = async () => {
    const body = kind === "approve" ? { content_hash: statement.sha256, reason: note } : kind === "paid" ? { reference: note } : undefined;
    await ask("POST", `${path}/${kind}`, body);
    onDone();
  };
  return html`<${Sheet} title=${t(`advance.${kind}`)} onClose=${onClose}>
    <${Form} onSend=${send} label=${t(`advance.${kind}`)} ready=${kind !== "paid" || Boolean(note.trim())}>
      <${Facts} rows=${[["statements.payee", statement.name], ["statements.month", statement.month], ["statements.payable", html`<${Amount} of=${statement.payable} />`]]} />
      <p>${t(`advance.${kind}_means`)}</p>
      ${kind === "approve" && html`<${Field} id="note" label=${t("advance.note")} value=${note} onInput=${setNote} maxlength="500" autocomplete="off" focus=${true} />`}
      ${kind === "paid" && html`<${Field} id="note" label=${t("advance.reference")} value=${note} onInput=${setNote} maxlength="100" autocomplete="off" focus=${true} />`}
    <//>
  <//>`;
}

/** @param {{path: string, line: any, onClose: () => void}} props */
function Uses({ path, line, onClose }) {
  const { state, load } = useAnswer(`${path}/lines/${line.n}/uses`);
  return html`<${Sheet} title=${t("statements.uses_of", { line: line.n })} onClose=${onClose} wide=${true}>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { stream, count, total, uses }) => html`
        <p class="hint">${plural("uses.count", count)} · <${Amount} of=${total} /> · ${t("uses.nobody")}</p>
        <div class="scroll"><${Table} caption=${t("statements.uses")} columns=${["uses.ref", `uses.${stream}+`, "uses.about", "statements.amount+"]}>
          ${uses.map((/** @type {any} */ use) => html`<tr role="row" key=${use.ref}><th role="rowheader" scope="row"><code>${use.ref}</code></th><${Cell} of=${`uses.${stream}+`}>${use.quantity}<//><${Cell} of="uses.about">${use.about}<//><${Cell} of="statements.amount+"><${Amount} of=${use.amount} /><//></tr>`)}
        <//></div>`}
    <//>
  <//>`;
}
