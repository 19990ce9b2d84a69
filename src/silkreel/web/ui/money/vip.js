// VIP: what it costs and covers, the exact screen before a yes, how it stands, leaving in two clicks.
import { useEffect, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { inMoney, onDay } from "../shared/money.js";
import { t } from "../shared/words.js";
import { askScreen, askVip, confirmCancel, confirmWithdraw, showCancel, showWithdraw } from "./api.js";
import { Screen } from "./frame.js";
import { keyFor } from "../shared/keys.js";
import { underway } from "../shared/underway.js";
import { OrderState, goAndPay } from "./order.js";
import { Busy, Facts, Told, sentenceOf, unsure, useAsked } from "./parts.js";

const LEAVABLE = ["active", "grace", "on_hold", "paused"];

/** The page: what runs, or what can be joined. */
export function Vip() {
  const { value, error, again } = useAsked(askVip);
  const [known, setKnown] = useState(underway);
  useEffect(() => void (document.title = `${t("vip.title")} · ${t("brand")}`), []);
  const body = () => {
    if (known) return html`<${OrderState} known=${known} other=${t("order.hide")} onLeave=${() => setKnown(null)} onPaid=${() => {
      setKnown(null);
      again();
    }} />`;
    if (error) return html`<${Told} error=${error} onAgain=${again} />`;
    if (!value) return html`<${Busy} />`;
    if (value.current && value.current.state !== "ended") return html`<${Mine} vip=${value.current} onChange=${again} />`;
    return html`<${JoinVip} path="/vip" first=${null} told=${value} />`;
  };
  return html`<${Screen} title=${t("vip.title")}>${body()}<//>`;
}

/** What runs, and how to leave it. @param {{vip: any, onChange: () => void}} props */
function Mine({ vip, onChange }) {
  const day = onDay(vip.ends_at);
  return html`<section class="card" aria-labelledby="my-vip">
    <h2 id="my-vip">${t(`vip.plan.${vip.plan}`)}</h2>
    <p class="vip-state">${t(`vip.state.${vip.state}`, { day })}</p>
    <${Facts} rows=${[
      [t("vip.price"), inMoney(vip.price)],
      vip.ends_at && [t("vip.until"), day],
      [t("vip.renewal"), t(vip.renews && vip.state !== "cancelled" ? "vip.renews_yes" : "vip.renews_no")],
      [t("vip.agreed"), onDay(vip.agreed_at)],
    ]} />
    ${vip.manage_url
      ? html`<p class="told">${t("vip.store")}</p><a class="button quiet" href=${vip.manage_url} rel="noopener">${t("vip.store_open")}</a>`
      : html`${LEAVABLE.includes(vip.state) && html`<${Leave} what="cancel" show=${showCancel} confirm=${confirmCancel} onDone=${onChange} />`}
          ${vip.state !== "revoked" && vip.state !== "pending" && html`<${Leave} what="withdraw" show=${showWithdraw} confirm=${confirmWithdraw} onDone=${onChange} />`}`}
  </section>`;
}

/** First click: what it does. Second click: it is done. No question, no offer between.
 * @param {{what: "cancel" | "withdraw", show: () => Promise<any>, confirm: () => Promise<any>, onDone: () => void}} props */
function Leave({ what, show, confirm, onDone }) {
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const [receipt, setReceipt] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const ask = (/** @type {() => Promise<any>} */ step, /** @type {(found: any) => void} */ then) => {
    setError(null);
    step().then(then, setError);
  };
  const done = (/** @type {any} */ found) => {
    setReceipt(found);
    onDone();
  };
  if (receipt) return html`<${Receipt} what=${what} receipt=${receipt} />`;
  if (error) return html`<${Told} error=${error} onAgain=${() => ask(shown ? confirm : show, shown ? done : setShown)} onLeave=${() => setError(null)} />`;
  if (!shown) return html`<button class="button quiet leave" onClick=${() => ask(show, setShown)}>${t(`vip.${what}`)}</button>`;
  return html`<div class="told-box" role="group" aria-label=${t(`vip.${what}`)}>
    <p class="told" role="status">${effect(what, shown)}</p>
    <div class="row"><button class="button quiet" ref=${focusOnce} onClick=${() => ask(confirm, done)}>${t(`vip.${what}_confirm`)}</button>
      <button class="button quiet" onClick=${() => setShown(null)}>${t("vip.keep")}</button></div>
  </div>`;
}

/** @param {HTMLElement | null} element */
const focusOnce = (element) => element && !element.dataset.seen && ((element.dataset.seen = "1"), element.focus());

/** @param {"cancel" | "withdraw"} what @param {any} shown */
function effect(what, shown) {
  const back = (shown.returns ?? []).map(inMoney).join(" + ");
  if (what === "withdraw") return back ? t("vip.withdraw_effect", { money: back }) : t("vip.withdraw_nothing");
  return t("vip.cancel_effect", { day: onDay(shown.ends_at) });
}

/** @param {{what: "cancel" | "withdraw", receipt: any}} props */
function Receipt({ what, receipt }) {
  const text = typeof receipt.receipt === "string" ? receipt.receipt : JSON.stringify(receipt.receipt ?? receipt);
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `vip-${what}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return html`<div class="told-box" role="status" data-receipt=${what}>
    <p class="told good">${t(`vip.${what}_done`)} ${effect(what, receipt)}</p>
    <button class="button quiet" onClick=${save}>${t("vip.receipt")}</button>
  </div>`;
}

/** Plans, then the exact screen of one. Nothing is chosen or ticked beforehand.
 * @param {{path: string, first: string | null, told?: any}} props */
export function JoinVip({ path, told = null }) {
  const asked = useAsked(() => (told ? Promise.resolve(told) : askVip()));
  const [plan, setPlan] = useState(/** @type {string | null} */ (null));
  if (asked.error) return html`<${Told} error=${asked.error} onAgain=${asked.again} />`;
  if (!asked.value) return html`<${Busy} />`;
  const { plans, not_covered: gaps } = asked.value;
  if (!plans.length) return html`<p class="told">${t("vip.none")}</p>`;
  if (plan) return html`<${ConsentScreen} plan=${plan} path=${path} onBack=${() => setPlan(null)} />`;
  return html`<p class="told">${t(gaps.length ? "vip.what_but" : "vip.what")}</p>
    <ul class="ways">
      ${plans.map((/** @type {any} */ each) => html`<li key=${each.plan}><button class="way" onClick=${() => setPlan(each.plan)}>
        <strong>${t(`vip.plan.${each.plan}`)}</strong><span class="way-price">${inMoney(each.price)}</span><span class="way-notes"><small>${t("vip.renews_no")}</small></span>
      </button></li>`)}
    </ul>
    ${gaps.length > 0 && html`<section class="gaps"><h3>${t("vip.not_covered")}</h3><p>${gaps.map((/** @type {any} */ gap) => gap.title).join(" · ")}</p></section>`}
    <p class="fine">${t("vip.leave_easily")}</p>`;
}

/** Every text of the screen, in its order, exactly as it is kept with the yes. @param {{plan: string, path: string, onBack: () => void}} props */
function ConsentScreen({ plan, path, onBack }) {
  const [renews, setRenews] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const screen = useAsked(() => askScreen(plan, renews), [plan, renews]);
  if (screen.error) return html`<${Told} error=${screen.error} onAgain=${screen.again} onLeave=${onBack} />`;
  if (!screen.value) return html`<${Busy} />`;
  const { texts, sha256, price } = /** @type {any} */ (screen.value);
  const name = `vip:${sha256}`;
  keyFor(name);
  const pay = async () => {
    setBusy(true);
    setError(null);
    try {
      await goAndPay({ name, vip: { plan, renews, screen: sha256 }, path });
    } catch (refusal) {
      setError(refusal);
      if (!unsure(refusal)) screen.again();
    }
    setBusy(false);
  };
  return html`<div class="consent" data-sha256=${sha256}>
    ${texts.map((/** @type {string} */ text, /** @type {number} */ n) => (n === 0 ? html`<h3 key=${n}>${text}</h3>` : html`<p key=${n}>${text}</p>`))}
    <button class="choice" role="switch" aria-checked=${renews} onClick=${() => setRenews(!renews)}>
      <span class="choice-text"><strong>${t("vip.renew")}</strong><small>${t("vip.renew_hint")}</small></span><span class="switch" aria-hidden="true"></span>
    </button>
    <div class="row">
      <button class="button main" disabled=${busy} onClick=${pay}>${t("vip.agree", { price: inMoney(price) })}</button>
      <button class="button quiet" onClick=${onBack}>${t("told.back")}</button>
    </div>
    <div aria-live="polite">${error && html`<p class="told" role="alert">${sentenceOf(error)}</p>`}</div>
  </div>`;
}
