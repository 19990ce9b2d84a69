// What places and people are called on the screen.

/** What a scene is called: its place, without the slug line's abbreviations. @param {any} scene @param {string} id */
export function sceneName(scene, id) {
  if (scene?.location) return scene.location;
  const heading = (scene?.heading ?? "").replace(/^\s*(INT|EXT|INT\.?\/EXT|I\/E)\b\.?\s*/i, "");
  const place = heading.split(/\s+[-–—]\s+/)[0].trim();
  if (!place) return capital(id.split(".").pop() ?? id);
  return place === place.toUpperCase() ? capital(place.toLowerCase()) : place;
}

/** @param {string} word */
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

/** @param {any} session @param {string | null} who */
export function nameOf(session, who) {
  return who ? (session.game.cast[who]?.name ?? who) : "";
}
