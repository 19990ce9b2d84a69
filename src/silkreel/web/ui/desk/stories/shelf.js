// The shelf: every story of the brand; begin one, bring one in.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Sheet } from "../../shared/sheet.js";
import { language, languageName, plural, t } from "../../shared/words.js";
import { Empty, Field, Form, Loaded, Mark } from "../parts.js";
import { go, place } from "../places.js";
import { ask, may, send } from "../session.js";
import { Studio } from "./studio.js";

export const ROOT = "/staff/stories";
const STARTS = ["example", "blank"];
const FORMS = ".fountain,.spmd,.fdx,.docx,.txt,.md";

export function Stories() {
  const [name, tab] = place.value.slice(ROOT.length + 1).split("/").map(decodeURIComponent);
  if (name) return html`<${Studio} key=${name} name=${name} tab=${tab || "write"} />`;
  return html`<${Shelf} />`;
}

function Shelf() {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const [open, setOpen] = useState("");
  const load = () => {
    setState({});
    ask("GET", "/stories").then(
      (value) => setState({ value: value.stories }),
      (error) => setState({ error }),
    );
  };
  useEffect(load, []);
  const actions = may("story.edit") && html`<div class="page-acts">
    <button class="act" onClick=${() => setOpen("import")}>${t("shelf.import")}</button>
    <button class="act main" onClick=${() => setOpen("new")}><${Mark} name="plus" />${t("shelf.new")}</button></div>`;
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title">${t("nav.stories")}</h1>${state.value && html`<p class="count">${plural("shelf.count", state.value.length)}</p>`}${actions}</header>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any[]} */ stories) => (stories.length ? html`<ul class="shelf">${stories.map((each) => html`<${Spine} key=${each.name} story=${each} />`)}</ul>` : html`<${Empty} title=${t("shelf.empty")}><p>${t("shelf.empty_hint")}</p><//>`)}
    <//>
    ${open === "new" && html`<${New} onClose=${() => setOpen("")} />`}
    ${open === "import" && html`<${Import} onClose=${() => setOpen("")} />`}
  </section>`;
}

/** @param {{story: any}} props */
function Spine({ story }) {
  const changed = story.changed_at && new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(new Date(story.changed_at));
  return html`<li class="spine"><a href=${`${ROOT}/${encodeURIComponent(story.name)}`}>
    <strong><bdi>${story.title}</bdi></strong>
    ${story.problem
      ? html`<p class="wrong">${story.problem}</p>`
      : html`<p>${plural("shelf.episodes", story.episodes)} · ${plural("shelf.lines", story.lines)} · ${languageName(story.language)}</p>
        <span class="meter" role="img" aria-label=${t("shelf.approved", { approved: story.approved, episodes: story.episodes })}><span style=${`inline-size:${story.episodes ? (100 * story.approved) / story.episodes : 0}%`}></span></span>
        <p class="faint">${t("shelf.approved", { approved: story.approved, episodes: story.episodes })}</p>`}
    ${changed && html`<p class="faint">${story.changed_by ? t("shelf.changed_by", { time: changed, name: story.changed_by }) : changed}</p>`}
  </a></li>`;
}

/** @param {{onClose: () => void}} props */
function New({ onClose }) {
  const [title, setTitle] = useState("");
  const [start, setStart] = useState("example");
  const make = async () => {
    const made = await ask("POST", "/stories", { title: title.trim(), start });
    go(`${ROOT}/${encodeURIComponent(made.name)}`);
  };
  return html`<${Sheet} title=${t("shelf.new")} onClose=${onClose}>
    <${Form} onSend=${make} label=${t("shelf.begin")} ready=${Boolean(title.trim())}>
      <${Field} id="story-title" label=${t("shelf.title")} value=${title} onInput=${setTitle} maxlength="80" autocomplete="off" focus=${true} />
      <fieldset class="starts"><legend>${t("shelf.start")}</legend>${STARTS.map((each) => html`<label key=${each} class="tick"><input type="radio" name="start" value=${each} checked=${start === each} onChange=${() => setStart(each)} /><span><strong>${t(`shelf.${each}`)}</strong><br />${t(`shelf.${each}_is`)}</span></label>`)}</fieldset>
    <//>
  <//>`;
}

/** @param {{onClose: () => void}} props */
function Import({ onClose }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [title, setTitle] = useState("");
  const [made, setMade] = useState(/** @type {any} */ (null));
  const take = async () => {
    if (!file) return;
    const asked = new URLSearchParams({ file: file.name, title: title.trim() });
    const answer = await send("POST", `/stories/import?${asked}`, file, { "content-type": "application/octet-stream" });
    if (answer.unsure.length) setMade(answer);
    else go(`${ROOT}/${encodeURIComponent(answer.name)}`);
  };
  if (made)
    return html`<${Sheet} title=${t("shelf.imported")} onClose=${onClose}><div class="form"><p>${plural("shelf.unsure", made.unsure.length)}</p>
      <ul class="unsure">${made.unsure.slice(0, 50).map((/** @type {string} */ each) => html`<li key=${each}><bdi>${each}</bdi></li>`)}</ul>
      <button class="act main" onClick=${() => go(`${ROOT}/${encodeURIComponent(made.name)}`)}>${t("shelf.open")}</button></div><//>`;
  return html`<${Sheet} title=${t("shelf.import")} onClose=${onClose}><p class="hint lead">${t("shelf.import_hint")}</p>
    <${Form} onSend=${take} label=${t("shelf.import")} ready=${Boolean(file)}>
      <div class="field"><label for="script-file">${t("shelf.file")}</label><input id="script-file" type="file" accept=${FORMS} onChange=${(/** @type {any} */ event) => setFile(event.target.files[0] ?? null)} /></div>
      <${Field} id="import-title" label=${t("shelf.title_maybe")} value=${title} onInput=${setTitle} maxlength="80" autocomplete="off" />
    <//>
  <//>`;
}
