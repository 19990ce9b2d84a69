// The wallet: what is there, when it ends, every movement with its reason, and the ways to have it back.
import { useEffect, useState } from "preact/hooks";
import { undoUnlock } from "../shared/api.js";
import { boot } from "../shared/boot.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { inCoins, inMoney, onDay } from "../shared/money.js";
import { episodePath, gamePath } from "../shared/router.js";
import { Sheet } from "../shared/sheet.js";
import { language, plural, t } from "../shared/words.js";
import { askBundles, askHistory, askWallet } from "./api.js";
import { Screen } from "./frame.js";
import { once } from "../shared/keys.js";
import { underway } from "../shared/underway.js";
import { OrderState, goAndPay } from "./order.js";
import { Busy, Facts, Footing, Terms, Told, sentenceOf, useAsked } from "./parts.js";
import { PackList } from "./prices.js";

export function Wallet() {
  const wallet = useAsked(askWallet);
  const [known, setKnown] = useState(underway);
  const [sheet, setSheet] = useState(/** @type {"packs" | "terms" | null} */ (null));
  const [turn, setTurn] = useState(0); // the history begins anew after each movement
  const changed = () => {
    wallet.again();
    setTurn(turn + 1);
  };
  useEffect(() => void (document.title = `${t("wallet.title")} · ${t("brand")}`), []);
  return html`<${Screen} title=${t("wallet.title")}>
    ${known && html`<${OrderState} known=${known} other=${t("order.hide")} onLeave=${() => setKnown(null)} onPaid=${() => {
      setKnown(null);
      changed();
    }} />`}
    ${wallet.error && html`<${Told} error=${wallet.error} onAgain=${wallet.again} />`}
    ${wallet.value ? html`<${Holdings} wallet=${wallet.value} />` : !wallet.error && html`<${Busy} />`}
    <div class="row"><button class="button quiet" onClick=${() => setSheet("packs")}><${Icon} name="coin" />${t("pack.title")}</button><a class="button quiet" href="/vip"><${Icon} name="star" />${t("vip.title")}</a></div>
    <${History} key=${turn} onChange=${changed} />
    <${Footing} onOpen=${() => setSheet("terms")} />
    ${sheet === "packs" && html`<${Sheet} title=${t("pack.title")} onClose=${() => setSheet(null)} wide=${true}><${Buy} /><//>`}
    ${sheet === "terms" && html`<${Sheet} title=${t("terms.title")} onClose=${() => setSheet(null)} wide=${true}><${Terms} /><//>`}
  <//>`;
}

/** Coins for later; nothing is opened with them here. */
function Buy() {
  const asked = useAsked(askBundles);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const pay = async (/** @type {any} */ pack) => {
    setBusy(true);
    setError(null);
    await goAndPay({ name: `order:${pack.item}`, item: pack.item, path: "/wallet" }).catch(setError);
    setBusy(false);
  };
  if (asked.error) return html`<${Told} error=${asked.error} onAgain=${asked.again} />`;
  if (!asked.value) return html`<${Busy} />`;
  const { bundles, first_gift: gift } = /** @type {any} */ (asked.value);
  if (!bundles.length) return html`<p class="told">${t("pack.none")}</p>`;
  return html`<${PackList} bundles=${bundles} gift=${gift} busy=${busy} onChoose=${pay} />
    <p class="fine">${t("pack.never_end")}</p>
    <div aria-live="polite">${error && html`<p class="told" role="alert">${sentenceOf(error)}</p>`}</div>`;
}

/** @param {{wallet: any}} props */
function Holdings({ wallet }) {
  const all = wallet.paid_coins + wallet.bonus_coins;
  const worth = wallet.unused.map(inMoney).join(" + ");
  return html`<section class="card" aria-labelledby="holdings">
    <h2 id="holdings" class="big-number">${inCoins(all)}</h2>
    <${Facts} rows=${[
      [t("wallet.paid"), inCoins(wallet.paid_coins)],
      [t("wallet.bonus"), inCoins(wallet.bonus_coins)],
      wallet.debt_coins > 0 && [t("wallet.debt"), inCoins(wallet.debt_coins)],
      wallet.paid_coins > 0 && [t("wallet.worth"), worth || t(boot.demo ? "wallet.worth_demo" : "wallet.worth_none")],
    ]} />
    ${wallet.debt_coins > 0 && html`<p class="fine">${t("wallet.debt_means")}</p>`}
    ${wallet.lots.length > 0 && html`<h3>${t("wallet.order")}</h3><ol class="lots">
      ${wallet.lots.map((/** @type {any} */ lot, /** @type {number} */ n) => html`<li key=${n}><span>${inCoins(lot.coins)} · ${t(`lot.${lot.source}`)}</span><span>${lot.ends_at ? t("lot.ends", { day: onDay(lot.ends_at) }) : t("lot.never")}</span></li>`)}
    </ol>`}
  </section>`;
}

/** @param {{onChange: () => void}} props */
function History({ onChange }) {
  const [entries, setEntries] = useState(/** @type {any[]} */ ([]));
  const [before, setBefore] = useState(/** @type {number | null | undefined} */ (undefined)); // null: that was all
  const [error, setError] = useState(/** @type {any} */ (null));
  const more = () => {
    setError(null);
    askHistory(before ?? null).then((page) => {
      setEntries([...entries, ...page.entries]);
      setBefore(page.before);
    }, setError);
  };
  useEffect(more, []);
  return html`<section aria-labelledby="history">
    <h2 id="history">${t("history.title")}</h2>
    ${error && html`<${Told} error=${error} onAgain=${more} />`}
    ${before === null && !entries.length && html`<p class="told">${t("history.empty")}</p>`}
    <ol class="history">${entries.map((entry) => html`<${Entry} key=${entry.txn} entry=${entry} onChange=${onChange} />`)}</ol>
    ${before === undefined && !error && html`<${Busy} />`}
    <div class="row">
      ${before && html`<button class="button quiet" onClick=${more}>${t("history.more")}</button>`}
      ${entries.length > 0 && html`<${Export} />`}
    </div>
  </section>`;
}

/** @param {{entry: any, onChange: () => void}} props */
function Entry({ entry, onChange }) {
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const coins = entry.paid_coins + entry.bonus_coins;
  const back = async () => {
    setBusy(true);
    setTold("");
    try {
      await once(`undo:${entry.txn}`, (key) => undoUnlock(entry.txn, key));
      onChange();
    } catch (error) {
      setTold(sentenceOf(error));
      setBusy(false);
    }
  };
  return html`<li class="entry">
    <span class="entry-text"><strong>${reasonOf(entry)}</strong>${what(entry)}
      <small>${onDay(entry.at, { dateStyle: "medium", timeStyle: "short" })}${entry.order ? ` · ${t("history.order", { id: entry.order })}` : ""}</small>
      ${entry.debt_coins !== 0 && html`<small>${t(entry.debt_coins > 0 ? "history.owed_more" : "history.owed_less", { coins: inCoins(Math.abs(entry.debt_coins)) })}</small>`}</span>
    <span class=${coins < 0 ? "entry-coins out" : "entry-coins"}>${signed(coins)}</span>
    ${entry.undoable_until && Date.parse(entry.undoable_until) > Date.now() && html`<button class="button quiet small" disabled=${busy} onClick=${back}>${t("history.undo_it")}</button>`}
    <span class="entry-told" aria-live="polite">${told}</span>
  </li>`;
}

/** @param {any} entry */
function reasonOf(entry) {
  if (entry.reason === "grant" && entry.order && !entry.paid_coins && !entry.debt_coins) return t("history.first_gift");
  if (entry.reason === "grant") return t(entry.order ? "history.bought" : "history.gift");
  return t(`history.${entry.reason}`);
}

/** What was opened, by name. @param {any} entry */
function what({ opened, episodes, choices }) {
  if (opened && choices.length) return html`<small><a href=${gamePath(opened.slug)}>${t("history.choice", { title: opened.title, option: opened.options.join(" · ") || t("history.choice_gone") })}</a></small>`;
  if (!opened) return episodes.length ? html`<small>${plural("episodes.count", episodes.length)}</small>` : null;
  const numbers = new Intl.ListFormat(language.value, { type: "unit", style: "narrow" }).format(opened.numbers.map(String));
  return html`<small><a href=${episodePath(opened.slug, opened.numbers[0] ?? 1)}>${t("history.episodes", { title: opened.title, numbers })}</a></small>`;
}

/** @param {number} coins */
const signed = (coins) => new Intl.NumberFormat(language.value, { signDisplay: "exceptZero" }).format(coins);

/** The whole history as a file, for its owner. */
function Export() {
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const rows = [["txn", "at", "reason", "paid_coins", "bonus_coins", "debt_coins", "order", "episodes", "choices"]];
    try {
      let before = null;
      do {
        const page = await askHistory(before);
        for (const e of page.entries) rows.push([e.txn, e.at, e.reason, e.paid_coins, e.bonus_coins, e.debt_coins, e.order ?? "", e.episodes.join(" "), e.choices.join(" ")]);
        before = page.before;
      } while (before);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([rows.map((row) => row.join(",")).join("\r\n")], { type: "text/csv" }));
      link.download = "wallet.csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    } finally {
      setBusy(false);
    }
  };
  return html`<button class="button quiet" disabled=${busy} onClick=${save}>${t("history.export")}</button>`;
}
