// An ad between two episodes: skippable as the placement says, and never a reason to lose one's place.
import { useEffect, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { AdFilm, load } from "./ad.js";

/** @param {{slot: any, onDone: () => void}} props */
export function Break({ slot, onDone }) {
  const [film, setFilm] = useState(/** @type {any} */ (null));
  useEffect(() => {
    load(slot.ad).then(setFilm, onDone); // an ad that cannot be had is no reason to wait
  }, []);
  if (!film) return null;
  return html`<${AdFilm} ad=${slot.ad} film=${film} skipSeconds=${slot.skippable_after_seconds} onComplete=${onDone} onQuit=${onDone} />`;
}
