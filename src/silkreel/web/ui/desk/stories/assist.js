// Proposals: ask a model, see first what it costs, and decide on each line by oneself.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Sheet } from "../../shared/sheet.js";
import { language, languageName, plural, t } from "../../shared/words.js";
import { Empty, Field, Form, Loaded, Wrong } from "../parts.js";
import { ask, may, send } from "../session.js";

const SCOPES = ["novel", "episode", "series"];
const FROM_PLAN = new Set(["episode_card", "draft_scene"]); // of a planned episode, they read the novel
const SPELLED = new Set(["prose", "scene"]); // their place is a scene or an episode
const WHOLE = new Set(["shots", "episode", "bible", "scene"]); // shown as they would be written
const number = (/** @type {number} */ count) => new Intl.NumberFormat(language.value).format(count);

/** @param {{story: any, address: string, onChanged: () => void}} props */
export function Assist({ story, address, onChanged }) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const [wish, setWish] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const load = () =>
    ask("GET", `${address}/assist`).then(
      (value) => setState({ value }),
      (refused) => setState({ error: refused }),
    );
  useEffect(() => void load(), [address]);
  const decide = async (/** @type {any} */ proposal, /** @type {string} */ verb) => {
    setError(null);
    try {
      await ask("POST", `${address}/proposals/${proposal.number}/${verb}`);
      if (verb !== "reject") onChanged();
    } catch (refused) {
      setError(refused);
    }
    await load();
  };
  return html`<${Loaded} state=${state} onRetry=${load}>
    ${(/** @type {any} */ value) => {
      const waiting = value.proposals.filter((/** @type {any} */ each) => each.state === "open");
      const decided = value.proposals.filter((/** @type {any} */ each) => each.state !== "open");
      return html`<div class="assist">
        ${value.ready ? html`<${Tasks} value=${value} onPick=${(/** @type {any} */ task) => setWish(task)} />` : html`<section class="panel"><h2>${t("assist.not_ready")}</h2><p>${t("assist.how")}</p><pre>${"SILKREEL_WRITER_URL=http://127.0.0.1:11434/v1\nSILKREEL_WRITER_MODEL=your-model"}</pre><p class="hint">${t("assist.rest_works")}</p></section>`}
        <${Source} value=${value} address=${address} onBrought=${load} />
        <${Wrong} error=${error} />
        <h2 class="part">${t("assist.waiting")} ${waiting.length > 0 && html`<span class="pill W">${waiting.length}</span>`}</h2>
        ${waiting.length ? html`<ol class="proposals">${waiting.map((/** @type {any} */ each) => html`<${Proposal} key=${each.number} proposal=${each} onDecide=${decide} />`)}</ol>` : html`<${Empty} title=${t("assist.none")}><p>${t("assist.none_hint")}</p><//>`}
        ${decided.length > 0 && html`<details class="decided"><summary>${plural("assist.decided", decided.length)}</summary><ol class="proposals">${decided.map((/** @type {any} */ each) => html`<${Proposal} key=${each.number} proposal=${each} onDecide=${decide} />`)}</ol></details>`}
        ${value.failed.length > 0 && html`<details class="decided"><summary>${plural("assist.failed", value.failed.length)}</summary><ul>${value.failed.map((/** @type {string} */ each, /** @type {number} */ at) => html`<li key=${at}>${each}</li>`)}</ul></details>`}
        ${wish && html`<${Ask} story=${story} address=${address} task=${wish} paragraphs=${value.paragraphs} plan=${value.plan} onClose=${() => (setWish(null), load())} onDone=${() => (setWish(null), load())} />`}
      </div>`;
    }}
  <//>`;
}

/** A finished novel the story is made from: what there is of it, and a way to bring one.
 * @param {{value: any, address: string, onBrought: () => void}} props */
function Source({ value, address, onBrought }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const bring = async () => {
    if (!file) return;
    await send("POST", `${address}/source?${new URLSearchParams({ file: file.name })}`, file, { "content-type": "application/octet-stream" });
    setFile(null);
    onBrought();
  };
  const there = value.paragraphs > 0;
  return html`<section class="panel" aria-labelledby="source-title"><h2 id="source-title">${t("assist.source")}</h2>
    <p>${there ? plural("assist.paragraphs", value.paragraphs) : t("assist.no_source")}${value.planned > 0 && html` · ${plural("assist.planned", value.planned)}`}</p>
    ${may("story.edit") && value.planned === 0 && html`<details class="bring" open=${!there && value.ready}><summary>${t(there ? "assist.bring_other" : "assist.bring")}</summary>
      <${Form} onSend=${bring} label=${t("assist.bring")} ready=${Boolean(file)}><div class="field"><label for="novel-file">${t("assist.novel_file")}</label><input id="novel-file" type="file" accept=".txt,.md,.epub" onChange=${(/** @type {any} */ event) => setFile(event.target.files[0] ?? null)} /></div><//></details>`}
  </section>`;
}

/** @param {{value: any, onPick: (task: any) => void}} props */
function Tasks({ value, onPick }) {
  const share = value.limit_tokens ? Math.min(100, (100 * value.spent_tokens) / value.limit_tokens) : 100;
  return html`<section class="panel" aria-labelledby="tasks-title"><div class="panel-head"><h2 id="tasks-title">${t("assist.ask")}</h2><p class="hint">${value.model}</p></div>
    ${SCOPES.map((scope) => html`<h3 class="scope" id=${`tasks-${scope}`}>${t(`assist.about_${scope}`)}</h3><ul class="tasks" aria-labelledby=${`tasks-${scope}`}>${value.tasks.filter((/** @type {any} */ task) => task.about === scope).map((/** @type {any} */ task) => html`<li key=${task.name}><button class="task" disabled=${!may("story.edit")} onClick=${() => onPick(task)}><strong>${t(`task.${task.name}`)}</strong><span>${t(`task.${task.name}_is`)}</span></button></li>`)}</ul>`)}
    <span class="meter" role="img" aria-label=${t("assist.month", { spent: number(value.spent_tokens), limit: number(value.limit_tokens) })}><span style=${`inline-size:${share}%`}></span></span><p class="hint">${t("assist.month", { spent: number(value.spent_tokens), limit: number(value.limit_tokens) })}</p>
  </section>`;
}

/** @param {{story: any, address: string, task: any, paragraphs: number, plan: any[], onClose: () => void, onDone: () => void}} props */
function Ask({ story, address, task, paragraphs, plan, onClose, onDone }) {
  const planned = FROM_PLAN.has(task.name) && plan.length > 0;
  const [tongue, setTongue] = useState(tongues(story, task)[0] ?? "");
  const [source, setSource] = useState(planned || (!FROM_PLAN.has(task.name) && (paragraphs > 0 || task.name === "split_novel")) ? "novel" : "script");
  const numbered = planned && source === "novel" ? plan : story.episodes.filter((/** @type {any} */ each) => each.number !== null);
  const [picked, setEpisode] = useState(numbered[0]?.number ?? 1);
  const episode = numbered.some((/** @type {any} */ each) => each.number === picked) ? picked : (numbered[0]?.number ?? 1);
  const [wish, setWish] = useState("");
  const [seen, setSeen] = useState(/** @type {any} */ (null));
  const [step, setStep] = useState(/** @type {any} */ (null));
  const stopped = useRef(false);
  useEffect(() => () => void (stopped.current = true), []);
  const body = { task: task.name, episode, language: task.wants_language ? tongue : "", wish: wish.trim(), source };
  const change = (/** @type {(value: any) => void} */ set) => (/** @type {any} */ value) => (set(value), setSeen(null), setStep(null));
  const send = async () => {
    if (!seen) {
      setSeen(await ask("POST", `${address}/assist/preview`, body));
      return;
    }
    stopped.current = false;
    if (seen.parts > 1) setStep({ done: seen.done, of: seen.parts, running: true });
    try {
      for (;;) {
        const answer = await ask("POST", `${address}/assist/ask`, { ...body, confirm: seen.confirm });
        if (answer.done >= answer.of) return onDone();
        setStep({ done: answer.done, of: answer.of, running: !stopped.current });
        if (stopped.current) return;
      }
    } catch (refused) {
      setStep((/** @type {any} */ last) => last && { ...last, running: false });
      throw refused;
    }
  };
  const running = step?.running ?? false;
  const label = !seen ? t("assist.preview") : step || seen.done > 0 ? t("assist.go_on") : t("assist.send");
  return html`<${Sheet} title=${t(`task.${task.name}`)} onClose=${onClose}><p class="hint lead">${t(`task.${task.name}_is`)}</p>
    <${Form} onSend=${send} label=${label}>
      ${task.about === "episode" && html`<div class="field"><label for="ask-episode">${t("rhythm.episode")}</label><select id="ask-episode" value=${episode} onChange=${(/** @type {any} */ event) => change(setEpisode)(Number(event.target.value))}>${numbered.map((/** @type {any} */ each) => html`<option key=${each.number} value=${each.number}>${each.number} ${each.title}</option>`)}</select></div>`}
      ${(task.name === "extract_bible" || planned) && html`<div class="field"><label for="ask-source">${t("assist.read_from")}</label><select id="ask-source" value=${source} onChange=${(/** @type {any} */ event) => change(setSource)(event.target.value)}><option value="novel">${t("assist.source")}</option><option value="script">${t("assist.from_script")}</option></select></div>`}
      ${task.wants_language && html`<div class="field"><label for="ask-language">${t("out.language")}</label><select id="ask-language" value=${tongue} onChange=${(/** @type {any} */ event) => change(setTongue)(event.target.value)}>${tongues(story, task).map((/** @type {string} */ each) => html`<option key=${each} value=${each}>${languageName(each)}</option>`)}</select></div>`}
      <${Field} id="ask-wish" label=${t("assist.wish")} value=${wish} onInput=${change(setWish)} maxlength="500" autocomplete="off" />
      ${seen && html`<p class="cost" role="status">${seen.known ? t("assist.known") : seen.cost === null ? t("assist.tokens", { tokens: number(seen.prompt_tokens + seen.answer_tokens) }) : t("assist.price", { tokens: number(seen.prompt_tokens + seen.answer_tokens), price: new Intl.NumberFormat(language.value, { style: "currency", currency: seen.currency, maximumFractionDigits: 4 }).format(seen.cost) })}${seen.parts > 1 && !seen.known && html`<br />${t("assist.in_parts", { done: number(seen.done), of: number(seen.parts) })}`}<br /><span class="faint">${t("assist.month", { spent: number(seen.spent_tokens), limit: number(seen.limit_tokens) })}</span></p>`}
      ${step && html`<div class="running"><progress max=${step.of} value=${step.done} aria-label=${t("assist.progress", { done: number(step.done), of: number(step.of) })}></progress><p class="hint" role="status">${t("assist.progress", { done: number(step.done), of: number(step.of) })}${!running && ` ${t("assist.stopped")}`}</p>${running && html`<button type="button" class="act small" onClick=${() => ((stopped.current = true), setStep({ ...step, running: false }))}>${t("assist.stop")}</button>`}</div>`}
    <//>
  <//>`;
}

/** Languages a task may be asked in: to sell, the story's own as well. @param {any} story @param {any} task @returns {string[]} */
const tongues = (story, task) => (task.about === "series" ? [...new Set([story.language, ...story.languages])] : story.languages);

/** @param {{proposal: any, onDecide: (proposal: any, verb: string) => Promise<void>}} props */
function Proposal({ proposal, onDecide }) {
  const [busy, setBusy] = useState(false);
  const decide = async (/** @type {string} */ verb) => {
    setBusy(true);
    await onDecide(proposal, verb);
    setBusy(false);
  };
  const place = proposal.place && (SPELLED.has(proposal.kind) ? proposal.place : t(`place.${proposal.place}`));
  const name = proposal.kind === "card" ? `${place}: ${proposal.text}` : proposal.line_id || proposal.text; // a card rests on one paragraph several times
  const where = [place, proposal.kind === "copy" ? languageName(proposal.language) : proposal.place !== proposal.episode && proposal.episode, proposal.line_id].filter(Boolean).join(" · ");
  return html`<li class="proposal"><p class="heading">${t(`task.${proposal.task}`)} · ${where}</p>
    ${proposal.old_text && html`<del>${proposal.old_text}</del>`}
    ${WHOLE.has(proposal.kind) ? html`<pre tabindex="0">${proposal.text.trim()}</pre>` : html`<p class="words">${proposal.kind === "note" ? "// " : ""}${proposal.text}</p>`}
    ${proposal.reason && html`<p class="hint quotes">${proposal.reason}</p>`}
    <p class="faint small-print">${t("assist.by", { model: proposal.model, version: proposal.prompt_version, name: proposal.asked_by })}${proposal.decided_by ? ` · ${t(`assist.${proposal.state}`, { name: proposal.decided_by })}` : ""}</p>
    ${may("story.edit") && proposal.state === "open" && html`<p class="decide"><button class="act small main" aria-disabled=${busy} aria-label=${`${t("assist.accept")}: ${name}`} onClick=${() => !busy && decide("accept")}>${t("assist.accept")}</button><button class="act small" aria-disabled=${busy} aria-label=${`${t("assist.reject")}: ${name}`} onClick=${() => !busy && decide("reject")}>${t("assist.reject")}</button></p>`}
    ${may("story.edit") && proposal.undoable && html`<p class="decide"><button class="act small" aria-disabled=${busy} aria-label=${`${t("assist.undo")}: ${name}`} onClick=${() => !busy && decide("undo")}>${t("assist.undo")}</button></p>`}
  </li>`;
}
