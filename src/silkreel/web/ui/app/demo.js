// The demo's honest line: coins are play money here, and prices are a market's that one may choose.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../shared/api.js";
import { html } from "../shared/html.js";
import { language, t } from "../shared/words.js";

const HEAD = { "content-type": "application/json" };

export function DemoStrip() {
  const [demo, setDemo] = useState(/** @type {any} */ (null));
  useEffect(() => {
    ask("/api/demo").then(setDemo, () => {});
  }, []);
  if (!demo?.demo) return null;
  const choose = async (/** @type {any} */ event) => {
    const body = JSON.stringify({ market: event.target.value });
    await ask("/api/demo/market", { method: "POST", headers: HEAD, body }).catch(() => {});
    location.reload(); // every price on the page is another one now
  };
  return html`<aside class="demo-strip" aria-label=${t("demo.title")}>
    <p>${t("demo.plainly")}</p>
    ${demo.markets.length > 1 && html`<label><span>${t("demo.market")}</span>
      <select value=${demo.market} onChange=${choose}>${demo.markets.map((/** @type {any} */ each) => html`<option key=${each.market} value=${each.market}>${marketName(each)}</option>`)}</select></label>`}
  </aside>`;
}

/** @param {{market: string, name: string, currency: string}} each */
function marketName({ market, name, currency }) {
  try {
    return `${new Intl.DisplayNames([language.value], { type: "region" }).of(market)} · ${currency}`;
  } catch {
    return `${name} · ${currency}`;
  }
}
