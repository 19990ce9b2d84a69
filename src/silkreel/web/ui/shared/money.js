// Amounts for people: money by the reader's habits, coins never without what they are in money.
import { language, plural, t } from "./words.js";

/** @typedef {{minor: number, currency: string, text: string}} Money */
/** @typedef {{coins: number, money: Money}} Coins */

const LARGE = 1000; // from here on a whole amount needs no zeros behind it

/** The exact amount as the reader writes it. @param {Money} money */
export function inMoney(money) {
  const amount = money.text.split(" ")[0];
  const decimals = amount.split(".")[1]?.length ?? 0;
  const plain = Number(amount) >= LARGE && Number.isInteger(Number(amount));
  const digits = plain ? 0 : decimals;
  const how = { style: /** @type {const} */ ("currency"), currency: money.currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(language.value, how).format(Number(amount));
}

/** @param {number} coins */
export const inCoins = (coins) => plural("coins.count", coins);

/** "45 coins (≈ $0.45)". @param {Coins} price */
export const inBoth = (price) => t("price.both", { coins: inCoins(price.coins), money: inMoney(price.money) });

/** @param {string | null} moment @param {Intl.DateTimeFormatOptions} [how] */
export function onDay(moment, how = { dateStyle: "medium" }) {
  return moment ? new Intl.DateTimeFormat(language.value, how).format(new Date(moment)) : "";
}

/** The most the series can still cost, bought one by one, up to its cap. @param {any} price @returns {Coins} */
export function atMost(price) {
  const onebyone = price.locked_episodes * price.episode.coins;
  if (onebyone >= price.cap.coins) return price.cap;
  const minor = Math.ceil((onebyone * price.cap.money.minor) / price.cap.coins);
  return { coins: onebyone, money: asMoney(minor, price.cap.money) };
}

/** Another amount in the currency of a known one. @param {number} minor @param {Money} like @returns {Money} */
export function asMoney(minor, like) {
  const decimals = like.text.split(" ")[0].split(".")[1]?.length ?? 0;
  return { minor, currency: like.currency, text: `${(minor / 10 ** decimals).toFixed(decimals)} ${like.currency}` };
}
