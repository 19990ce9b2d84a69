// A money page of its own: its title, the way back, where demo prices are shown for.
import { boot } from "../shared/boot.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { back } from "../shared/router.js";
import { t } from "../shared/words.js";
import { DemoStrip } from "../app/demo.js";

/** @param {{title: string, children: any}} props */
export function Screen({ title, children }) {
  return html`<div class="money-screen">
    <header class="money-top">
      <button class="icon-button" onClick=${() => back("/")} aria-label=${t("player.back")}><${Icon} name="back" /></button>
      <h1>${title}</h1>
    </header>
    <main class="money-main">${children}${boot.demo && html`<${DemoStrip} />`}</main>
  </div>`;
}
