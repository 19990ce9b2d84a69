// Drafts: who wrote when, two states of the story side by side, line by line, and the way back.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Sheet } from "../../shared/sheet.js";
import { language, plural, t } from "../../shared/words.js";
import { Empty, Form, Loaded, Wrong } from "../parts.js";
import { ask, may } from "../session.js";

const STATES = ["reworded", "new", "gone", "moved", "kept"];
const when = (/** @type {string} */ at) => new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));

/** @param {{story: any, address: string, onChanged: () => void}} props */
export function Drafts({ story, address, onChanged }) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const [old, setOld] = useState(0);
  const [fresh, setFresh] = useState(0);
  const [back, setBack] = useState(/** @type {any} */ (null));
  const [path, setPath] = useState("");
  const wanted = `${address}/history?path=${encodeURIComponent(path)}`;
  const load = () => {
    setState({});
    ask("GET", wanted).then(
      (value) => {
        setState({ value: value.sittings, next: value.next_before });
        const first = value.sittings.filter((/** @type {any} */ each) => each.kind === "begun").at(0) ?? value.sittings.at(-1);
        setOld((/** @type {number} */ before) => before || (first?.number ?? 0));
      },
      (error) => setState({ error }),
    );
  };
  const more = () =>
    ask("GET", `${wanted}&before=${state.next}`).then(
      (value) => setState({ value: [...state.value, ...value.sittings], next: value.next_before }),
      (error) => setState({ error }),
    );
  useEffect(load, [wanted, story.newest]);
  return html`<div class="drafts"><${Loaded} state=${state} onRetry=${load}>
    ${(/** @type {any[]} */ sittings) =>
      sittings.length
        ? html`<section class="history" aria-labelledby="history-title"><h2 id="history-title">${t("drafts.history")}</h2>
            <div class="field"><label for="drafts-file">${t("drafts.file")}</label><select id="drafts-file" value=${path} onChange=${(/** @type {any} */ event) => setPath(event.target.value)}><option value="">${t("drafts.all")}</option>${story.files.map((/** @type {any} */ each) => html`<option key=${each.path} value=${each.path}>${each.path}</option>`)}</select></div>
            <ol>${sittings.map(
              (each) => html`<li key=${each.number} class=${each.number === old ? "from" : each.number === fresh ? "to" : ""}>
                <p><strong>${when(each.at)}</strong> <span>${each.by || t("drafts.outside")}</span></p>
                <p class="faint">${t(`kind.${each.kind}`)} · ${each.kind === "begun" && each.saves > 1 ? plural("drafts.files", each.saves) : `${each.path}${each.saves > 1 ? ` · ${plural("drafts.saves", each.saves)}` : ""}`}</p>
                <p class="acts"><button class="act small" aria-pressed=${each.number === old} onClick=${() => setOld(each.number)}>${t("drafts.from")}</button><button class="act small" aria-pressed=${each.number === fresh} onClick=${() => setFresh(each.number === fresh ? 0 : each.number)}>${t("drafts.to")}</button>${may("story.edit") && !(each.kind === "begun" && each.saves > 1) && html`<button class="act small" onClick=${() => setBack(each)}>${t("drafts.restore")}</button>`}</p>
              </li>`,
            )}</ol>${state.next && html`<button class="act" onClick=${more}>${t("log.older")}</button>`}</section>
          <${Compared} address=${address} old=${old} fresh=${fresh} newest=${story.newest} />`
        : html`<${Empty} title=${t("drafts.none")}><p>${t("drafts.none_hint")}</p><//>`}
    <//>
    ${back && html`<${Restore} address=${address} revision=${back} onClose=${() => setBack(null)} onDone=${() => (setBack(null), onChanged())} />`}
  </div>`;
}

/** @param {{address: string, old: number, fresh: number, newest: number}} props */
function Compared({ address, old, fresh, newest }) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const [shown, setShown] = useState(new Set(["reworded", "new", "gone", "moved"]));
  const load = () => {
    if (!old) return;
    setState({});
    ask("GET", `${address}/diff?old=${old}&new=${fresh}`).then(
      (value) => setState({ value }),
      (error) => setState({ error }),
    );
  };
  useEffect(load, [address, old, fresh, newest]);
  const flip = (/** @type {string} */ each) => {
    const next = new Set(shown);
    if (!next.delete(each)) next.add(each);
    setShown(next);
  };
  return html`<section class="compared" aria-labelledby="compared-title"><h2 id="compared-title">${fresh ? t("drafts.compared") : t("drafts.compared_now")}</h2>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { counts, rows }) => {
        const seen = rows.filter((/** @type {any} */ row) => row.states.some((/** @type {string} */ each) => shown.has(each)));
        let place = "";
        return html`<div class="filters" role="group" aria-label=${t("drafts.show")}>${STATES.map((each) => html`<button key=${each} class="act small ${each}" aria-pressed=${shown.has(each)} onClick=${() => flip(each)}>${t(`diff.${each}`)} <b>${counts[each]}</b></button>`)}</div>
          ${!seen.length && html`<p class="quiet-empty">${t("drafts.same")}</p>`}
          <ol class="diff">${seen.map((/** @type {any} */ row, /** @type {number} */ at) => {
            const line = row.new ?? row.old;
            const here = `${line.episode}.${line.scene}`;
            const head = here !== place && here;
            place = here;
            return html`<li key=${at} class=${row.states.join(" ")}>${head && html`<p class="heading">${here}</p>`}<p class="states">${row.states.map((/** @type {string} */ each) => html`<span key=${each} class="tag ${each}">${t(`diff.${each}`)}</span>`)}</p>
              <div>${row.old && row.states[0] !== "kept" && row.states[0] !== "moved" && html`<del><${Spoken} line=${row.old} /></del>`}${row.new && html`<${row.states[0] === "reworded" || row.states[0] === "new" ? "ins" : "span"}><${Spoken} line=${row.new} /><//>`}</div></li>`;
          })}</ol>`;
      }}
    <//>
  </section>`;
}

/** @param {{line: any}} props */
const Spoken = ({ line }) => html`${line.speaker && html`<b>${line.speaker}</b> `}${line.direction && html`<em>(${line.direction})</em> `}${line.choice ? "→ " : ""}${line.text}`;

/** @param {{address: string, revision: any, onClose: () => void, onDone: () => void}} props */
function Restore({ address, revision, onClose, onDone }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [file, setFile] = useState(/** @type {any} */ (null));
  useEffect(() => {
    ask("GET", `${address}/file?path=${encodeURIComponent(revision.path)}`).then(setFile, setError);
  }, []);
  const send = async () => {
    await ask("POST", `${address}/restore`, { number: revision.number, seen_hash: file?.content_hash ?? "" });
    onDone();
  };
  return html`<${Sheet} title=${t("drafts.restore_of", { path: revision.path })} onClose=${onClose}><${Wrong} error=${error} />
    <${Form} onSend=${send} label=${t("drafts.restore")} ready=${Boolean(file)}><p>${t("drafts.restore_means", { time: when(revision.at) })}</p><//><//>`;
}
