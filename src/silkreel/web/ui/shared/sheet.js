// A sheet: a modal dialog that rises from below on a phone and stands in the middle elsewhere.
import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./words.js";

/** @param {{title: string, onClose: () => void, children: any, wide?: boolean}} props */
export function Sheet({ title, onClose, children, wide = false }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
  const outside = (/** @type {MouseEvent} */ event) => {
    if (event.target === dialog.current) onClose();
  };
  const cancelled = (/** @type {Event} */ event) => {
    if (!event.cancelable) return; // the browser closes it all the same, and says so next
    event.preventDefault();
    onClose();
  };
  const escaped = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // the page below must not leave as well
    cancelled(event);
  };
  // A browser may close a dialog over our head, such as by a second Back: a sheet with a step before it shows that step.
  const closed = () => {
    if (!dialog.current || dialog.current.open) return; // put away by us, or open again
    onClose();
    requestAnimationFrame(() => dialog.current?.isConnected && !dialog.current.open && dialog.current.showModal());
  };
  return html`<dialog ref=${dialog} class=${wide ? "sheet wide" : "sheet"} aria-label=${title} onClick=${outside} onKeyDown=${escaped} onCancel=${cancelled} onClose=${closed}>
    <div class="sheet-inner">
      <header class="sheet-head">
        <h2>${title}</h2>
        <button class="icon-button" onClick=${onClose} aria-label=${t("sheet.close")}><${Icon} name="close" /></button>
      </header>
      <div class="sheet-body">${children}</div>
    </div>
  </dialog>`;
}
