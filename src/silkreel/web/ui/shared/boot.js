// What the server put into the page: words, languages, the first screen's data.
const element = document.getElementById("boot");

/** @type {{language: string, languages: Record<string, string>, words: Record<string, string>, packs?: string[], worker: string, sells: boolean, demo: boolean, trader: string, data: Record<string, any>}} */
export const boot = JSON.parse(element?.textContent || '{"language":"en","languages":{},"words":{},"worker":"","sells":false,"demo":false,"trader":"","data":{}}');
