// Your rights and limits: the account, what one may spend, withdrawing, one's data, and leaving.
import { useEffect, useState } from "preact/hooks";
import { bodyOf } from "../shared/answers.js";
import { Refusal } from "../shared/api.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { back } from "../shared/router.js";
import { Sheet } from "../shared/sheet.js";
import { language, plural, t } from "../shared/words.js";
import { Trouble, Waiting } from "./frame.js";

const STOPS = [1, 7, 30, 180, 36500]; // days; the last one is for good

/** @param {string} method @param {string} path @param {object} [body] */
async function ask(method, path, body) {
  const options = body ? { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : { method };
  let answer, told;
  try {
    answer = await fetch(path, options);
    told = await bodyOf(answer);
  } catch {
    throw new Refusal("network", t("error.network"), 0);
  }
  if (!answer.ok) throw new Refusal(told?.code ?? "", told?.detail || t("error.network"), answer.status);
  return told;
}

/** @param {string} time */
const when = (time) => new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));

/** @param {{minor: number, currency: string}} money */
function inMoney({ minor, currency }) {
  const format = new Intl.NumberFormat(language.value, { style: "currency", currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

export function Rights() {
  const [rights, setRights] = useState(/** @type {any} */ (null));
  const [me, setMe] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const load = () => {
    setError(null);
    Promise.all([ask("GET", "/api/me/rights"), ask("GET", "/api/me"), ask("GET", "/api/withdrawals/contracts")]).then(([r, m, contracts]) => {
      setRights({ ...r, contracts });
      setMe(m);
    }, setError);
  };
  const change = (/** @type {any} */ r) => setRights({ ...r, contracts: rights.contracts });
  useEffect(load, []);
  useEffect(() => {
    document.title = `${t("rights.title")} · ${t("brand")}`;
  }, [language.value]);
  if (error) return html`<${Trouble} error=${error} onRetry=${load} />`;
  if (!rights || !me) return html`<${Waiting} />`;
  return html`<div class="rights">
    <header class="rights-top">
      <button class="icon-button" onClick=${() => back("/")} aria-label=${t("player.back")}><${Icon} name="back" /></button>
      <h1>${t("rights.title")}</h1>
    </header>
    <main class="rights-main">
      <${Account} me=${me} onChange=${load} />
      <${Limits} rights=${rights} onChange=${change} />
      <${Stop} rights=${rights} onChange=${load} />
      <${Withdrawal} rights=${rights} onChange=${load} />
      <${Age} rights=${rights} onChange=${change} />
      <${Data} onChange=${load} />
    </main>
  </div>`;
}

/** A card with a title and one sentence of what it is for. @param {{id: string, children: any}} props */
function Card({ id, children }) {
  return html`<section class="card-of-rights" aria-labelledby=${`rights-${id}`}>
    <h2 id=${`rights-${id}`}>${t(`rights.${id}`)}</h2>
    <p class="rights-hint">${t(`rights.${id}.hint`)}</p>
    ${children}
  </section>`;
}

/** Something done by a press: busy while it is under way, its no beside it. */
function useDeed() {
  const [state, setState] = useState({ busy: false, no: "" });
  /** @param {() => Promise<void>} deed */
  const run = async (deed) => {
    setState({ busy: true, no: "" });
    try {
      await deed();
      setState({ busy: false, no: "" });
    } catch (problem) {
      setState({ busy: false, no: problem instanceof Error ? problem.message : String(problem) });
    }
  };
  return { ...state, run };
}

/** @param {{no: string}} props */
const No = ({ no }) => html`<p class="rights-no" role="alert">${no}</p>`;

/** @param {{me: any, onChange: () => void}} props */
function Account({ me, onChange }) {
  return html`<${Card} id="account">
    ${me.signed_in ? html`<${SignedIn} me=${me} onChange=${onChange} />` : me.can_sign_in ? html`<${SignIn} onChange=${onChange} />` : html`<p>${t("rights.account.closed")}</p>`}
  <//>`;
}

/** @param {{onChange: () => void}} props */
function SignIn({ onChange }) {
  const [address, setAddress] = useState("");
  const [sent, setSent] = useState(/** @type {any} */ (null));
  const [code, setCode] = useState("");
  const deed = useDeed();
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    deed.run(async () => setSent(await ask("POST", "/api/me/codes", { address })));
  };
  const enter = (/** @type {Event} */ event) => {
    event.preventDefault();
    deed.run(async () => {
      await ask("POST", "/api/me/sign-in", { address, code });
      onChange();
    });
  };
  if (!sent)
    return html`<form class="rights-row" onSubmit=${send}>
      <label class="rights-field"><span>${t("rights.account.address")}</span>
        <input type="email" autocomplete="email" required value=${address} onInput=${(/** @type {any} */ e) => setAddress(e.target.value)} /></label>
      <button class="button main" disabled=${deed.busy}>${t("rights.account.send")}</button>
      <${No} no=${deed.no} />
    </form>`;
  return html`<form class="rights-row" onSubmit=${enter}>
    <p>${t("rights.account.sent", { address })}</p>
    ${sent.shown_code && html`<p class="rights-demo">${t("rights.account.demo", { code: sent.shown_code })}</p>`}
    <label class="rights-field"><span>${t("rights.account.code")}</span>
      <input inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" required value=${code} onInput=${(/** @type {any} */ e) => setCode(e.target.value)} /></label>
    <button class="button main" disabled=${deed.busy}>${t("rights.account.enter")}</button>
    <button type="button" class="button quiet" onClick=${() => setSent(null)}>${t("rights.account.other")}</button>
    <${No} no=${deed.no} />
  </form>`;
}

/** @param {{me: any, onChange: () => void}} props */
function SignedIn({ me, onChange }) {
  const deed = useDeed();
  const leave = (/** @type {boolean} */ everywhere) =>
    deed.run(async () => {
      await ask("POST", "/api/me/sign-out", { everywhere });
      onChange();
    });
  const end = (/** @type {string} */ id) =>
    deed.run(async () => {
      await ask("DELETE", `/api/me/places/${id}`);
      onChange();
    });
  return html`<p><strong><bdi>${me.addresses.join(", ")}</bdi></strong></p>
    <ul class="rights-places" aria-label=${t("rights.account.places")}>
      ${me.places.map(
        (/** @type {any} */ place) => html`<li key=${place.id}>
          <span><strong>${place.device || t("rights.account.browser")}</strong><small>${place.here ? t("rights.account.here") : t("rights.account.seen", { when: when(place.seen_at) })}</small></span>
          ${!place.here && html`<button class="button quiet" disabled=${deed.busy} onClick=${() => end(place.id)}>${t("rights.account.end")}</button>`}
        </li>`,
      )}
    </ul>
    <div class="rights-buttons">
      <button class="button quiet" disabled=${deed.busy} onClick=${() => leave(false)}>${t("rights.account.out")}</button>
      ${me.places.length > 1 && html`<button class="button quiet" disabled=${deed.busy} onClick=${() => leave(true)}>${t("rights.account.out_everywhere")}</button>`}
    </div>
    <${No} no=${deed.no} />`;
}

/** @param {{rights: any, onChange: (rights: any) => void}} props */
function Limits({ rights, onChange }) {
  return html`<${Card} id="limits">
    <${LimitRow} stretch="day" limit=${rights.day} onChange=${onChange} />
    <${LimitRow} stretch="month" limit=${rights.month} onChange=${onChange} />
  <//>`;
}

/** @param {{stretch: string, limit: any, onChange: (rights: any) => void}} props */
function LimitRow({ stretch, limit, onChange }) {
  const [coins, setCoins] = useState(limit.coins === null ? "" : String(limit.coins));
  const deed = useDeed();
  const set = (/** @type {number | null} */ wish) => deed.run(async () => onChange(await ask("PUT", `/api/me/limits/${stretch}`, { coins: wish })));
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    set(Number(coins));
  };
  const next = limit.next_coins === null ? t("rights.limits.none") : plural("rights.coins", limit.next_coins);
  return html`<form class="rights-row" onSubmit=${save}>
    <label class="rights-field"><span>${t(`rights.limits.${stretch}`)}</span>
      <input type="number" inputmode="numeric" min="0" max="1000000000" step="1" required placeholder=${t("rights.limits.none")} value=${coins} onInput=${(/** @type {any} */ e) => setCoins(e.target.value)} /></label>
    <button class="button main" disabled=${deed.busy}>${t("rights.save")}</button>
    ${limit.coins !== null && !limit.next_at && html`<button type="button" class="button quiet" disabled=${deed.busy} onClick=${() => set(null)}>${t("rights.limits.remove")}</button>`}
    <p class="rights-state" aria-live="polite">${t("rights.limits.used", { spent: limit.spent_coins, bought: limit.bought_coins })}
      ${limit.coins !== null && ` ${t("rights.limits.now", { limit: plural("rights.coins", limit.coins) })}`}
      ${limit.next_at && html` <strong>${t("rights.limits.next", { limit: next, when: when(limit.next_at) })}</strong>`}</p>
    <${No} no=${deed.no} />
  </form>`;
}

/** @param {{rights: any, onChange: () => void}} props */
function Stop({ rights, onChange }) {
  const [days, setDays] = useState(0);
  return html`<${Card} id="stop">
    ${rights.stopped_until && html`<p class="rights-state"><strong>${t("rights.stop.until", { when: when(rights.stopped_until) })}</strong></p>`}
    <div class="rights-buttons">
      ${STOPS.map((length) => html`<button key=${length} class="button quiet" onClick=${() => setDays(length)}>${length > 9999 ? t("rights.stop.for_good") : plural("rights.stop.days", length)}</button>`)}
    </div>
    ${days > 0 && html`<${Confirm} title=${t("rights.stop")} label=${t("rights.stop.confirm")} onClose=${() => setDays(0)}
      deed=${async () => {
        await ask("POST", "/api/me/stop", { days });
        onChange();
      }}>
      <p>${t("rights.stop.sure", { length: days > 9999 ? t("rights.stop.for_good") : plural("rights.stop.days", days) })}</p>
    <//>`}
  <//>`;
}

/** The second step of something that stays done. @param {{title: string, label: string, deed: () => Promise<void>, onClose: () => void, children: any, blocked?: boolean}} props */
function Confirm({ title, label, deed, onClose, children, blocked = false }) {
  const doing = useDeed();
  const go = () =>
    doing.run(async () => {
      await deed();
      onClose();
    });
  return html`<${Sheet} title=${title} onClose=${onClose}>
    ${children}
    <${No} no=${doing.no} />
    <div class="rights-buttons">
      <button class="button main" disabled=${doing.busy || blocked} onClick=${go}>${label}</button>
      <button class="button quiet" onClick=${onClose}>${t("rights.cancel")}</button>
    </div>
  <//>`;
}

/** What a withdrawal gives, as it is shown or was received. @param {{drawn: any}} props */
function Gives({ drawn }) {
  const { kind, statement } = drawn;
  if (kind === "unlock") return html`<p>${t("rights.withdraw.gives_coins")}</p>`;
  const money = kind === "coins" ? statement.returns : statement.returns.map((/** @type {any} */ [, minor, currency]) => ({ minor, currency }));
  if (!money.length) return html`<p>${t("rights.withdraw.gives_nothing")}</p>`;
  return html`<ul class="rights-list">
    ${money.map((/** @type {any} */ each) => html`<li>${each.coins ? `${plural("rights.coins", each.coins)} → ` : ""}<strong>${inMoney(each)}</strong></li>`)}
  </ul>`;
}

/** @param {{rights: any, onChange: () => void}} props */
function Withdrawal({ rights, onChange }) {
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const [done, setDone] = useState(/** @type {any} */ (null));
  const deed = useDeed();
  const begin = (/** @type {any} */ wish) => deed.run(async () => setShown(await ask("POST", "/api/withdrawals", wish)));
  const file = done && `data:application/json;charset=utf-8,${encodeURIComponent(done.receipt)}`;
  return html`<${Card} id="withdraw">
    <p class="rights-state">${plural("rights.withdraw.left", rights.paid_coins)} ${plural("rights.withdraw.days", rights.withdraw_days)}</p>
    <div class="rights-buttons"><button class="button quiet" disabled=${deed.busy} onClick=${() => begin({ kind: "coins" })}>${t("rights.withdraw.here")}</button></div>
    ${rights.contracts.length > 0 && html`<ul class="rights-places">
      ${rights.contracts.map(
        (/** @type {any} */ each) => html`<li key=${each.kind + each.ref}>
          <span><strong>${each.kind === "vip" ? t("rights.withdraw.vip") : t("rights.withdraw.unlock", { coins: plural("rights.coins", each.coins) })}</strong><small>${when(each.made_at)}</small></span>
          <button class="button quiet" disabled=${deed.busy} onClick=${() => begin({ kind: each.kind, ref: each.ref })}>${t("rights.withdraw.short")}</button>
        </li>`,
      )}
    </ul>`}
    <${No} no=${deed.no} />
    ${done && html`<div class="rights-receipt" role="status">
      <p><strong>${t("rights.withdraw.received", { when: when(done.confirmed_at) })}</strong></p><${Gives} drawn=${done} />
      <a class="button quiet" href=${file} download=${`withdrawal-${done.id}.json`}>${t("rights.withdraw.keep")}</a>
    </div>`}
    ${shown && html`<${Confirm} title=${t("rights.withdraw.here")} label=${t("rights.withdraw.confirm")} onClose=${() => setShown(null)}
      deed=${async () => {
        setDone(await ask("POST", `/api/withdrawals/${shown.id}/confirm`));
        onChange();
      }}>
      <p>${t(`rights.withdraw.sure.${shown.kind}`)}</p><${Gives} drawn=${shown} />
    <//>`}
  <//>`;
}

/** @param {{rights: any, onChange: (rights: any) => void}} props */
function Age({ rights, onChange }) {
  const [years, setYears] = useState("");
  const deed = useDeed();
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    deed.run(async () => onChange(await ask("POST", "/api/me/age", { years: Number(years) })));
  };
  return html`<${Card} id="age">
    ${rights.age && html`<p class="rights-state"><strong>${t(`rights.age.${rights.age}`, { from: rights.spends_from })}</strong></p>`}
    <form class="rights-row" onSubmit=${save}>
      <label class="rights-field"><span>${t("rights.age.years")}</span>
        <input type="number" inputmode="numeric" min="1" max="130" required value=${years} onInput=${(/** @type {any} */ e) => setYears(e.target.value)} /></label>
      <button class="button main" disabled=${deed.busy}>${t("rights.save")}</button>
      <${No} no=${deed.no} />
    </form>
  <//>`;
}

/** @param {{onChange: () => void}} props */
function Data({ onChange }) {
  const [left, setLeft] = useState(/** @type {any} */ (null));
  const [giveUp, setGiveUp] = useState(false);
  const deed = useDeed();
  const take = () =>
    deed.run(async () => {
      const answer = await fetch("/api/me/export");
      if (!answer.ok) throw new Error((await answer.json()).detail);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = "my-data.zip";
      link.click();
      URL.revokeObjectURL(link.href);
    });
  const begin = () => deed.run(async () => setLeft(await ask("GET", "/api/me/erasure")));
  return html`<${Card} id="data">
    <div class="rights-buttons">
      <button class="button quiet" disabled=${deed.busy} onClick=${take}>${t("rights.data.take")}</button>
      <button class="button quiet danger" disabled=${deed.busy} onClick=${begin}>${t("rights.data.erase")}</button>
    </div>
    <${No} no=${deed.no} />
    ${left && html`<${Confirm} title=${t("rights.data.erase")} label=${t("rights.data.confirm")} blocked=${left.paid_coins > 0 && !giveUp} onClose=${() => setLeft(null)}
      deed=${async () => {
        await ask("POST", "/api/me/erasure", { give_up_coins: giveUp });
        onChange();
      }}>
      <p>${t("rights.data.sure")}</p>
      ${left.vips > 0 && html`<p>${t("rights.data.vip")}</p>`}
      ${left.paid_coins > 0 && html`<label class="rights-check"><input type="checkbox" checked=${giveUp} onChange=${(/** @type {any} */ e) => setGiveUp(e.target.checked)} /><span>${plural("rights.data.coins", left.paid_coins)}</span></label>`}
    <//>`}
  <//>`;
}
