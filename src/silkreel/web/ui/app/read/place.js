// Where somebody is in a chapter: kept here at once, said to the server when they have stayed.
import { useEffect, useRef, useState } from "preact/hooks";
import { putPlace } from "../story/api.js";
import { keepBlock, keptBlock } from "../story/kept.js";

const STAY_MILLISECONDS = 1000; // a block in view for less was leafed over

/**
 * @param {string} slug @param {any} chapter
 * @param {{current: HTMLElement | null}} pager @param {boolean} paged
 */
export function usePlace(slug, chapter, pager, paged) {
  const [percent, setPercent] = useState(0);
  const block = useRef(/** @type {string | null} */ (keptBlock(slug, chapter.number)));
  useEffect(() => {
    const root = pager.current;
    if (!root) return undefined;
    /** @type {Set<Element>} */
    const inView = new Set();
    let timer = 0;
    const stay = () => {
      const first = [...root.querySelectorAll("[data-block]")].find((each) => inView.has(each));
      const id = first instanceof HTMLElement ? first.dataset.block : undefined;
      if (!id) return;
      const moved = id !== block.current;
      block.current = id;
      keepBlock(slug, chapter.number, id);
      if (moved || !stay.told) putPlace(slug, { medium: "read", chapter: chapter.number, block: id });
      stay.told = true;
    };
    stay.told = false;
    const watching = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) isIntersecting ? inView.add(target) : inView.delete(target);
      clearTimeout(timer);
      timer = window.setTimeout(stay, STAY_MILLISECONDS);
    }, { root: paged ? root : null, rootMargin: paged ? "0px" : "-64px 0px -30% 0px", threshold: 0.01 });
    for (const each of root.querySelectorAll("[data-block]")) watching.observe(each);
    const scrolled = () => setPercent(shareRead(root));
    addEventListener("scroll", scrolled, { passive: true });
    scrolled();
    return () => {
      clearTimeout(timer);
      watching.disconnect();
      removeEventListener("scroll", scrolled);
    };
  }, [chapter, paged]);
  return { percent, block };
}

/** How much of a chapter has been scrolled through. @param {HTMLElement} root */
function shareRead(root) {
  const box = root.getBoundingClientRect();
  const beyond = box.height - innerHeight; // what does not fit the screen at once
  return beyond <= 0 ? 100 : Math.max(0, Math.min(100, Math.round((100 * -box.top) / beyond)));
}
