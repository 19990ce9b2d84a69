// Turning pages: the chapter flows in columns as wide as the screen, and the screen moves over them.
import { useEffect, useState } from "preact/hooks";

const SWIPE_PIXELS = 44;
const EDGE = 0.26; // share of the width at each side where a tap turns

/**
 * @param {{current: HTMLElement | null}} pager what is looked through
 * @param {boolean} on
 * @param {string} shape anything that changes where lines break
 * @param {(by: number) => void} onBeyond turned past the first or last page
 */
export function usePages(pager, on, shape, onBeyond) {
  const [page, setPage] = useState(0);
  const [pages, setPages] = useState(1);
  const width = () => stepOf(pager.current);
  const turnTo = (/** @type {number} */ wanted, /** @type {boolean} */ calm = false) => {
    const element = pager.current;
    if (!element) return;
    const last = pagesOf(element) - 1;
    if (wanted < 0 || wanted > last) {
      onBeyond(wanted < 0 ? -1 : 1);
      return;
    }
    const side = getComputedStyle(element).direction === "rtl" ? -1 : 1;
    element.scrollTo({ left: side * wanted * width(), behavior: calm ? "instant" : "smooth" });
    setPage(wanted);
  };
  useEffect(() => {
    const element = pager.current;
    if (!on || !element) return undefined;
    const measure = () => {
      setPages(pagesOf(element));
      setPage(pageAt(element));
    };
    const watching = new ResizeObserver(measure);
    watching.observe(element);
    for (const child of element.children) watching.observe(child);
    document.fonts?.ready.then(measure);
    return () => watching.disconnect();
  }, [on, shape]);
  /** The page on which an element stands. @param {Element} inside */
  const pageOf = (inside) => {
    const element = pager.current;
    if (!element) return 0;
    const far = inside.getBoundingClientRect().left - element.getBoundingClientRect().left + element.scrollLeft;
    return Math.max(0, Math.floor(Math.abs(far) / width()));
  };
  return { page, pages, turnTo, pageOf };
}

/** Swipes, and taps near the sides. @param {HTMLElement} element @param {(by: number) => void} onTurn */
export function listenToTurns(element, onTurn) {
  let from = { x: 0, y: 0 };
  const rtl = () => (getComputedStyle(element).direction === "rtl" ? -1 : 1);
  const down = (/** @type {PointerEvent} */ event) => (from = { x: event.clientX, y: event.clientY });
  const up = (/** @type {PointerEvent} */ event) => {
    if (event.target instanceof Element && event.target.closest("a, button, input, dialog, header, footer, .line")) return;
    if (getSelection()?.toString()) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (Math.abs(dx) > SWIPE_PIXELS && Math.abs(dx) > Math.abs(dy)) onTurn(dx < 0 ? rtl() : -rtl());
    else if (Math.hypot(dx, dy) < 8) {
      const share = event.clientX / innerWidth;
      if (share < EDGE) onTurn(-rtl());
      else if (share > 1 - EDGE) onTurn(rtl());
    }
  };
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointerup", up);
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointerup", up);
  };
}

/** How far one page is from the next: the width and the space between columns. @param {HTMLElement | null} element */
function stepOf(element) {
  if (!element) return 1;
  const gap = Number.parseFloat(getComputedStyle(element.firstElementChild ?? element).columnGap) || 0;
  return element.clientWidth + gap;
}

/** @param {HTMLElement} element */
function pagesOf(element) {
  return Math.max(1, Math.ceil((element.scrollWidth - 8) / stepOf(element)));
}

/** @param {HTMLElement} element */
function pageAt(element) {
  return Math.round(Math.abs(element.scrollLeft) / stepOf(element));
}
