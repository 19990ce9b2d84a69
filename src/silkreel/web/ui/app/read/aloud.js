// A chapter read aloud by the browser's own voice, sentence by sentence. Fetched when it is asked for.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";
import { voiceFor } from "./voices.js";

const RATES = [0.75, 1, 1.25, 1.5, 2];
const RATE_KEPT = "silkreel.aloud";
const SPOKEN = "spoken";

/** @param {{root: HTMLElement, language: string, from: string | null, onShow: (block: Element) => void, onClose: () => void}} props */
export function Aloud({ root, language, from, onShow, onClose }) {
  const [state, setState] = useState("speaking"); // or paused, ended, failed
  const [rate, setRate] = useState(keptRate);
  const at = useRef({ block: 0, sentence: 0 });
  const turn = useRef(0); // what a voice says after it was told to stop counts no more
  const pace = useRef(rate);

  const speak = () => {
    const mine = ++turn.current;
    speechSynthesis.cancel();
    const blocks = blocksOf(root);
    const element = blocks[at.current.block];
    if (!element) return end("ended");
    const sentences = sentencesOf(element, language);
    const text = sentences[at.current.sentence];
    if (text === undefined) {
      at.current = { block: at.current.block + 1, sentence: 0 };
      return speak();
    }
    mark(element);
    if (at.current.sentence === 0) onShow(element);
    const voice = voiceFor(language);
    if (!voice) return end("failed");
    const said = new SpeechSynthesisUtterance(text);
    Object.assign(said, { voice, lang: voice.lang, rate: pace.current });
    said.onend = () => {
      if (mine !== turn.current) return;
      at.current.sentence += 1;
      speak();
    };
    said.onerror = () => mine === turn.current && end("failed");
    speechSynthesis.speak(said);
    setState("speaking");
  };
  const mark = (/** @type {Element | null} */ element) => {
    root.querySelector(`.${SPOKEN}`)?.classList.remove(SPOKEN);
    element?.classList.add(SPOKEN);
  };
  const end = (/** @type {string} */ how) => {
    turn.current += 1;
    speechSynthesis.cancel();
    if (how === "ended") {
      mark(null);
      at.current = { block: 0, sentence: 0 };
    }
    setState(how);
  };
  useEffect(() => {
    const blocks = blocksOf(root);
    at.current.block = Math.max(0, blocks.findIndex((each) => from !== null && each.getAttribute("data-block") === from));
    speak();
    const leave = () => speechSynthesis.cancel(); // a voice outlives its page
    addEventListener("pagehide", leave);
    return () => {
      turn.current += 1;
      speechSynthesis.cancel();
      mark(null);
      removeEventListener("pagehide", leave);
    };
  }, []);
  const faster = () => {
    pace.current = RATES[(RATES.indexOf(rate) + 1) % RATES.length];
    setRate(pace.current);
    localStorage.setItem(RATE_KEPT, String(pace.current));
    if (state === "speaking") speak(); // a voice under way keeps its pace: the sentence begins again
  };
  const speaking = state === "speaking";
  return html`<div class="aloud" role="group" aria-label=${t("read.aloud")}>
    <button class="icon-button" onClick=${() => (speaking ? end("paused") : speak())} aria-label=${t(speaking ? "read.aloud.pause" : "read.aloud.play")}><${Icon} name=${speaking ? "pause" : "play"} /></button>
    <button class="rate" onClick=${faster} aria-label=${t("read.aloud.speed", { rate })}>${rate}×</button>
    <button class="icon-button" onClick=${onClose} aria-label=${t("read.aloud.stop")}><${Icon} name="close" /></button>
    ${state === "failed" && html`<span role="alert">${t("read.aloud.failed")}</span>`}
  </div>`;
}

/** Blocks with words. @param {HTMLElement} root @returns {Element[]} */
const blocksOf = (root) => [...root.querySelectorAll(".chapter > .block")].filter((each) => wordsOf(each));

/** @param {Element} block */
const wordsOf = (block) => block.querySelector(":scope > p, :scope > h2")?.textContent?.trim() ?? "";

/** One by one, since some browsers fall silent within a long text. @param {Element} block @param {string} language */
const sentencesOf = (block, language) => [...new Intl.Segmenter(language, { granularity: "sentence" }).segment(wordsOf(block))].map((each) => each.segment.trim()).filter(Boolean);

const keptRate = () => {
  const kept = Number(localStorage.getItem(RATE_KEPT));
  return RATES.includes(kept) ? kept : 1;
};
