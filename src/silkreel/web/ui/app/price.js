// What a series costs, told before its first play: the same on every screen.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { getPrice } from "../shared/api.js";
import { boot } from "../shared/boot.js";
import { html } from "../shared/html.js";
import { atMost, inBoth } from "../shared/money.js";
import { t } from "../shared/words.js";
import { Money } from "./till.js";

/** @type {import("@preact/signals").Signal<Record<string, any>>} */
const prices = signal({}); // by slug

const FREE = { free: true }; // of every series where no price book is: nobody is asked

/** @param {string} slug */
export async function refreshPrice(slug) {
  const told = boot.sells ? await getPrice(slug).catch(() => ({ untold: true })) : FREE;
  prices.value = { ...prices.value, [slug]: told };
  return told;
}

/** The price of a series: null until it is told; `untold` where it could not be. @param {string} slug */
export function usePrice(slug) {
  useEffect(() => {
    if (!prices.value[slug] || prices.value[slug].untold) refreshPrice(slug);
  }, [slug]);
  return boot.sells ? (prices.value[slug] ?? null) : FREE;
}

/** @param {string} slug */
export const knownPrice = (slug) => (boot.sells ? (prices.value[slug] ?? null) : FREE);

/** In one line; nothing where it is not told yet. @param {{slug: string}} props */
export function PriceLine({ slug }) {
  const price = usePrice(slug);
  if (!price || price.untold) return null;
  if (price.free) return html`<span class="price-line">${t("series.free")}</span>`;
  const free = t("price.free_of", { free: price.free_episodes, all: price.episodes });
  if (!price.locked_episodes) return html`<span class="price-line">${t("price.all_open")}</span>`;
  return html`<span class="price-line"><span>${free}</span> <span>${t("price.rest", { price: inBoth(price.finish) })}</span></span>`;
}

/** Where the first play is offered: the whole price, and a way to every part of it. @param {{slug: string}} props */
export function PriceCard({ slug }) {
  const price = usePrice(slug);
  const [open, setOpen] = useState(false);
  if (!price) return html`<p class="price-card waiting-price" aria-hidden="true"> </p>`;
  if (price.untold) return html`<p class="price-card" role="alert"><span>${t("price.untold")}</span><button class="button quiet small" onClick=${() => refreshPrice(slug)}>${t("error.retry")}</button></p>`;
  if (price.free) return html`<p class="price-card free"><strong>${t("series.free")}</strong></p>`;
  const { locked_episodes: locked } = price;
  return html`<div class="price-card" role="group" aria-label=${t("price.title")}>
    <div class="price-text">
      <p><strong>${t("price.free_of", { free: price.free_episodes, all: price.episodes })}</strong></p>
      ${locked > 0
        ? html`<p>${t("price.rest", { price: inBoth(price.finish) })}</p><p class="fine">${t("price.at_most", { price: inBoth(atMost(price)) })}</p>`
        : html`<p>${t("price.all_open")}</p>`}
    </div>
    <button class="button quiet small" onClick=${() => setOpen(true)}>${t("price.more")}</button>
    ${open && html`<${Money} part="PriceSheet" slug=${slug} price=${price} onClose=${() => setOpen(false)} />`}
  </div>`;
}
