// Out: the story in every form; what would not read back the same is refused with its line.
import { useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { languageName, t } from "../../shared/words.js";
import { Wrong } from "../parts.js";
import { Refused } from "../session.js";

/** @type {[string, string[]][]} */
const GROUPS = [["print", ["fountain", "fdx"]], ["text", ["ink", "po", "vtt"]], ["book", ["epub", "html"]], ["game", ["twee", "renpy"]]];

/** @param {{story: any, address: string}} props */
export function Out({ story, address }) {
  const [language, setLanguage] = useState(story.languages[0] ?? "");
  const [episode, setEpisode] = useState(1);
  const [busy, setBusy] = useState("");
  const [error, setError] = useState(/** @type {any} */ (null));
  const numbered = story.episodes.filter((/** @type {any} */ each) => each.number !== null);
  const fetchForm = async (/** @type {string} */ form) => {
    setBusy(form);
    setError(null);
    try {
      await download(`/api/staff${address}/export/${form}?language=${form === "po" ? language : ""}&episode=${episode}`);
    } catch (refused) {
      setError(refused);
    }
    setBusy("");
  };
  return html`<div class="out"><div class="out-choices">
      <div class="field"><label for="out-language">${t("out.language")}</label><select id="out-language" value=${language} onChange=${(/** @type {any} */ event) => setLanguage(event.target.value)}>${story.languages.length ? story.languages.map((/** @type {string} */ each) => html`<option key=${each} value=${each}>${languageName(each)}</option>`) : html`<option value="">–</option>`}</select></div>
      <div class="field"><label for="out-episode">${t("out.episode")}</label><select id="out-episode" value=${episode} onChange=${(/** @type {any} */ event) => setEpisode(Number(event.target.value))}>${numbered.map((/** @type {any} */ each) => html`<option key=${each.name} value=${each.number}>${each.number} ${each.title}</option>`)}</select></div>
    </div>
    <${Wrong} error=${error} />
    <div class="panels">${GROUPS.map(([group, forms]) => html`<section class="panel" key=${group}><h2>${t(`out.${group}`)}</h2><ul class="forms">${forms.map((form) => html`<li key=${form}><span><strong>${t(`form.${form}`)}</strong><small>${t(`form.${form}_is`)}</small></span><button class="act small" aria-label=${`${t("out.download")}: ${t(`form.${form}`)}`} aria-disabled=${Boolean(busy)} onClick=${() => !busy && fetchForm(form)}>${busy === form ? t("desk.busy") : t("out.download")}</button></li>`)}</ul></section>`)}</div>
  </div>`;
}

/** @param {string} address */
async function download(address) {
  const answer = await fetch(address, { headers: { "accept-language": document.documentElement.lang } }).catch(() => {
    throw new Refused("network", t("desk.offline"), 0);
  });
  if (!answer.ok) {
    const told = await answer.json().catch(() => null);
    throw new Refused(told?.code ?? "", told?.detail ?? t("desk.failed"), answer.status);
  }
  const named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "story";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = decodeURIComponent(named);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
