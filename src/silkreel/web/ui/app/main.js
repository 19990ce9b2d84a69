// The viewers' app: which screen stands at this address. A screen's module comes with its first address.
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { html } from "../shared/html.js";
import { haveStyle } from "../shared/lazy.js";
import { route } from "../shared/router.js";
import { learn } from "../shared/words.js";
import { Trouble, Waiting } from "./frame.js";

/** @type {Record<string, {module: () => Promise<any>, name: string, styles?: string[], words?: string}>} */
const SCREENS = {
  home: { module: () => import("./home.js"), name: "Home" },
  series: { module: () => import("./series.js"), name: "Series" },
  watch: { module: () => import("./watch.js"), name: "Watch", styles: ["../player/player.css"] },
  read: { module: () => import("./read/reader.js"), name: "Reader", styles: ["./story/story.css", "./read/read.css"], words: "story" },
  play: { module: () => import("./play/game.js"), name: "Game", styles: ["./story/story.css", "./play/play.css"], words: "story" },
  wallet: { module: () => tillPage("Wallet"), name: "Page" },
  vip: { module: () => tillPage("Vip"), name: "Page" },
  rights: { module: () => import("./rights.js"), name: "Rights" },
};
/** @type {import("@preact/signals").Signal<Record<string, any>>} */
const come = signal({});
const failed = signal(/** @type {any} */ (null));

/** A page of the money part. @param {string} part */
async function tillPage(part) {
  const { Money } = await import("./till.js");
  return { Page: () => html`<${Money} part=${part} screen=${true} />` };
}

/** @param {string} screen */
async function fetchScreen(screen) {
  const wanted = SCREENS[screen];
  if (!wanted || come.value[screen]) return;
  failed.value = null;
  try {
    const styles = (wanted.styles ?? []).map((path) => haveStyle(new URL(path, import.meta.url).href));
    const [module] = await Promise.all([wanted.module(), wanted.words && learn(wanted.words), ...styles]);
    come.value = { ...come.value, [screen]: module[wanted.name] };
  } catch {
    failed.value = { status: 0 };
  }
}

function App() {
  const here = route.value;
  useEffect(() => {
    document.documentElement.dataset.screen = here.screen;
    fetchScreen(here.screen);
  }, [here.screen]);
  if (here.screen === "missing") return html`<${Trouble} error=${{ status: 404 }} />`;
  const Screen = come.value[here.screen];
  if (Screen) return html`<${Screen} key=${"slug" in here ? here.slug : ""} ...${here} />`;
  if (failed.value) return html`<${Trouble} error=${failed.value} onRetry=${() => fetchScreen(here.screen)} />`;
  return html`<${Waiting} />`;
}

const root = document.getElementById("app");
if (root) {
  fetchScreen(route.value.screen).then(() => {
    root.textContent = ""; // what was readable without script gives way
    render(html`<${App} />`, root);
  });
}
