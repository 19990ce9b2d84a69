// A still that is never an empty box: its thumbhash is drawn until it has come.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { decodeThumbhash } from "../shared/thumbhash.js";

/** @param {{src: string | null, thumbhash: string | null, alt?: string, eager?: boolean, class?: string}} props */
export function Poster({ src, thumbhash, alt = "", eager = false, class: kind = "" }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const image = useRef(/** @type {HTMLImageElement | null} */ (null));
  const [come, setCome] = useState(false);
  useEffect(() => draw(canvas.current, thumbhash), [thumbhash]);
  useEffect(() => setCome(image.current?.complete ?? false), [src]);
  return html`<div class=${`picture ${kind}`}>
    <canvas ref=${canvas} aria-hidden="true"></canvas>
    ${src && html`<img ref=${image} src=${src} alt=${alt} class=${come ? "come" : ""} loading=${eager ? "eager" : "lazy"} decoding="async" onLoad=${() => setCome(true)} />`}
  </div>`;
}

/** @param {HTMLCanvasElement | null} canvas @param {string | null} thumbhash */
function draw(canvas, thumbhash) {
  const decoded = canvas && thumbhash ? decodeThumbhash(thumbhash) : null;
  if (!canvas || !decoded) return;
  canvas.width = decoded.width;
  canvas.height = decoded.height;
  const pixels = new ImageData(decoded.width, decoded.height);
  pixels.data.set(decoded.rgba);
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
