// What the money part offers to the app.
export { Break } from "./breaks.js";
export { PriceSheet } from "./prices.js";
export { Vip } from "./vip.js";
export { Wall } from "./wall.js";
export { Wallet } from "./wallet.js";
