// A finger, a wheel, a key: what the viewer means by it.

const SLOP_PIXELS = 10; // less is a tap
const HOLD_MILLISECONDS = 450;
const FLING = 0.45; // pixels a millisecond
const SHARE = 0.22; // of the height dragged, turns the page
const WHEEL_REST_MILLISECONDS = 420;

/**
 * @param {HTMLElement} element
 * @param {{onDrag: (pixels: number) => void, onSwipe: (by: number) => void, onSettle: () => void, onTap: () => void, onHold: (on: boolean) => void}} means
 * @returns {() => void} stops listening
 */
export function listenToFinger(element, means) {
  /** @type {{id: number, x: number, y: number, time: number, dragging: boolean, held: boolean, timer: ReturnType<typeof setTimeout>} | null} */
  let touch = null;

  const down = (/** @type {PointerEvent} */ event) => {
    if (touch || event.button || isControl(event.target)) return;
    const timer = setTimeout(() => {
      if (touch && !touch.dragging) {
        touch.held = true;
        means.onHold(true);
      }
    }, HOLD_MILLISECONDS);
    touch = { id: event.pointerId, x: event.clientX, y: event.clientY, time: event.timeStamp, dragging: false, held: false, timer };
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (!touch || event.pointerId !== touch.id || touch.held) return;
    const dy = event.clientY - touch.y;
    if (!touch.dragging && Math.abs(dy) > SLOP_PIXELS && Math.abs(dy) > Math.abs(event.clientX - touch.x)) {
      touch.dragging = true;
      clearTimeout(touch.timer);
      element.setPointerCapture(event.pointerId);
    }
    if (touch.dragging) means.onDrag(dy);
  };
  const up = (/** @type {PointerEvent} */ event) => {
    if (!touch || event.pointerId !== touch.id) return;
    const { dragging, held, x, y, time, timer } = touch;
    touch = null;
    clearTimeout(timer);
    if (held) means.onHold(false);
    else if (dragging) release(event.clientY - y, event.timeStamp - time);
    else if (event.type === "pointerup" && Math.hypot(event.clientX - x, event.clientY - y) < SLOP_PIXELS) means.onTap();
  };
  const release = (/** @type {number} */ dy, /** @type {number} */ milliseconds) => {
    const far = Math.abs(dy) > element.clientHeight * SHARE;
    const fast = Math.abs(dy) / Math.max(1, milliseconds) > FLING && Math.abs(dy) > 40;
    if (far || fast) means.onSwipe(dy < 0 ? 1 : -1);
    means.onSettle();
  };
  let restedAt = 0;
  const wheel = (/** @type {WheelEvent} */ event) => {
    if (event.ctrlKey || Math.abs(event.deltaY) < 12) return;
    event.preventDefault();
    if (event.timeStamp < restedAt) return;
    restedAt = event.timeStamp + WHEEL_REST_MILLISECONDS;
    means.onSwipe(event.deltaY > 0 ? 1 : -1);
  };

  const pairs = /** @type {const} */ ([["pointerdown", down], ["pointermove", move], ["pointerup", up], ["pointercancel", up]]);
  for (const [name, listener] of pairs) element.addEventListener(name, /** @type {EventListener} */ (listener));
  element.addEventListener("wheel", wheel, { passive: false });
  return () => {
    for (const [name, listener] of pairs) element.removeEventListener(name, /** @type {EventListener} */ (listener));
    element.removeEventListener("wheel", wheel);
  };
}

/** @param {EventTarget | null} target */
function isControl(target) {
  return target instanceof Element && target.closest("button, a, input, [data-own-gestures]") !== null;
}
