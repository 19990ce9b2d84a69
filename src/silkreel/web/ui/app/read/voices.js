// Whether this browser has a voice for a language. Asked before anything is offered.
import { useEffect, useState } from "preact/hooks";

const tag = (/** @type {string} */ language) => language.replaceAll("_", "-").toLowerCase(); // Android writes zh_CN
const primary = (/** @type {string} */ language) => tag(language).split("-")[0];
const region = (/** @type {string} */ language) => {
  try {
    return new Intl.Locale(tag(language)).maximize().region;
  } catch {
    return undefined;
  }
};

/** The best voice for a language: its own region's first, then one that needs no network; null where there is none.
 * @param {string} language @returns {SpeechSynthesisVoice | null} */
export function voiceFor(language) {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  const score = (/** @type {SpeechSynthesisVoice} */ each) => 4 * Number(region(each.lang) === region(language)) + 2 * Number(each.localService) + Number(each.default);
  const fitting = voices.filter((each) => primary(each.lang) === primary(language));
  return fitting.sort((a, b) => score(b) - score(a))[0] ?? null;
}

/** Whether there is one now; browsers tell their voices late. @param {string} language */
export function useVoice(language) {
  const [there, setThere] = useState(false);
  useEffect(() => {
    const look = () => setThere(voiceFor(language) !== null);
    look();
    const speech = window.speechSynthesis;
    speech?.addEventListener?.("voiceschanged", look);
    return () => speech?.removeEventListener?.("voiceschanged", look);
  }, [language]);
  return there;
}
