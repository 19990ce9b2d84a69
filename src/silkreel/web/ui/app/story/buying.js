// A paid choice is taken once it is bought: `wireBuying` says where. Until then its price is only shown.

/** @type {((slug: string, choice: string, coins: number) => Promise<boolean>) | null} */
let buy = null;

/** Let the app's wallet buy choices: the function answers whether the choice is the viewer's now.
 * @param {(slug: string, choice: string, coins: number) => Promise<boolean>} how */
export function wireBuying(how) {
  buy = how;
}

/** Whether a choice may be taken: it is free, or it is bought now. @param {string} slug @param {string} choice @param {number} coins */
export async function mayTake(slug, choice, coins) {
  return coins === 0 || (buy !== null && (await buy(slug, choice, coins)));
}
