// One moment in the other media: watch this, read this, play this scene; and its words to take along.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { Sheet } from "../../shared/sheet.js";
import { t } from "../../shared/words.js";
import { getMoment } from "./api.js";
import { storyLanguage } from "./kept.js";

const WAYS = /** @type {const} */ ([
  ["watch", "play", "moment.watch"],
  ["read", "book", "moment.read"],
  ["play", "branch", "moment.play"],
]);

/** @param {{slug: string, line: string, here: "watch" | "read" | "play", quote?: string, speaker?: string, onClose: () => void}} props */
export function MomentSheet({ slug, line, here, quote, speaker, onClose }) {
  const [moment, setMoment] = useState(/** @type {any} */ (null));
  const [trouble, setTrouble] = useState(/** @type {any} */ (null));
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    getMoment(slug, line, storyLanguage()).then(setMoment, setTrouble);
  }, [line]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(quote ?? "");
      setCopied(true);
    } catch {
      // The clipboard is forbidden; the words can still be marked by hand.
    }
  };
  return html`<${Sheet} title=${t("moment.title")} onClose=${onClose}>
    ${quote && html`<blockquote class="moment-quote" lang=${storyLanguage()}>${speaker && html`<cite>${speaker}</cite>`}<p>${quote}</p></blockquote>`}
    ${trouble && html`<p class="moment-none" role="alert">${trouble.status === 0 ? t("error.network") : trouble.message}</p>`}
    ${!moment && !trouble && html`<span class="spinner" role="status" aria-label=${t("player.loading")}></span>`}
    ${moment && html`<${Ways} moment=${moment} here=${here} />`}
    ${quote && html`<button class="choice" onClick=${copy}><span class="choice-text"><strong>${t(copied ? "moment.copied" : "moment.copy")}</strong></span>${copied && html`<${Icon} name="check" />`}</button>`}
  <//>`;
}

/** @param {{moment: any, here: string}} props */
function Ways({ moment, here }) {
  const ways = WAYS.filter(([medium]) => medium !== here && moment[medium]);
  if (!ways.length) return html`<p class="moment-none">${t("moment.none")}</p>`;
  return html`<ul class="choices">
      ${ways.map(([medium, icon, words]) => html`<li key=${medium}><a class="choice moment-way" href=${moment[medium].address}>
        <span class="moment-icon"><${Icon} name=${icon} /></span>
        <span class="choice-text"><strong>${t(words)}</strong><small>${detail(medium, moment)}</small></span>
        ${moment.locked && html`<${Icon} name="lock" />`}
      </a></li>`)}
    </ul>
    ${moment.ahead && html`<p class="moment-ahead">${t("moment.spoils")}</p>`}`;
}

/** @param {string} medium @param {any} moment */
function detail(medium, moment) {
  if (medium === "watch") return t("onward.video.start", { number: moment.watch.episode });
  if (medium === "read") return t("onward.novel", { number: moment.read.chapter });
  return "";
}
