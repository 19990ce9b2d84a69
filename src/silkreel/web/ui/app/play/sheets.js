// What opens over the game: what was said, saves, how it plays.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { Sheet } from "../../shared/sheet.js";
import { language, plural, t } from "../../shared/words.js";
import { TextLanguages } from "../read/sheets.js";
import { getSave, getSaves, putSave, removeSave } from "../story/api.js";
import { preferReading, reading } from "../story/kept.js";
import { Seen } from "./ending.js";
import { nameOf, sceneName } from "./names.js";
import { AUTO } from "./session.js";

const SLOTS = ["1", "2", "3", "4"];
const SMALLEST = 1;
const LARGEST = 6;

/** @param {{session: any, onClose: () => void}} props */
export function LogSheet({ session, onClose }) {
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const [, setReady] = useState(0);
  useEffect(() => {
    const unknown = session.entries.find((/** @type {any} */ entry) => !session.texts.known(entry.id));
    if (unknown) session.texts.find(unknown.id, session.game.first_episode).then(() => setReady(1), () => {});
  }, []);
  useEffect(() => end.current?.scrollIntoView({ block: "end" }));
  const told = session.entries.map((/** @type {any} */ entry) => ({ ...entry, words: session.texts.known(entry.id) })).filter((/** @type {any} */ each) => each.words && each.words.shown !== false);
  const goBack = (/** @type {number} */ choices) => {
    onClose();
    session.backTo(choices);
  };
  return html`<${Sheet} title=${t("game.log")} onClose=${onClose} wide=${true}>
    ${!told.length && html`<p class="moment-none">${t("game.log.empty")}</p>`}
    <ol class="game-log" lang=${session.game.language}>
      ${told.map((/** @type {any} */ each, /** @type {number} */ n) => html`<li key=${n} class=${each.kind === "choice" ? "chosen" : each.words.kind}>
        ${each.kind === "choice" && html`<small>${t("game.chose")}</small>`}
        ${each.kind === "line" && each.words.who && html`<strong>${nameOf(session, each.words.who)}</strong>`}
        <span>${session.play.filled(each.words.text)}</span>
        ${each.kind === "choice" && html`<button class="icon-button" onClick=${() => goBack(each.choices)} title=${t("game.log.back")} aria-label=${t("game.log.back")}><${Icon} name="again" /></button>`}
      </li>`)}
    </ol>
    <i ref=${end}></i>
  <//>`;
}

/** @param {{session: any, slug: string, onClose: () => void}} props */
export function SavesSheet({ session, slug, onClose }) {
  const [slots, setSlots] = useState(/** @type {any[] | null} */ (null));
  const [trouble, setTrouble] = useState(/** @type {any} */ (null));
  const load = () => getSaves(slug).then(setSlots, setTrouble);
  useEffect(() => void load(), []);
  const of = (/** @type {string} */ slot) => slots?.find((each) => each.slot === slot) ?? null;
  const attempt = (/** @type {Promise<any>} */ work) => work.then(load, setTrouble);
  const open = async (/** @type {string} */ slot) => {
    try {
      const save = await getSave(slug, slot);
      const played = save.digest === session.game.digest ? save : await putSave(slug, slot, { digest: save.digest, log: save.log });
      onClose();
      session.scratch = false;
      session.phase.value = "line";
      await session.take(played);
      await session.save();
    } catch (error) {
      setTrouble(error);
    }
  };
  return html`<${Sheet} title=${t("game.saves")} onClose=${onClose}>
    ${trouble && html`<p class="moment-none" role="alert">${trouble.status === 0 ? t("error.network") : trouble.message}</p>`}
    ${!slots && !trouble && html`<span class="spinner" role="status" aria-label=${t("player.loading")}></span>`}
    ${slots && html`<ul class="choices">
      ${[AUTO, ...SLOTS].map((slot) => html`<${Slot} key=${slot} slot=${slot} save=${of(slot)} session=${session} onSave=${() => attempt(putSave(slug, slot, { digest: session.game.digest, log: session.play.log }))} onOpen=${() => open(slot)} onRemove=${() => attempt(removeSave(slug, slot))} />`)}
    </ul>`}
  <//>`;
}

/** @param {any} props */
function Slot({ slot, save, session, onSave, onOpen, onRemove }) {
  const name = slot === AUTO ? t("game.slot.auto") : t("game.slot", { number: slot });
  const scene = save?.at?.scene ? sceneName(session.texts.scene(save.at.scene), save.at.scene) : "";
  const when = save ? new Intl.DateTimeFormat(language.value, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" }).format(new Date(save.saved_at)) : "";
  return html`<li class="slot">
    <span class="choice-text"><strong>${name}</strong><small>${save ? html`<span>${scene}</span><span>${plural("game.slot.choices", countOf(save))}</span><span>${when}</span>` : t("game.slot.empty")}</small></span>
    <span class="slot-actions">
      ${slot !== AUTO && html`<button class="chip" onClick=${onSave}>${t("game.slot.save")}</button>`}
      ${save && html`<button class="chip strong" onClick=${onOpen}>${t("game.slot.load")}</button>`}
      ${save && slot !== AUTO && html`<button class="icon-button" onClick=${onRemove} aria-label=${`${t("game.slot.remove")}: ${name}`}><${Icon} name="trash" /></button>`}
    </span>
  </li>`;
}

/** @param {any} save */
function countOf(save) {
  return typeof save.choices === "number" ? save.choices : (save.log?.length ?? 0);
}

/** @param {{session: any, onClose: () => void}} props */
export function PlayingSheet({ session, onClose }) {
  const { size, auto } = reading.value;
  const anew = () => {
    onClose();
    session.restart();
  };
  return html`<${Sheet} title=${t("game.settings")} onClose=${onClose}>
    <div class="segments" role="group" aria-label=${t("game.auto")}><span>${t("game.auto")}</span>
      <div>${["off", "slow", "normal", "fast"].map((value) => html`<button key=${value} aria-pressed=${auto === value} onClick=${() => preferReading({ auto: value })}>${t(`game.auto.${value}`)}</button>`)}</div></div>
    <div class="segments" role="group" aria-label=${t("game.size")}><span>${t("game.size")}</span>
      <div><button disabled=${size <= SMALLEST} onClick=${() => preferReading({ size: size - 1 })} aria-label=${t("read.smaller")}><small>A</small></button>
      <button disabled=${size >= LARGEST} onClick=${() => preferReading({ size: size + 1 })} aria-label=${t("read.larger")}><big>A</big></button></div></div>
    <${Seen} session=${session} />
    ${session.game.languages.length > 1 && html`<${TextLanguages} languages=${session.game.languages} chosen=${session.game.language} />`}
    <button class="button quiet" onClick=${anew}><${Icon} name="again" />${t("game.restart")}</button>
    <p class="keys">${t("game.keys").split(" · ").map((key) => html`<span key=${key}>${key}</span>`)}</p>
  <//>`;
}
