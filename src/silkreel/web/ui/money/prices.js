// Every price of a series, and every amount coins are sold in.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { atMost, inBoth, inCoins, inMoney, onDay } from "../shared/money.js";
import { Sheet } from "../shared/sheet.js";
import { plural, t } from "../shared/words.js";
import { Facts, Footing, Terms } from "./parts.js";

/** @param {{slug: string, price: any, onClose: () => void}} props */
export function PriceSheet({ price, onClose }) {
  const [terms, setTerms] = useState(false);
  const plans = price.ways?.vip ?? price.plans ?? [];
  return html`<${Sheet} title=${t(terms ? "terms.title" : "price.title")} onClose=${terms ? () => setTerms(false) : onClose} wide=${true}>
    ${terms
      ? html`<${Terms} />`
      : html`<div class="prices">
          <${Facts} rows=${[
            [t("price.free"), t("price.free_of", { free: price.free_episodes, all: price.episodes })],
            [t("price.single"), inBoth(price.episode)],
            price.locked_episodes > 0 && [t("price.finish"), inBoth(price.finish)],
            price.locked_episodes > 0 && [t("price.most"), inBoth(atMost(price))],
            price.days_with_ads && [t("price.ads"), plural("price.days", price.days_with_ads)],
            ...plans.map((/** @type {any} */ plan) => [t(`vip.plan.${plan.plan}`), inMoney(plan.price)]),
          ]} />
          <section><h3>${t("price.coins")}</h3><${PackList} bundles=${price.bundles} gift=${price.first_gift} /></section>
          <p class="fine">${t("price.promise", { day: onDay(price.holds_until) })} ${t("price.exact")}</p>
          <${Footing} onOpen=${() => setTerms(true)} />
        </div>`}
  <//>`;
}

/** Amounts of coins with their prices; a list to read, or to choose from where `onChoose` is given.
 * `gift` comes with a first pack. @param {{bundles: any[], gift?: any, onChoose?: (bundle: any) => void, busy?: boolean}} props */
export function PackList({ bundles, gift = null, onChoose, busy = false }) {
  const given = (/** @type {any} */ pack) => gift?.item === pack.item && html`<small class="first-gift">${t("pack.first_gift", { coins: inCoins(gift.coins), days: gift.lasts_days })}</small>`;
  const line = (/** @type {any} */ pack) => html`<strong>${inCoins(pack.paid_coins)}</strong><span class="way-price">${inMoney(pack.price)}</span>
    ${(pack.bonus_coins > 0 || given(pack)) && html`<span class="way-notes">${pack.bonus_coins > 0 && html`<small>${t("pack.bonus", { coins: inCoins(pack.bonus_coins) })}</small>`}${given(pack)}</span>`}`;
  return html`<ul class="ways packs">
    ${bundles.map((pack) => html`<li key=${pack.item}>${onChoose ? html`<button class="way" disabled=${busy} onClick=${() => onChoose(pack)}>${line(pack)}</button>` : html`<span class="way plain">${line(pack)}</span>`}</li>`)}
  </ul>`;
}
