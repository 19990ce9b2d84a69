// What is locked in one medium is locked in all, and opens at one place: `wireUnlock` says where.
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { episodePath } from "../../shared/router.js";
import { t } from "../../shared/words.js";

/** The app's unlock sheet: a component of {slug, values, onOpened, onClose}, where there is one.
 * @type {any} */
let UnlockSheet = null;

/** Let the app's own unlock sheet open what is locked here too. @param {any} component */
export function wireUnlock(component) {
  UnlockSheet = component;
}

/** What stands where the story is locked. `values` are those of the 402.
 * @param {{slug: string, values: any, onOpened: () => void, onClose?: () => void}} props */
export function Locked({ slug, values, onOpened, onClose }) {
  const number = values.number ?? values.episode_number ?? "";
  return html`<section class="locked" aria-labelledby="locked-title">
    <span class="locked-mark" aria-hidden="true"><${Icon} name="lock" /></span>
    <h2 id="locked-title">${t("locked.title")}</h2>
    <p>${t("locked.body", { number })}</p>
    ${values.episode_coins > 0 && html`<p class="locked-price">${t("locked.price", { number, coins: values.episode_coins })}${values.price ? ` (${values.price})` : ""}</p>`}
    <div class="locked-actions">
      ${UnlockSheet
        ? html`<${UnlockSheet} slug=${slug} values=${values} onOpened=${onOpened} onClose=${onClose} />`
        : number !== "" && html`<a class="button main" href=${episodePath(slug, number)}>${t("locked.open", { number })}</a>`}
      ${onClose && html`<button class="button quiet" onClick=${onClose}>${t("locked.later")}</button>`}
    </div>
  </section>`;
}
