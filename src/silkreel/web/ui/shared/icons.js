// Icons as paths on a 24 grid.
import { html } from "./html.js";

const STROKES = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.2 16.2L21 21",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.3 12h17.4M12 3c2.6 2.6 3.8 5.6 3.8 9s-1.2 6.4-3.8 9c-2.6-2.6-3.8-5.6-3.8-9S9.400 5.600 12 3z",
  episodes: "M4 6h16M4 12h16M4 18h10",
  languages: "M4 5.5A1.5 1.5 0 0 1 5.500 4h13A1.500 1.500 0 0 1 20 5.500v9a1.500 1.500 0 0 1-1.500 1.500H13l-4.500 4v-4h-3A1.500 1.500 0 0 1 4 14.500zM8 8.500h8M8 12h5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.800v4.400M9 14.800v4.400",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  check: "M5 12.500l4.500 4.500L19 7.500",
  share: "M12 15V4M8 7.500L12 3.500l4 4M5 12.500V19a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-6.500",
  full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  mute: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM16 9.500l5 5M21 9.500l-5 5",
  sound: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18.200 6.500a8 8 0 0 1 0 11",
  clean: "M3 12s3.500-6 9-6 9 6 9 6-3.500 6-9 6-9-6-9-6zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  book: "M12 6.500C10 4.800 7 4.300 3.500 4.500v13.500c3.500-.2 6.500.3 8.500 2 2-1.700 5-2.200 8.500-2V4.500C17 4.300 14 4.800 12 6.500zM12 6.500V20",
  letters: "M3 18L7.500 6h1L13 18M4.600 14h6.800M14.500 16a2.500 2 0 0 1 2.500-2h3.500v-1.500a2.500 2.500 0 0 0-4.700-1M20.500 14v1.500a2.700 2.700 0 0 1-3.500 2.600 2.200 2.200 0 0 1-2.500-2.100",
  branch: "M6 4v5a4 4 0 0 0 4 4h5.500M6 20v-7M15.500 9.500L19 13l-3.500 3.500M3.800 6.200L6 4l2.200 2.200",
  log: "M5 5h14M5 10h14M5 15h9M5 20h5",
  save: "M6 4h12a1 1 0 0 1 1 1v15.500l-7-4-7 4V5a1 1 0 0 1 1-1z",
  auto: "M4 7l6 5-6 5zM13 7l6 5-6 5z",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z",
  next: "M9 5l7 7-7 7",
  coin: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 8v8M9.500 9.500h3.800a1.700 1.700 0 0 1 0 3.300H10.500",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7",
  again: "M5 12a7 7 0 1 0 2.200-5.100M5 4v4h4",
};
const FILLS = {
  play: "M7.500 4.700c0-.8.9-1.300 1.600-.9l11 7.300c.7.400.7 1.400 0 1.800l-11 7.300c-.7.400-1.600 0-1.600-.9z",
  pause: "M6.500 4.500h3.500a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H6.500a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM14 4.500h3.500a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H14a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1z",
};
const TURNS = ["back", "next"];

/** @param {{name: string}} props */
export function Icon({ name }) {
  const filled = name in FILLS;
  const path = filled ? FILLS[/** @type {keyof typeof FILLS} */ (name)] : STROKES[/** @type {keyof typeof STROKES} */ (name)];
  const kind = `icon${filled ? " filled" : ""}${TURNS.includes(name) ? " turns" : ""}`;
  return html`<svg class=${kind} viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${path} /></svg>`;
}
