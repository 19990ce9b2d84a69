// The viewers' app: which screen stands at this address.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { html } from "../shared/html.js";
import { route } from "../shared/router.js";
import { Trouble } from "./frame.js";
import { Home } from "./home.js";
import { Series } from "./series.js";
import { Money } from "./till.js";
import { Watch } from "./watch.js";

function App() {
  const here = route.value;
  useEffect(() => {
    document.documentElement.dataset.screen = here.screen;
  }, [here.screen]);
  if (here.screen === "home") return html`<${Home} />`;
  if (here.screen === "series") return html`<${Series} key=${here.slug} slug=${here.slug} />`;
  if (here.screen === "watch") return html`<${Watch} key=${here.slug} slug=${here.slug} number=${here.number} at=${here.at} />`;
  if (here.screen === "wallet") return html`<${Money} part="Wallet" screen=${true} />`;
  if (here.screen === "vip") return html`<${Money} part="Vip" screen=${true} />`;
  return html`<${Trouble} error=${{ status: 404 }} />`;
}

const root = document.getElementById("app");
if (root) {
  root.textContent = ""; // what was readable without script gives way
  render(html`<${App} />`, root);
}
