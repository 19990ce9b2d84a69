// The front door: one series fills the screen, the others follow; search; where you left off.
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { boot } from "../shared/boot.js";
import { findSeries } from "../shared/api.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { episodePath, seriesPath } from "../shared/router.js";
import { places } from "../shared/store.js";
import { language, plural, t } from "../shared/words.js";
import { DemoStrip } from "./demo.js";
import { Header, Trouble, Waiting } from "./frame.js";
import { Poster } from "./poster.js";
import { PriceLine } from "./price.js";

const SEARCH_REST_MILLISECONDS = 180;

export function Home() {
  const [cards, setCards] = useState(boot.data.home ?? null);
  const [error, setError] = useState(/** @type {any} */ (null));
  const [searching, setSearching] = useState(false);
  const load = () => {
    setError(null);
    findSeries().then(setCards, setError);
  };
  useEffect(() => {
    document.title = t("brand");
    if (!boot.data.home || boot.language !== language.value) load();
  }, [language.value]);

  if (error) return html`<${Trouble} error=${error} onRetry=${load} />`;
  if (!cards) return html`<${Waiting} />`;
  if (!cards.length) return html`<${Header} /><main class="trouble"><h1>${t("brand")}</h1><p>${t("home.empty")}</p></main>`;
  const [first, ...others] = cards;
  return html`<div class="home">
    <${Header} onSearch=${() => setSearching(true)} />
    <main>
      <${Hero} card=${first} />
      <${Continue} cards=${cards} />
      ${others.length > 0 && html`<section class="rail" aria-labelledby="new"><h2 id="new">${t("home.new")}</h2><${Grid} cards=${others} /></section>`}
      ${boot.demo && html`<${DemoStrip} />`}
    </main>
    ${searching && html`<${Search} onClose=${() => setSearching(false)} />`}
  </div>`;
}

/** @param {{card: any}} props */
function Hero({ card }) {
  const place = places.value[card.slug];
  return html`<section class="hero" aria-labelledby="hero-title">
    <${Poster} class="hero-ambience" src=${card.poster} thumbhash=${card.thumbhash} eager=${true} />
    <div class="hero-inner">
      <a class="hero-poster" href=${seriesPath(card.slug)} tabindex="-1" aria-hidden="true">
        <${Poster} src=${card.poster} thumbhash=${card.thumbhash} eager=${true} />
      </a>
      <div class="hero-text">
        <p class="eyebrow">${t("home.featured")}</p>
        <h1 id="hero-title" class="title"><a href=${seriesPath(card.slug)}>${card.title}</a></h1>
        <p class="meta"><${Facts} card=${card} /></p>
        <p class="hero-price"><${PriceLine} slug=${card.slug} /></p>
        <p class="synopsis">${card.synopsis}</p>
        <div class="hero-actions">
          <a class="button main" href=${episodePath(card.slug, place?.number ?? 1)}><${Icon} name="play" />${place ? t("series.resume", { number: place.number }) : t("series.play")}</a>
          <a class="button quiet" href=${seriesPath(card.slug)}>${t("series.details")}</a>
        </div>
      </div>
    </div>
  </section>`;
}

/** @param {{card: any}} props */
export function Facts({ card }) {
  const minutes = Math.max(1, Math.round(card.length_seconds / 60));
  const facts = [
    plural("episodes.count", card.episode_count),
    t("series.minutes", { minutes }),
    plural("languages.count", card.languages.length),
  ];
  return facts.map((fact, n) => html`<span key=${n}>${fact}</span>`);
}

/** @param {{cards: any[]}} props */
function Continue({ cards }) {
  const started = cards
    .filter((card) => places.value[card.slug])
    .sort((a, b) => places.value[b.slug].when - places.value[a.slug].when);
  if (!started.length) return null;
  return html`<section class="rail" aria-labelledby="continue">
    <h2 id="continue">${t("home.continue")}</h2>
    <ul class="strip">
      ${started.map((card) => {
        const place = places.value[card.slug];
        const percent = Math.round((100 * place.at) / (place.length || 1));
        return html`<li key=${card.slug}><a class="going" href=${episodePath(card.slug, place.number)}>
          <${Poster} src=${card.poster} thumbhash=${card.thumbhash} />
          <span class="going-text"><strong>${card.title}</strong><small>${t("episode.number", { number: place.number })}</small>
          <progress max="100" value=${percent} aria-label=${t("episodes.watched", { percent })}></progress></span>
        </a></li>`;
      })}
    </ul>
  </section>`;
}

/** @param {{cards: any[]}} props */
function Grid({ cards }) {
  return html`<ul class="grid">
    ${cards.map(
      (card) => html`<li key=${card.slug}><a class="card" href=${seriesPath(card.slug)}>
        <${Poster} class=${card.orientation === "landscape" ? "card-poster wide" : "card-poster"} src=${card.poster} thumbhash=${card.thumbhash} />
        <strong>${card.title}</strong>
        <small>${plural("episodes.count", card.episode_count)}</small>
      </a></li>`,
    )}
  </ul>`;
}

/** @param {{onClose: () => void}} props */
function Search({ onClose }) {
  const [words, setWords] = useState("");
  const [found, setFound] = useState(/** @type {any[] | null} */ (null));
  useEffect(() => {
    if (!words.trim()) {
      setFound(null);
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => findSeries(words, abort.signal).then(setFound, () => {}), SEARCH_REST_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [words]);
  useLayoutEffect(() => { // before it is painted: a key pressed at first sight counts
    const escape = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && onClose();
    addEventListener("keydown", escape);
    document.documentElement.classList.add("still");
    return () => {
      removeEventListener("keydown", escape);
      document.documentElement.classList.remove("still");
    };
  }, []);
  return html`<div class="search" role="dialog" aria-modal="true" aria-label=${t("search.title")}>
    <div class="search-bar">
      <${Icon} name="search" />
      <input type="search" autofocus ref=${(/** @type {any} */ input) => input?.focus()} value=${words} placeholder=${t("search.hint")} aria-label=${t("search.title")} maxlength="100" onInput=${(/** @type {any} */ event) => setWords(event.target.value)} />
      <button class="icon-button" onClick=${onClose} aria-label=${t("sheet.close")}><${Icon} name="close" /></button>
    </div>
    <div class="search-results" aria-live="polite">
      ${found && (found.length ? html`<${Grid} cards=${found} />` : html`<p class="nothing">${t("search.empty", { query: words })}</p>`)}
    </div>
  </div>`;
}
