// The wallet: what is there, when it ends, every movement with its reason, and the ways to have it back.
import { useEffect, useState } from "preact/hooks";
import { boot } from "../shared/boot.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { inCoins, inMoney, onDay } from "../shared/money.js";
import { episodePath } from "../shared/router.js";
import { Sheet } from "../shared/sheet.js";
import { language, plural, t } from "../shared/words.js";
import { undoUnlock } from "../shared/api.js";
import { askHistory, askWallet } from "./api.js";
import { Screen } from "./frame.js";
import { once } from "../shared/keys.js";
import { OrderState, underway } from "./order.js";
import { Busy, Facts, Footing, Terms, Told, sentenceOf, useAsked } from "./parts.js";

const UNDO_DAYS = 14;
const DAY_MILLISECONDS = 24 * 3600 * 1000;

export function Wallet() {
  const wallet = useAsked(askWallet);
  const [known, setKnown] = useState(underway);
  const [terms, setTerms] = useState(false);
  const [turn, setTurn] = useState(0); // the history begins anew after each movement
  const changed = () => {
    wallet.again();
    setTurn(turn + 1);
  };
  useEffect(() => void (document.title = `${t("wallet.title")} · ${t("brand")}`), []);
  return html`<${Screen} title=${t("wallet.title")}>
    ${known && html`<${OrderState} known=${known} onLeave=${() => setKnown(null)} onPaid=${() => {
      setKnown(null);
      changed();
    }} />`}
    ${wallet.error && html`<${Told} error=${wallet.error} onAgain=${wallet.again} />`}
    ${wallet.value ? html`<${Holdings} wallet=${wallet.value} />` : !wallet.error && html`<${Busy} />`}
    <div class="row"><a class="button quiet" href="/vip"><${Icon} name="star" />${t("vip.title")}</a></div>
    <${History} key=${turn} onChange=${changed} />
    <${Footing} onOpen=${() => setTerms(true)} />
    ${terms && html`<${Sheet} title=${t("terms.title")} onClose=${() => setTerms(false)} wide=${true}><${Terms} /><//>`}
  <//>`;
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
  const undone = new Set(entries.filter((each) => each.reason === "undo").flatMap((each) => each.reverses ?? []));
  return html`<section aria-labelledby="history">
    <h2 id="history">${t("history.title")}</h2>
    ${error && html`<${Told} error=${error} onAgain=${more} />`}
    ${before === null && !entries.length && html`<p class="told">${t("history.empty")}</p>`}
    <ol class="history">${entries.map((entry) => html`<${Entry} key=${entry.txn} entry=${entry} undone=${undone.has(entry.txn)} onChange=${onChange} />`)}</ol>
    ${before === undefined && !error && html`<${Busy} />`}
    <div class="row">
      ${before && html`<button class="button quiet" onClick=${more}>${t("history.more")}</button>`}
      ${entries.length > 0 && html`<${Export} />`}
    </div>
  </section>`;
}

/** @param {{entry: any, undone: boolean, onChange: () => void}} props */
function Entry({ entry, undone, onChange }) {
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
    ${undoable(entry) && !undone && html`<button class="button quiet small" disabled=${busy} onClick=${back}>${t("history.undo_it")}</button>`}
    <span class="entry-told" aria-live="polite">${told}</span>
  </li>`;
}

/** @param {any} entry */
function reasonOf(entry) {
  if (entry.reason === "grant") return t(entry.order ? "history.bought" : "history.gift");
  return t(`history.${entry.reason}`);
}

/** What was opened, by name where the server told it. @param {any} entry */
function what(entry) {
  if (!entry.series) return entry.episodes.length ? html`<small>${plural("episodes.count", entry.episodes.length)}</small>` : null;
  const numbers = entry.numbers ?? [];
  const list = new Intl.ListFormat(language.value, { type: "unit", style: "narrow" }).format(numbers.map(String));
  return html`<small><a href=${episodePath(entry.series.slug, numbers[0] ?? 1)}>${t("history.episodes", { title: entry.series.title, numbers: list })}</a></small>`;
}

/** @param {number} coins */
const signed = (coins) => new Intl.NumberFormat(language.value, { signDisplay: "exceptZero" }).format(coins);

/** @param {any} entry */
function undoable(entry) {
  if (entry.reason !== "unlock") return false;
  if (entry.undoable_until !== undefined) return entry.undoable_until !== null && Date.parse(entry.undoable_until) > Date.now();
  return Date.now() - Date.parse(entry.at) < UNDO_DAYS * DAY_MILLISECONDS;
}

/** The whole history as a file, for its owner. */
function Export() {
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const rows = [["txn", "at", "reason", "paid_coins", "bonus_coins", "debt_coins", "order", "episodes"]];
    try {
      let before = null;
      do {
        const page = await askHistory(before);
        for (const e of page.entries) rows.push([e.txn, e.at, e.reason, e.paid_coins, e.bonus_coins, e.debt_coins, e.order ?? "", e.episodes.join(" ")]);
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
