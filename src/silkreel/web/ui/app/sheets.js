// What opens over the player: episodes, voice and subtitles, playback.
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { Sheet } from "../shared/sheet.js";
import { prefer, preferences } from "../shared/store.js";
import { language, languageName, t } from "../shared/words.js";
import { EpisodeGrid } from "./series.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

/** @param {{series: any, current: number, onClose: () => void}} props */
export function EpisodesSheet({ series, current, onClose }) {
  return html`<${Sheet} title=${t("episodes.title")} onClose=${onClose} wide=${true}><${EpisodeGrid} series=${series} current=${current} onChoose=${onClose} /><//>`;
}

/** @param {any} props */
export function LanguagesSheet({ onClose, ...rest }) {
  return html`<${Sheet} title=${t("languages.title")} onClose=${onClose} wide=${true}><${LanguageChoices} ...${rest} /><//>`;
}

/** How a track was made, in the reader's words. @param {any} track */
export function making(track) {
  const text = track.file !== null;
  if (!text && track.voices === "original") return t("making.original");
  if (text) return t(track.translation ? `making.text.${track.translation}` : "making.text.original");
  return t(`making.${track.voices ?? "ai"}.${track.translation ?? "human"}`);
}

/** @param {{pool: any, bundle: any, source: string, subtitles: any}} props */
export function LanguageChoices({ pool, bundle, source, subtitles }) {
  const hear = (/** @type {any} */ track) => {
    pool.hear(track.id);
    prefer({ audio: track.language });
  };
  const read = (/** @type {string} */ wish) => prefer({ subtitles: wish });
  const original = bundle.audio.find((/** @type {any} */ track) => track.language === source);
  const mine = bundle.subtitles.find((/** @type {any} */ track) => track.language.split("-")[0] === language.value.split("-")[0]);
  const quick = () => {
    hear(original);
    read(mine.language);
  };
  return html`<div class="language-choices">
    ${original && mine && original.language !== mine.language && html`<button class="button quiet quick" onClick=${quick}>${t("languages.quick")}</button>`}
    ${bundle.audio.length > 0 && html`<section><h3>${t("languages.voice")}</h3><ul class="choices">
      ${bundle.audio.map((/** @type {any} */ track) => html`<${Choice} key=${track.id} track=${track} chosen=${track.id === pool.audio.value} onChoose=${() => hear(track)} />`)}
    </ul></section>`}
    <section><h3>${t("languages.subtitles")}</h3><ul class="choices">
      <li><button class="choice" aria-pressed=${!subtitles} onClick=${() => read("off")}><span class="choice-text"><strong>${t("languages.off")}</strong></span>${!subtitles && html`<${Icon} name="check" />`}</button></li>
      ${bundle.subtitles.map((/** @type {any} */ track) => html`<${Choice} key=${track.id} track=${track} chosen=${track.id === subtitles?.id} onChoose=${() => read(track.language)} />`)}
    </ul></section>
    <${CaptionStyle} />
  </div>`;
}

/** @param {{track: any, chosen: boolean, onChoose: () => void}} props */
function Choice({ track, chosen, onChoose }) {
  const made = making(track);
  const draft = track.translation === "draft";
  return html`<li><button class="choice" aria-pressed=${chosen} onClick=${onChoose}>
    <span class="choice-text"><strong lang=${track.language}><bdi>${track.name}</bdi>${track.kind === "captions" && html` <abbr class="cc">${t("languages.captions")}</abbr>`}</strong>
    <small><span class=${draft ? "badge draft" : "badge"}>${made}</span>${languageName(track.language).toLowerCase() !== track.name.toLowerCase() && html`<span>${languageName(track.language)}</span>`}</small></span>
    ${chosen && html`<${Icon} name="check" />`}
  </button></li>`;
}

function CaptionStyle() {
  const wishes = /** @type {const} */ ([
    ["size", ["small", "medium", "large"]],
    ["place", ["low", "middle", "high"]],
    ["ground", ["none", "shade", "solid"]],
  ]);
  return html`<section class="caption-style"><h3>${t("captions.title")}</h3>
    ${wishes.map(
      ([name, values]) => html`<div class="segments" role="group" aria-label=${t(`captions.${name}`)} key=${name}>
        <span>${t(`captions.${name}`)}</span>
        <div>${values.map((value) => html`<button key=${value} aria-pressed=${preferences.value[name] === value} onClick=${() => prefer({ [name]: value })}>${t(`captions.${value}`)}</button>`)}</div>
      </div>`,
    )}
  </section>`;
}

/** @param {{pool: any, onClose: () => void, onClean: () => void}} props */
export function PlaybackSheet({ pool, onClose, onClean }) {
  const hasten = (/** @type {number} */ speed) => {
    pool.hasten(speed);
    prefer({ speed });
  };
  const save = () => {
    const saver = !preferences.value.saver;
    prefer({ saver });
    pool.save(saver);
  };
  return html`<${Sheet} title=${t("player.settings")} onClose=${onClose}>
    <div class="segments" role="group" aria-label=${t("player.speed")}><span>${t("player.speed")}</span>
      <div>${SPEEDS.map((speed) => html`<button key=${speed} aria-pressed=${preferences.value.speed === speed} onClick=${() => hasten(speed)}>${speed}×</button>`)}</div></div>
    <ul class="choices">
      <li><button class="choice" onClick=${onClean}><span class="choice-text"><strong>${t("player.clean")}</strong><small>${t("player.clean.hint")}</small></span><${Icon} name="clean" /></button></li>
      <li><button class="choice" role="switch" aria-checked=${preferences.value.saver} onClick=${save}><span class="choice-text"><strong>${t("player.saver")}</strong><small>${t("player.saver.hint")}</small></span><span class="switch" aria-hidden="true"></span></button></li>
    </ul>
  <//>`;
}
