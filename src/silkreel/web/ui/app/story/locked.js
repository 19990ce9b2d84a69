// Where a chapter or a game runs into something locked: the same sheet as the player's opens it, here.
import { useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { inCoins } from "../../shared/money.js";
import { herePath, underway } from "../../shared/underway.js";
import { t } from "../../shared/words.js";
import { refreshPrice, usePrice } from "../price.js";
import { Money } from "../till.js";

/** What stands where the story is locked. `values` are those of the 402: of an episode, or of one option.
 * @param {{slug: string, values: any, onOpened: () => void, onClose?: () => void}} props */
export function Locked({ slug, values, onOpened, onClose }) {
  const back = herePath();
  const [open, setOpen] = useState(() => underway()?.path === back); // somebody is back from paying
  const price = usePrice(slug);
  const { number = "", choice = null, episode = null } = values;
  const opened = () => {
    setOpen(false);
    refreshPrice(slug);
    onOpened();
  };
  return html`<section class="locked" aria-labelledby="locked-title">
    <span class="locked-mark" aria-hidden="true"><${Icon} name="lock" /></span>
    <h2 id="locked-title">${t(choice ? "locked.choice" : "locked.title")}</h2>
    ${choice ? html`<p>${t("locked.choice_body")}</p>` : episode ? html`<p>${t("locked.body", { number })}</p>` : html`<p>${values.detail ?? t("locked.not_out", { number })}</p>`}
    ${worth(values) && html`<p class="locked-price">${choice ? worth(values) : t("locked.price", { number, price: worth(values) })}</p>`}
    <div class="locked-actions">
      ${(episode || choice) && html`<button class="button main" onClick=${() => setOpen(true)}>${t("locked.ways")}</button>`}
      ${onClose && html`<button class="button quiet" onClick=${onClose}>${t("locked.later")}</button>`}
    </div>
    ${open && html`<${Money} part="Wall" key=${choice ?? episode} series=${{ slug }} episode=${{ id: episode, number }} choice=${choice} price=${price} back=${back} onClose=${() => setOpen(false)} onOpened=${opened} />`}
  </section>`;
}

/** What it costs in coins and money; nothing where it is not sold for coins. @param {any} values */
function worth(values) {
  const coins = values.choice_coins ?? values.episode_coins;
  if (!coins) return null;
  return values.price ? t("price.both", { coins: inCoins(coins), money: values.price }) : inCoins(coins);
}
