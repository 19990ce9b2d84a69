// The outline: episodes and scenes, approvals, and the story's other files.
import { useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Sheet } from "../../shared/sheet.js";
import { language, t } from "../../shared/words.js";
import { Field, Form, Mark } from "../parts.js";
import { ask, may } from "../session.js";

/** @param {{story: any, address: string, path: string, line: number, onOpen: (path: string, line: number) => void, onChanged: () => void, onGrown: () => void}} props */
export function Outline({ story, address, path, line, onOpen, onChanged, onGrown }) {
  const [sure, setSure] = useState(/** @type {any} */ (null));
  const episodes = story.episodes.filter((/** @type {any} */ each) => each.number !== null);
  const inks = new Set(story.episodes.map((/** @type {any} */ each) => each.file));
  const others = story.files.filter((/** @type {any} */ each) => !inks.has(each.path));
  const current = story.episodes.filter((/** @type {any} */ each) => each.file === path && each.line <= line).at(-1);
  return html`<nav class="outline" aria-label=${t("write.outline")}>
    <h2>${t("outline.episodes")}</h2>
    ${!episodes.length && html`<p class="hint">${story.problem || t("outline.none")}</p>`}
    <ol>
      ${episodes.map(
        (/** @type {any} */ each) => html`<li key=${each.name} class=${each === current ? "here" : ""}>
          <div class="outline-row"><button onClick=${() => onOpen(each.file, each.line)} aria-current=${each === current ? "location" : undefined}><span class="number">${each.number}</span><span><bdi>${each.title || each.name}</bdi></span></button>
          ${each.state === "final"
            ? html`<button class="seal" disabled=${!may("story.approve")} title=${t("outline.approved_by", { name: each.approved_by || "?" })} aria-label=${`${t("outline.approved_by", { name: each.approved_by || "?" })}: ${each.title || each.name}`} onClick=${() => setSure({ verb: "reopen", episode: each })}><${Mark} name="lock" /></button>`
            : may("story.approve") && html`<button class="seal open" title=${t("outline.approve")} aria-label=${`${t("outline.approve")}: ${each.title || each.name}`} onClick=${() => setSure({ verb: "approve", episode: each })}><${Mark} name="check" /></button>`}</div>
          ${each === current && html`<ul>${each.scenes.map((/** @type {any} */ scene) => html`<li key=${scene.name}><button onClick=${() => onOpen(each.file, scene.line)}>${scene.heading || scene.name}</button></li>`)}</ul>`}
        </li>`,
      )}
    </ol>
    ${may("story.edit") && html`<button class="add" onClick=${() => setSure({ verb: "episode" })}><${Mark} name="plus" />${t("outline.episode")}</button>`}
    <h2>${t("outline.files")}</h2>
    <ul class="files">${others.map((/** @type {any} */ each) => html`<li key=${each.path}><button aria-current=${each.path === path ? "location" : undefined} onClick=${() => onOpen(each.path, 1)}>${each.path}</button></li>`)}</ul>
    ${may("story.edit") && html`<button class="add" onClick=${() => setSure({ verb: "chapter" })}><${Mark} name="plus" />${t("outline.chapter")}</button>`}
  </nav>
  ${["episode", "chapter"].includes(sure?.verb) && html`<${Grow} address=${address} part=${sure.verb} onClose=${() => setSure(null)} onDone=${(/** @type {any} */ file) => (setSure(null), onOpen(file.path, file.text.split("\n").length), onGrown())} />`}
  ${sure?.episode && html`<${Sure} address=${address} verb=${sure.verb} episode=${sure.episode} onClose=${() => setSure(null)} onDone=${() => (setSure(null), onChanged())} />`}
`;
}

/** @param {{address: string, verb: string, episode: any, onClose: () => void, onDone: () => void}} props */
function Sure({ address, verb, episode, onClose, onDone }) {
  const [reason, setReason] = useState("");
  const given = episode.approved_at && new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }).format(new Date(episode.approved_at));
  const send = async () => {
    const body = verb === "approve" ? { seen_hash: episode.content_hash, reason } : { reason };
    await ask("POST", `${address}/episodes/${encodeURIComponent(episode.name)}/${verb}`, body);
    onDone();
  };
  return html`<${Sheet} title=${t(`outline.${verb}_of`, { name: episode.title || episode.name })} onClose=${onClose}>
    <${Form} onSend=${send} label=${t(`outline.${verb}`)} danger=${verb === "reopen"} ready=${verb === "approve" || Boolean(reason.trim())}>
      <p>${t(`outline.${verb}_means`)}</p>${verb === "reopen" && given && html`<p class="hint">${t("outline.approved_on", { name: episode.approved_by, date: given })}</p>`}
      <${Field} id="why" label=${t(verb === "reopen" ? "outline.why" : "outline.why_maybe")} value=${reason} onInput=${setReason} maxlength="500" focus=${true} />
    <//>
  <//>`;
}

/** @param {{address: string, part: string, onClose: () => void, onDone: (file: any) => void}} props */
function Grow({ address, part, onClose, onDone }) {
  const [title, setTitle] = useState("");
  const send = async () => onDone(await ask("POST", `${address}/parts`, { part, title: title.trim() }));
  return html`<${Sheet} title=${t(`outline.${part}`)} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("outline.add")}><${Field} id="part-title" label=${t("shelf.title")} value=${title} onInput=${setTitle} maxlength="80" autocomplete="off" focus=${true} /><//>
  <//>`;
}
