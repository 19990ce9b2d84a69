// The desk: the door for those we do not know, the frame for those we do.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { t } from "../shared/words.js";
import { Join, SignIn } from "./door.js";
import { Frame } from "./frame.js";
import { Loaded } from "./parts.js";
import { place } from "./places.js";
import { me, whoAmI } from "./session.js";

function Desk() {
  const [error, setError] = useState(/** @type {any} */ (undefined));
  const [asked, setAsked] = useState(false);
  const [wasIn, setWasIn] = useState(false);
  const [joining, setJoining] = useState(place.value === "/staff/join");
  const load = () => {
    setError(undefined);
    whoAmI().then(() => setAsked(true), setError);
  };
  useEffect(load, []);
  useEffect(() => {
    if (me.value) {
      setWasIn(true);
      setJoining(false);
    }
  }, [me.value]);
  if (!asked) return html`<main class="door"><${Loaded} state=${{ error }} onRetry=${load}>${() => null}<//></main>`;
  if (joining) return html`<${Join} />`;
  if (!me.value) return html`<${SignIn} told=${wasIn ? t("door.ended") : ""} />`;
  return html`<${Frame} />`;
}

const root = document.getElementById("desk");
if (root) render(html`<${Desk} />`, root);
