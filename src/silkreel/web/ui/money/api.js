// Questions of the money pages; whatever costs something carries the key it was shown under.
import { ask, reader } from "../shared/api.js";
import { language } from "../shared/words.js";

const read = (/** @type {string} */ path) => {
  const more = path.includes("?") ? "&" : "?";
  return ask(`${path}${more}${reader()}`, { headers: { "accept-language": language.value } });
};

/** @param {string} path @param {any} [body] @param {string} [key] */
const write = (path, body, key) =>
  ask(`${path}?${reader()}`, {
    method: "POST",
    headers: {
      "accept-language": language.value, // noes are said in the page's language, not the browser's
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key ? { "idempotency-key": key } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const part = encodeURIComponent;

export const askOffers = (/** @type {string} */ episode) => read(`/api/offers?episode=${part(episode)}`);
export const askWallet = () => read("/api/wallet");
export const askBundles = () => read("/api/wallet/bundles");
export const askHistory = (/** @type {number | null} */ before) => read(`/api/wallet/history?limit=20${before ? `&before=${before}` : ""}`);

const choiceAt = (/** @type {string} */ series, /** @type {string} */ choice) => `/api/works/${part(series)}/choices/${part(choice)}`;
export const askChoice = (/** @type {string} */ series, /** @type {string} */ choice) => read(`${choiceAt(series, choice)}/offer`);

/** Episodes, or one option of the story. @param {import("../shared/underway.js").Unlock} wish @param {string} key */
export const unlock = ({ choice, ...wish }, key) =>
  choice ? write(`${choiceAt(wish.series, choice)}/unlock`, { expected_coins: wish.expected_coins }, key) : write("/api/unlocks", wish, key);

/** @param {{item: string, return_path: string}} wish @param {string} key */
export const order = (wish, key) => write("/api/orders", wish, key);
export const claimOrder = (/** @type {string} */ id) => write(`/api/orders/${part(id)}/claim`);
export const askOrder = (/** @type {string} */ id) => read(`/api/orders/${part(id)}`);

export const askVip = () => read("/api/vip");
export const askScreen = (/** @type {string} */ plan, /** @type {boolean} */ renews) => read(`/api/vip/screen?plan=${part(plan)}&renews=${renews}`);
/** @param {{plan: string, renews: boolean, screen: string, return_path: string}} wish @param {string} key */
export const joinVip = (wish, key) => write("/api/vip", wish, key);
export const showCancel = () => write("/api/vip/cancel");
export const confirmCancel = () => write("/api/vip/cancel/confirm");

export const showWithdraw = () => write("/api/vip/withdraw");
export const confirmWithdraw = () => write("/api/vip/withdraw/confirm");

export const beginAd = (/** @type {string} */ episode) => write("/api/ads/intents", { episode, network: null });
export const adShown = (/** @type {string} */ nonce) => write(`/api/ads/intents/${part(nonce)}/shown`);
export const claimAd = (/** @type {string} */ nonce) => write(`/api/ads/intents/${part(nonce)}/claim`);
