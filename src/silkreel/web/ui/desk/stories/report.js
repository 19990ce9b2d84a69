// The report of a story as it stands, asked once for each screen that shows a part of it.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../session.js";

/** @param {string} address @returns {{state: {value?: any, error?: any}, load: () => void}} */
export function useReport(address) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const load = () => {
    setState({});
    ask("GET", `${address}/report`).then(
      (value) => setState({ value }),
      (error) => setState({ error }),
    );
  };
  useEffect(load, [address]);
  return { state, load };
}

/** Where a line is written. @param {string} address @param {string} file @param {number} line */
export const lineAddress = (address, file, line) => `/staff${address}/write#file=${encodeURIComponent(file)}&line=${line}`;
