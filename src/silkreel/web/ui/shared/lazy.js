// What is fetched when it is first needed: a screen's module with its styles, and its words.
import { useEffect, useState } from "preact/hooks";
import { html } from "./html.js";
import { learn } from "./words.js";

/** Have a style sheet, and wait until it counts; the address is of this tree.
 * @param {string} address @returns {Promise<void>} */
export function haveStyle(address) {
  const known = [...document.styleSheets].some((sheet) => sheet.href === address);
  if (known) return Promise.resolve();
  return new Promise((done, failed) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.addEventListener("load", () => done(undefined), { once: true });
    link.addEventListener("error", () => {
      link.remove(); // the next try fetches it again
      failed(new Error(address));
    }, { once: true });
    document.head.append(link);
  });
}

/** A component of a module that comes when it is shown; nothing stands there until it has come.
 * @param {() => Promise<any>} load @param {string} name of what the module exports */
export function lately(load, name) {
  return (/** @type {any} */ props) => {
    const [Come, setCome] = useState(/** @type {any} */ (null));
    useEffect(() => {
      load().then((module) => setCome(() => module[name]), () => {});
    }, []);
    return Come && html`<${Come} ...${props} />`;
  };
}

/** A module of the story's media, with their words and styles. @param {() => Promise<any>} load */
export async function withStory(load) {
  const style = new URL("../app/story/story.css", import.meta.url).href;
  const [module] = await Promise.all([load(), learn("story"), haveStyle(style)]);
  return module;
}
