// An order that is under way: remembered here while its payer is away, asked about when they are back.
import { useEffect, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { inMoney } from "../shared/money.js";
import { plural, t } from "../shared/words.js";
import { askOrder, claimOrder, joinVip, order } from "./api.js";
import { keyFor, letGo } from "../shared/keys.js";
import { dropUnderway, keepUnderway, underway } from "../shared/underway.js";
import { Told } from "./parts.js";

const ASKED_EVERY_MILLISECONDS = 2000;
const ASKED_FOR_MILLISECONDS = 60_000; // then the server's own rounds find it, and the page says so
const OPEN = ["created", "pending", "unknown"];
const OVER = ["failed", "expired"];

/** @typedef {import("../shared/underway.js").Purchase} Purchase @typedef {import("../shared/underway.js").Underway} Underway */

export function forget() {
  const known = underway();
  if (known) letGo(known.name);
  dropUnderway();
}

/** Order, remember what it is for, and go where it is paid. @param {Purchase} purchase */
export async function goAndPay(purchase) {
  const key = keyFor(purchase.name);
  const made = purchase.vip
    ? await joinVip({ ...purchase.vip, return_path: purchase.path }, key)
    : await order({ item: purchase.item ?? "", return_path: purchase.path }, key);
  keepUnderway({ ...purchase, id: made.id, key });
  if (made.state === "paid" || !made.pay?.url) return made;
  location.assign(made.pay.url);
  return new Promise(() => {}); // the page is left
}

/** Where a payer came back: what became of the order, and the way on.
 * @param {{known: Underway, onPaid: (order: any, known: Underway) => void, onLeave: () => void, other?: string}} props */
export function OrderState({ known, onPaid, onLeave, other = t("order.other") }) {
  const [made, setMade] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [late, setLate] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let over = false;
    const until = Date.now() + ASKED_FOR_MILLISECONDS;
    const look = async (/** @type {(id: string) => Promise<any>} */ question) => {
      let found = null;
      try {
        found = await question(known.id);
      } catch (refusal) {
        if (!over) setError(refusal);
        return;
      }
      if (over) return;
      setMade(found);
      if (found.state === "paid") {
        forget();
        onPaid(found, known);
      } else if (OPEN.includes(found.state)) {
        if (Date.now() > until) setLate(true);
        else setTimeout(() => look(askOrder), ASKED_EVERY_MILLISECONDS);
      }
    };
    setError(null);
    look(claimOrder);
    return () => {
      over = true;
    };
  }, [known.id, tries]);

  const leave = () => {
    forget();
    onLeave();
  };
  const again = () => {
    if (OVER.includes(made?.state)) forget();
    setError(null);
    goAndPay(known).then((paid) => paid && onPaid(paid, known), setError);
  };
  if (error) return html`<${Told} error=${error} onAgain=${error.status === 404 ? undefined : () => setTries(tries + 1)} onLeave=${leave} />`;
  if (!made) return html`<p class="told" role="status">${t("order.asking")}</p>`;
  if (made.state === "paid") return html`<p class="told good" role="status">${t("order.paid", { coins: plural("coins.count", made.paid_coins + made.bonus_coins) })}</p>`;
  const price = inMoney(made.price);
  return html`<div class="told-box" role="status">
    <p class="told">${t(`order.${stateWords(made.state)}`, { price })}</p>
    ${late && html`<p class="fine">${t("order.late")}</p>`}
    <div class="row">
      ${(made.state === "created" || OVER.includes(made.state)) && html`<button class="button main" onClick=${again}>${t("order.pay", { price })}</button>`}
      <button class="button quiet" onClick=${leave}>${made.state === "created" ? t("order.leave") : other}</button>
    </div>
    <p class="fine">${t("order.number", { id: known.id })}</p>
  </div>`;
}

/** @param {string} state of the server's */
function stateWords(state) {
  if (OPEN.includes(state) || OVER.includes(state) || state === "mismatch") return state;
  return "returned";
}
