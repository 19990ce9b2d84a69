// An option of the story that costs coins: the app's own wall opens over the game or the player, and they go on.
import { html } from "../../shared/html.js";
import { refreshPrice, usePrice } from "../price.js";
import { Money } from "../till.js";

/** `back`: where a payer comes back to. @param {{slug: string, choice: string, back: string, onBought: () => void, onClose: () => void}} props */
export function BuyChoice({ slug, choice, back, onBought, onClose }) {
  const price = usePrice(slug);
  const opened = () => {
    refreshPrice(slug);
    onBought();
  };
  return html`<${Money} part="Wall" key=${choice} series=${{ slug }} choice=${choice} price=${price} back=${back} onClose=${onClose} onOpened=${opened} />`;
}
