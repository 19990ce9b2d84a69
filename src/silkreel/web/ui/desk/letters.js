// Letters to viewers: the queue, one of them read as it was sent, and those given up sent again.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { Sheet } from "../shared/sheet.js";
import { plural, t } from "../shared/words.js";
import { Cell, Choice, Facts, Pager, State, Table, When, named, useAnswer, useList } from "./money.js";
import { Empty, Field, Form, Loaded } from "./parts.js";
import { place } from "./places.js";
import { ask, may } from "./session.js";

const STATES = ["dead", "waiting", "sent", "moot"];
const COLUMNS = ["letters.made", "letters.letter", "letters.state", "letters.viewer"];

export function Letters() {
  const number = place.value.split("/")[3];
  return number ? html`<${Letter} key=${number} number=${number} />` : html`<${Queue} />`;
}

function Queue() {
  const [state, setState] = useState("");
  const [viewer, setViewer] = useState("");
  const list = useList("/letters", { state, viewer });
  const [open, setOpen] = useState("");
  const [told, setTold] = useState("");
  const found = (/** @type {string} */ whose) => {
    setOpen("");
    setViewer(whose);
  };
  const again = (/** @type {number} */ count) => {
    setOpen("");
    setTold(plural("letters.begun", count));
    list.load();
  };
  return html`<section class="letters" aria-labelledby="title">
    <header class="page-head"><h1 id="title" tabindex="-1">${t("nav.letters")}</h1>
      <button class="act" onClick=${() => setOpen("find")}>${t("letters.find")}</button>
      <${Choice} id="state" label=${t("letters.state")} value=${state} onChange=${setState} choices=${[["", t("letters.any")], ...STATES.map((each) => [each, named(`letter.${each}`, each)])]} />
    </header>
    <p class="good" role="status">${told}</p>
    ${viewer && html`<p class="acts-line"><span>${t("letters.to_viewer")}</span> <code>${viewer}</code> <button class="act small" onClick=${() => setViewer("")}>${t("letters.everybody")}</button></p>`}
    <${Loaded} state=${list.state} onRetry=${list.load}>
      ${(/** @type {any} */ { letters, counts, can_send, next_before }) => html`
        ${!can_send && html`<p class="wrong">${t("letters.no_server")}</p>`}
        <p class="hint" role="status">${STATES.map((each) => `${named(`letter.${each}`, each)}: ${counts[each]}`).join(" · ")}</p>
        ${counts.dead > 0 && !viewer && may("viewers.edit") && html`<p class="acts-line"><button class="act" onClick=${() => setOpen("again")}>${plural("letters.all_again", counts.dead)}</button></p>`}
        ${letters.length ? html`<${Table} caption=${t("nav.letters")} columns=${COLUMNS}>${letters.map((/** @type {any} */ each) => html`<${Row} key=${each.id} letter=${each} />`)}<//>` : html`<${Empty} title=${t(state || viewer ? "letters.none" : "letters.empty")}>${!state && !viewer && html`<p>${t("letters.empty_hint")}</p>`}<//>`}
        <${Pager} list=${list} next=${next_before} />
        ${open === "again" && html`<${Again} count=${counts.dead} onDone=${again} onClose=${() => setOpen("")} />`}`}
    <//>
    ${open === "find" && html`<${Find} onFound=${found} onClose=${() => setOpen("")} />`}
  </section>`;
}

/** @param {{letter: any}} props */
function Row({ letter }) {
  return html`<tr role="row">
    <${Cell} of="letters.made"><${When} at=${letter.made_at} /><//>
    <th role="rowheader" scope="row"><a class="link" href="/staff/letters/${letter.id}">${named(`letter_kind.${letter.kind}`, letter.kind)}</a><small>#${letter.id}${letter.problem && html` · <bdi>${letter.problem}</bdi>`}</small></th>
    <${Cell} of="letters.state"><${State} of="letter" state=${letter.state} />${letter.tries > 0 && html`<small>${plural("letters.tries", letter.tries)}</small>`}<//>
    <${Cell} of="letters.viewer"><code>${letter.viewer}</code><//>
  </tr>`;
}

/** @param {{onFound: (viewer: string) => void, onClose: () => void}} props */
function Find({ onFound, onClose }) {
  const [address, setAddress] = useState("");
  const send = async () => onFound((await ask("POST", "/letters/find", { address: address.trim() })).viewer);
  return html`<${Sheet} title=${t("letters.find")} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("letters.look")} ready=${Boolean(address.trim())}>
      <${Field} id="address" type="email" label=${t("letters.address")} hint=${t("letters.looked")} value=${address} onInput=${setAddress} maxlength="200" autocomplete="off" autocapitalize="none" spellcheck=${false} focus=${true} />
    <//>
  <//>`;
}

/** @param {{count: number, onDone: (count: number) => void, onClose: () => void}} props */
function Again({ count, onDone, onClose }) {
  const send = async () => onDone((await ask("POST", "/letters/again")).count);
  return html`<${Sheet} title=${plural("letters.all_again", count)} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("letters.again")}><p>${t("letters.again_means")}</p><//>
  <//>`;
}

/** @param {{number: string}} props */
function Letter({ number }) {
  const path = `/letters/${encodeURIComponent(number)}`;
  const { state, load } = useAnswer(path);
  const [told, setTold] = useState("");
  const again = async () => {
    await ask("POST", `${path}/again`);
    setTold(plural("letters.begun", 1));
    load();
  };
  return html`<section aria-labelledby="title">
    <p class="back"><a class="link" href="/staff/letters">${t("letters.back")}</a></p>
    <header class="page-head"><h1 id="title" tabindex="-1">${t("letters.number", { letter: number })}</h1></header>
    <p class="good" role="status">${told}</p>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { letter, address, language, subject, text }) => html`
        <${Facts} rows=${[
          ["letters.state", html`<${State} of="letter" state=${letter.state} />`],
          ["letters.letter", named(`letter_kind.${letter.kind}`, letter.kind)],
          ["letters.address", address ? html`<bdi>${address}</bdi>` : t("letters.no_address")],
          ["letters.viewer", html`<code>${letter.viewer}</code>`],
          ["letters.made", html`<${When} at=${letter.made_at} />`],
          ...(letter.try_at ? [["letters.next", html`<${When} at=${letter.try_at} />`]] : []),
          ...(letter.ended_at ? [["letters.ended", html`<${When} at=${letter.ended_at} />`]] : []),
          ["letters.tried", plural("letters.tries", letter.tries)],
          ...(letter.problem ? [["letters.problem", html`<bdi>${letter.problem}</bdi>`]] : []),
        ]} />
        ${letter.state === "dead" && may("viewers.edit") && html`<div class="lookup"><${Form} onSend=${again} label=${t("letters.again")}><p class="hint">${t("letters.again_means")}</p><//></div>`}
        <h2 class="section">${t("letters.words")}</h2>
        ${text ? html`<article class="letter" lang=${language}><p><strong>${subject}</strong></p><pre>${text}</pre></article><p class="hint">${t("letters.made_again")}</p>` : html`<${Empty} title=${t("letters.no_words")} />`}`}
    <//>
  </section>`;
}
