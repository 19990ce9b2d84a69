// The wall: every way past a locked episode or to an option that costs coins, with its true price, in the order the
// server gave. The player, the reader and the game open the same one.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { inBoth, inCoins, inMoney, onDay } from "../shared/money.js";
import { episodePath } from "../shared/router.js";
import { Sheet } from "../shared/sheet.js";
import { plural, t } from "../shared/words.js";
import { RewardedAd } from "./ad.js";
import { askChoice, askOffers, unlock } from "./api.js";
import { keyFor, once } from "../shared/keys.js";
import { underway } from "../shared/underway.js";
import { OrderState, goAndPay } from "./order.js";
import { Busy, Footing, Terms, Told, sentenceOf, unsure } from "./parts.js";
import { PackList } from "./prices.js";
import { JoinVip } from "./vip.js";

const SOON_HOURS = 24; // an hour of the day says it; later a day does

/** The name of an unlock: what it opens, at which price. @param {any} wish */
const unlockName = (wish) => `unlock:${wish.choice ? `${wish.series}:${wish.choice}` : [...wish.episodes].sort().join(",")}:${wish.expected_coins}`;

/** Before an episode, or before one option of the story where `choice` names it. `back`: where a payer returns to.
 * @param {{series: any, episode?: any, choice?: string | null, price: any, back?: string, onClose: () => void, onOpened: (by: {txn: number | null, coins: number} | null) => void}} props
 */
export function Wall({ series, episode, choice = null, price, back, onClose, onOpened }) {
  const [offers, setOffers] = useState(/** @type {any} */ (null));
  const [view, setView] = useState(/** @type {{name: string, plan?: string}} */ ({ name: "ways" }));
  const [busy, setBusy] = useState(/** @type {string | null} */ (null));
  const [trouble, setTrouble] = useState(/** @type {{error: any, again?: () => void} | null} */ (null));
  const [told, setTold] = useState("");
  const path = back ?? episodePath(series.slug, episode.number);
  const known = useMemo(underway, []);
  const ours = known?.path === path && (known.unlock?.choice ?? null) === choice;
  const [paying, setPaying] = useState(ours ? known : null);
  const alive = useRef(true);
  useEffect(() => () => void (alive.current = false), []);

  const load = () =>
    (choice ? askChoice(series.slug, choice) : askOffers(episode.id)).then(
      (found) => {
        if (!alive.current) return;
        if (!found.locked) onOpened(null);
        else {
          setOffers(found);
          for (const option of found.options) if (option.episodes || choice) keyFor(unlockName(wishOf(series, option)));
        }
      },
      (error) => alive.current && setTrouble({ error, again: start }),
    );
  const start = () => {
    setTrouble(null);
    load();
  };
  useEffect(start, [episode?.id, choice]);

  const open = async (/** @type {any} */ wish, /** @type {string} */ mark) => {
    setBusy(mark);
    setTrouble(null);
    try {
      const opened = await once(unlockName(wish), (key) => unlock(wish, key));
      onOpened({ txn: opened.status === "ok" ? opened.txn : null, coins: opened.paid_coins + opened.bonus_coins });
    } catch (error) {
      if (!alive.current) return;
      setBusy(null);
      setTrouble({ error, again: unsure(error) ? () => open(wish, mark) : undefined });
      if (!unsure(error)) load(); // what is told below is the price as it is now
    }
  };
  const pay = async (/** @type {string} */ item, /** @type {any} */ wish, /** @type {string} */ mark) => {
    setBusy(mark);
    setTrouble(null);
    try {
      const paid = await goAndPay({ name: `order:${item}`, item, path, unlock: wish });
      if (paid) setPaying(underway());
    } catch (error) {
      if (alive.current) setTrouble({ error, again: unsure(error) ? () => pay(item, wish, mark) : undefined });
    }
    if (alive.current) setBusy(null);
  };
  const choose = (/** @type {any} */ option, /** @type {string} */ mark) => {
    setTold("");
    if (option.kind === "ad") setView({ name: "ad" });
    else if (option.kind === "vip") setView({ name: "vip", plan: option.vip.plan });
    else if (option.missing_coins > 0 && option.top_up) pay(option.top_up.item, wishOf(series, option), mark);
    else open(wishOf(series, option), mark);
  };
  const home = () => {
    setView({ name: "ways" });
    start();
  };

  if (view.name === "ad")
    return html`<${RewardedAd} episode=${episode} onOpened=${() => onOpened(null)} onBack=${(/** @type {string} */ sentence) => {
      setTold(sentence);
      home();
    }} />`;
  const titles = { terms: "terms.title", packs: "pack.title", vip: "vip.title" };
  const head = choice ? t("wall.choice_title") : t("wall.title", { number: episode.number });
  const title = view.name === "ways" ? head : t(titles[/** @type {keyof typeof titles} */ (view.name)]);
  return html`<${Sheet} title=${title} onClose=${view.name === "ways" ? onClose : home} wide=${true}>
    ${paying
      ? html`<${OrderState} known=${paying} onLeave=${() => setPaying(null)} onPaid=${(/** @type {any} */ _order, /** @type {any} */ done) => {
          setPaying(null);
          if (done.unlock) open(done.unlock, "paid");
          else start();
        }} />`
      : view.name === "terms"
        ? html`<${Terms} />`
        : view.name === "vip"
          ? html`<${JoinVip} path=${path} first=${view.plan ?? null} />`
          : view.name === "packs"
            ? html`<${Packs} price=${price} wish=${coinWish(series, offers)} number=${episode?.number} busy=${busy !== null} onChoose=${(/** @type {any} */ pack, /** @type {any} */ wish) => pay(pack.item, wish, pack.item)} />`
            : html`<${Ways} offers=${offers} busy=${busy} failed=${trouble !== null} onChoose=${choose} onPacks=${price?.bundles?.length ? () => setView({ name: "packs" }) : undefined} onTerms=${() => setView({ name: "terms" })} />`}
    <div class="wall-told" aria-live="polite">
      ${trouble && html`<${Trouble} trouble=${trouble} />`}
      ${told && !trouble && html`<p class="told">${told}</p>`}
    </div>
  <//>`;
}

/** @param {{trouble: {error: any, again?: () => void}}} props */
function Trouble({ trouble }) {
  if (trouble.again) return html`<${Told} error=${trouble.error} onAgain=${trouble.again} />`;
  return html`<p class="told" role="alert">${sentenceOf(trouble.error)}</p>`;
}

/** @param {any} series @param {any} option */
const wishOf = (series, option) =>
  option.kind === "choice"
    ? { series: series.slug, choice: option.ref, expected_coins: option.price_coins }
    : { series: series.slug, episodes: option.episodes, expected_coins: option.price_coins };

/** What a pack is bought for: this episode, where its coins are missing. @param {any} series @param {any} offers */
function coinWish(series, offers) {
  const option = offers?.options.find((/** @type {any} */ each) => ["coin", "choice"].includes(each.kind));
  return option?.missing_coins > 0 ? wishOf(series, option) : null;
}

/** @param {{offers: any, busy: string | null, failed: boolean, onChoose: (option: any, mark: string) => void, onPacks?: () => void, onTerms: () => void}} props */
function Ways({ offers, busy, failed, onChoose, onPacks, onTerms }) {
  if (!offers) return failed ? null : html`<${Busy} />`;
  const plans = offers.options.filter((/** @type {any} */ option) => option.kind === "vip");
  const ways = offers.options.filter((/** @type {any} */ option) => option.kind !== "vip" || option === plans[0]);
  const closed = [...new Set(/** @type {string[]} */ (Object.values(offers.left_out)))].filter((why) => WORTH_TELLING.includes(why));
  return html`${offers.choice && html`<p class="option-words" lang=${offers.language}>${offers.text}</p>`}
    <${Balance} wallet=${offers.wallet} />
    <ul class="ways">
      ${ways.map((/** @type {any} */ option) => {
        const mark = `${option.kind}:${option.ref ?? ""}`;
        return html`<li key=${mark}><${Way} option=${option} plans=${plans} offers=${offers} busy=${busy !== null} waiting=${busy === mark} onChoose=${() => onChoose(option, mark)} /></li>`;
      })}
    </ul>
    ${closed.length > 0 && html`<ul class="closed">${closed.map((why) => html`<li key=${why}>${t(`wall.closed.${why}`)}</li>`)}</ul>`}
    <p class="fine">${t(offers.choice ? "wall.choice_terms" : "wall.undo")}</p>
    <div class="feet">
      ${onPacks && html`<button class="footing" onClick=${onPacks}><${Icon} name="coin" /><span>${t("pack.open")}</span></button>`}
      <${Footing} onOpen=${onTerms} />
    </div>`;
}

// Reasons that help to decide; the others are about ways this brand does not have.
const WORTH_TELLING = ["debt", "used_up", "no_ad_ready", "not_covered", "may_not_spend", "may_not_see_ads"];

/** @param {{wallet: any}} props */
export function Balance({ wallet }) {
  const all = wallet.paid_coins + wallet.bonus_coins;
  return html`<p class="balance"><${Icon} name="coin" /><span>${t("wall.balance", { coins: inCoins(all) })}</span>
    ${wallet.bonus_coins > 0 && html`<small>${t("wall.bonus_first", { coins: inCoins(wallet.bonus_coins) })}</small>`}
    ${wallet.debt_coins > 0 && html`<small class="warn">${t("wall.debt", { coins: inCoins(wallet.debt_coins) })}</small>`}
  </p>`;
}

/** One way on: what it does, what it costs, what follows. @param {any} props */
function Way({ option, plans, offers, busy, waiting, onChoose }) {
  if (option.kind === "wait") return html`<p class="way plain"><${Icon} name="clock" /><strong>${t("wall.wait")}</strong><span class="way-price">${t("wall.free")}</span><span class="way-notes"><small>${t("wall.wait_until", { moment: soon(option.again_at) })}</small></span></p>`;
  const { icon, name, notes, price } = said(option, plans, offers);
  return html`<button class="way" disabled=${busy} aria-busy=${waiting} onClick=${onChoose}>
    <${Icon} name=${icon} />
    <strong>${name}</strong>
    <span class="way-price">${waiting ? html`<span class="spinner tiny" aria-hidden="true"></span>` : price}</span>
    <span class="way-notes">${notes.map((note) => html`<small key=${note}>${note}</small>`)}</span>
  </button>`;
}

/** @param {any} option @param {any[]} plans @param {any} offers */
function said(option, plans, offers) {
  const both = () => inBoth({ coins: option.price_coins, money: option.price });
  if (option.kind === "ad") {
    const { ad } = option;
    const again = t("wall.ad_left", { left: ad.left_today, cap: ad.cap, moment: soon(ad.resets_at) });
    const name = ad.ads > 1 ? t("wall.ads", { watched: ad.watched, ads: ad.ads }) : t("wall.ad");
    return { icon: "ad", name, notes: [plural("wall.ad_lasts", ad.lasts_days), again], price: t("wall.free") };
  }
  if (option.kind === "vip") {
    const prices = plans.map((plan) => t(`vip.price.${plan.vip.plan}`, { price: inMoney(plan.price) }));
    return { icon: "star", name: t("wall.vip"), notes: prices, price: t("wall.see") };
  }
  if (option.kind === "choice") return { icon: "coin", name: t("wall.choice"), notes: [t("wall.choice_for_ever"), ...topUp(option)], price: both() };
  if (option.kind === "rest") {
    const singly = offers.options.find((/** @type {any} */ each) => each.kind === "coin");
    const alone = singly && singly.price_coins * option.episodes.length;
    const saved = alone > option.price_coins ? [t("wall.rest_instead", { coins: inCoins(alone) })] : [];
    return { icon: "episodes", name: plural("wall.rest", option.episodes.length), notes: [...saved, ...topUp(option)], price: both() };
  }
  return { icon: "coin", name: t("wall.coin", { number: offers.number }), notes: [t("wall.for_ever"), ...topUp(option)], price: both() };
}

/** What is paid where coins are missing: exactly that. @param {any} option */
function topUp(option) {
  if (!option.missing_coins || !option.top_up) return [];
  const { coins, price, left_over_coins: over } = option.top_up;
  const pay = t("wall.top_up", { coins: inCoins(coins), price: inMoney(price) });
  return over > 0 ? [pay, t("wall.left_over", { coins: inCoins(over) })] : [pay];
}

/** @param {string} moment */
function soon(moment) {
  const near = Date.parse(moment) - Date.now() < SOON_HOURS * 3_600_000;
  return onDay(moment, near ? { timeStyle: "short" } : { dateStyle: "medium" });
}

/** @param {{price: any, wish: any, number: number, busy: boolean, onChoose: (pack: any, wish: any) => void}} props */
function Packs({ price, wish, number, busy, onChoose }) {
  const fits = (/** @type {any} */ pack) => (wish && pack.paid_coins + pack.bonus_coins >= wish.expected_coins ? wish : null);
  return html`${wish && html`<p class="told">${wish.choice ? t("pack.then_choice", { coins: inCoins(wish.expected_coins) }) : t("pack.then", { number, coins: inCoins(wish.expected_coins) })}</p>`}
    <${PackList} bundles=${price.bundles} gift=${price.first_gift} busy=${busy} onChoose=${(/** @type {any} */ pack) => onChoose(pack, fits(pack))} />
    <p class="fine">${t("price.exact")} ${t("pack.never_end")}</p>`;
}
