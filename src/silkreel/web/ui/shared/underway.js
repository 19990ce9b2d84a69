// What is being bought while its payer is away: remembered here, so that whoever comes back finds the way on.

const STORE = "silkreel.order";

/**
 * What is being bought. `unlock`: what was agreed to open with the coins, at the price that was shown.
 * @typedef {{series: string, episodes?: string[], choice?: string, expected_coins: number}} Unlock
 * @typedef {{name: string, item?: string, vip?: {plan: string, renews: boolean, screen: string}, path: string, unlock?: Unlock | null}} Purchase
 * @typedef {Purchase & {id: string, key: string}} Underway
 */

/** @returns {Underway | null} */
export function underway() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Underway} purchase */
export const keepUnderway = (purchase) => localStorage.setItem(STORE, JSON.stringify(purchase));

export const dropUnderway = () => localStorage.removeItem(STORE);

/** Where a payer comes back to. */
export const herePath = () => location.pathname + location.search;
