// A series: what it is, what it costs, its languages and how they were made, its episodes.
import { useEffect, useState } from "preact/hooks";
import { boot } from "../shared/boot.js";
import { getSeries } from "../shared/api.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { back, episodePath } from "../shared/router.js";
import { lately, withStory } from "../shared/lazy.js";
import { places } from "../shared/store.js";
import { clock, language, languageName, t } from "../shared/words.js";
import { DemoStrip } from "./demo.js";
import { Trouble, Waiting } from "./frame.js";
import { Facts } from "./home.js";
import { Poster } from "./poster.js";
import { PriceCard } from "./price.js";

const Forms = lately(() => withStory(() => import("./story/shelf.js")), "Forms");
const RANGE = 30; // episodes in one group of the grid

/** The series of an address: from the page itself, or from the server. @param {string} slug */
export function useSeries(slug) {
  const known = boot.data.series?.slug === slug && boot.language === language.value ? boot.data.series : null;
  const [series, setSeries] = useState(known);
  const [error, setError] = useState(/** @type {any} */ (null));
  const load = () => {
    setError(null);
    getSeries(slug).then(setSeries, setError);
  };
  useEffect(() => {
    if (!known) load();
  }, [slug, language.value]);
  return { series: series?.slug === slug ? series : null, error, load };
}

/** @param {{slug: string}} props */
export function Series({ slug }) {
  const { series, error, load } = useSeries(slug);
  useEffect(() => {
    if (series) document.title = `${series.title} · ${t("brand")}`;
  }, [series]);
  if (error) return html`<${Trouble} error=${error} onRetry=${load} />`;
  if (!series) return html`<${Waiting} />`;
  const place = places.value[slug];
  const first = series.episodes[0].number;
  return html`<div class="series">
    <${Poster} class="series-ambience" src=${series.poster} thumbhash=${series.thumbhash} eager=${true} />
    <header class="top">
      <button class="icon-button" onClick=${() => back("/")} aria-label=${t("player.back")}><${Icon} name="back" /></button>
      <${Share} series=${series} />
    </header>
    <main class="series-main">
      <section class="series-head">
        <${Poster} class=${series.orientation === "landscape" ? "series-poster wide" : "series-poster"} src=${series.poster} thumbhash=${series.thumbhash} eager=${true} />
        <div class="series-text">
          <h1 class="title">${series.title}</h1>
          <p class="meta"><${Facts} card=${series} /></p>
          <div class="hero-actions">
            <a class="button main" href=${episodePath(slug, place?.number ?? first)}><${Icon} name="play" />${place ? t("series.resume", { number: place.number }) : t("series.play")}</a>
            ${place && place.number !== first && html`<a class="button quiet" href=${`${episodePath(slug, first)}?t=0`}><${Icon} name="again" />${t("series.from_start")}</a>`}
          </div>
          <${PriceCard} slug=${slug} />
          <p class="synopsis full">${series.synopsis}</p>
          <${Languages} series=${series} />
        </div>
      </section>
      ${series.media?.length > 1 && html`<${Forms} series=${series} />`}
      <section aria-labelledby="episodes">
        <h2 id="episodes" class="section-title">${t("episodes.title")}</h2>
        <${EpisodeGrid} series=${series} />
      </section>
      ${boot.demo && html`<${DemoStrip} />`}
    </main>
  </div>`;
}

/** @param {{series: any}} props */
function Languages({ series }) {
  return html`<div class="languages" role="group" aria-label=${t("languages.title")}>
    ${series.languages.map(
      (/** @type {any} */ offer) => html`<span class="tag" key=${offer.language}>
        <bdi lang=${offer.language}>${offer.name}</bdi>
        <small>${offer.language === series.source_language ? t("languages.original") : t(offer.heard && offer.read ? "languages.heard_and_read" : offer.heard ? "languages.heard" : "languages.read")}</small>
      </span>`,
    )}
    <span class="visually-hidden">${t("series.original", { language: languageName(series.source_language) })}</span>
  </div>`;
}

/** @param {{series: any}} props */
function Share({ series }) {
  const [copied, setCopied] = useState(false);
  const share = async () => {
    const link = { title: series.title, url: location.href };
    try {
      if (navigator.share) await navigator.share(link);
      else {
        await navigator.clipboard.writeText(link.url);
        setCopied(true);
        setTimeout(() => setCopied(false), 2500);
      }
    } catch {
      // The viewer closed the system's sheet, or the clipboard is forbidden.
    }
  };
  return html`<div class="share" aria-live="polite">${copied && html`<span class="toast">${t("series.copied")}</span>`}
    <button class="icon-button" onClick=${share} aria-label=${t("series.share")}><${Icon} name="share" /></button></div>`;
}

/** @param {{series: any, current?: number, onChoose?: () => void}} props */
export function EpisodeGrid({ series, current = -1, onChoose }) {
  const groups = Math.ceil(series.episodes.length / RANGE);
  const home = Math.max(0, series.episodes.findIndex((/** @type {any} */ e) => e.number === current));
  const [group, setGroup] = useState(Math.floor(home / RANGE));
  const shown = series.episodes.slice(group * RANGE, (group + 1) * RANGE);
  const seen = places.value[series.slug]?.seen ?? {};
  return html`<div>
    ${groups > 1 && html`<div class="ranges" role="group" aria-label=${t("episodes.title")}>
      ${Array.from({ length: groups }, (_, n) => {
        const [a, b] = [series.episodes[n * RANGE], series.episodes[Math.min(series.episodes.length, (n + 1) * RANGE) - 1]];
        return html`<button class="range" aria-pressed=${n === group} onClick=${() => setGroup(n)}>${t("episodes.range", { first: a.number, last: b.number })}</button>`;
      })}
    </div>`}
    <ol class=${series.orientation === "landscape" ? "episodes wide" : "episodes"}>
      ${shown.map((/** @type {any} */ episode) => {
        const percent = Math.round(100 * (seen[episode.number] ?? 0));
        const name = episode.title || t("episode.number", { number: episode.number });
        return html`<li key=${episode.id}><a class="episode" href=${episodePath(series.slug, episode.number)} aria-current=${episode.number === current ? "true" : undefined} onClick=${onChoose}>
          <${Poster} src=${episode.poster} thumbhash=${episode.thumbhash} />
          <span class="episode-number" aria-hidden="true">${episode.number}</span>
          <span class="episode-length">${clock(episode.length_seconds)}</span>
          ${percent > 0 && html`<progress max="100" value=${percent} aria-label=${t("episodes.watched", { percent })}></progress>`}
          ${episode.number === current && html`<span class="episode-now"><i></i><i></i><i></i></span>`}
          <span class="visually-hidden">${name}</span>
        </a></li>`;
      })}
    </ol>
  </div>`;
}
