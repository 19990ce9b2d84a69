// The door: signing in, and joining by a link.
import { useEffect, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { t } from "../shared/words.js";
import { Empty, Field, Form } from "./parts.js";
import { go } from "./places.js";
import { ask, signIn } from "./session.js";

/** @param {{title: string, lead?: string, children: any}} props */
function Door({ title, lead, children }) {
  useEffect(() => {
    document.title = `${title} · ${t("desk.name")}`;
  }, [title]);
  return html`<main class="door">
    <p class="door-brand"><span class="brand-mark" aria-hidden="true"></span>${t("brand")} <span>${t("desk.name")}</span></p>
    <h1>${title}</h1>
    ${lead && html`<p class="lead">${lead}</p>`}
    ${children}
  </main>`;
}

/** @param {{name?: string, told?: string}} props */
export function SignIn({ name: known = "", told = "" }) {
  const [name, setName] = useState(known);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const send = async () => {
    try {
      await signIn(name, password, code);
    } catch (refused) {
      const wanted = /** @type {any} */ (refused).code === "people.second_factor_needed";
      if (!wanted) throw refused;
      setAsksCode(true);
      if (asksCode) throw refused;
    }
  };
  return html`<${Door} title=${t("door.title")} lead=${told}>
    <${Form} onSend=${send} label=${t("door.in")} ready=${Boolean(name && password)}>
      <${Field} id="name" label=${t("door.name")} value=${name} onInput=${setName} autocomplete="username" autocapitalize="none" spellcheck=${false} maxlength="64" focus=${!known} />
      <${Field} id="password" type="password" label=${t("door.password")} value=${password} onInput=${setPassword} autocomplete="current-password" focus=${Boolean(known)} />
      ${asksCode && html`<${Field} id="code" label=${t("door.code")} hint=${t("door.code_hint")} value=${code} onInput=${setCode} autocomplete="one-time-code" inputmode="numeric" maxlength="8" focus=${true} />`}
    <//>
    <p class="hint">${t("door.lost")}</p>
  <//>`;
}

/** The token stands behind the #; it is taken out of the address as soon as it was read. */
export function Join() {
  const [token] = useState(() => location.hash.slice(1));
  const [state, setState] = useState(/** @type {any} */ ({}));
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [joined, setJoined] = useState("");
  useEffect(() => {
    history.replaceState({}, "", "/staff/join");
    ask("POST", "/links/look", { token }).then(
      (value) => setState({ value }),
      (error) => setState({ error }),
    );
  }, []);
  if (joined) return html`<${SignIn} name=${joined} told=${t("join.done")} />`;
  if (state.error) return html`<${Door} title=${t("join.title")}><${Empty} title=${state.error.message}><a class="act" href="/staff">${t("door.title")}</a><//><//>`;
  if (!state.value) return html`<${Door} title=${t("join.title")}><p class="waiting-line" aria-busy="true">${t("desk.loading")}</p><//>`;
  const { name, shown_name, joins, min_length } = state.value;
  const send = async () => {
    await ask("POST", "/links/use", { token, password });
    go("/staff");
    setJoined(name);
  };
  const left = min_length - [...password].length;
  return html`<${Door} title=${t("join.welcome", { name: shown_name })} lead=${t(joins ? "join.first" : "join.again")}>
    <${Form} onSend=${send} label=${t("join.set")} ready=${left <= 0}>
      <input class="visually-hidden" type="text" autocomplete="username" value=${name} readonly tabindex="-1" aria-hidden="true" />
      <p class="signs-in">${t("join.name")} <strong>${name}</strong></p>
      <${Field} id="new-password" type=${shown ? "text" : "password"} label=${t("join.password")} hint=${left > 0 ? t("join.least", { least: min_length, left }) : t("join.enough")} value=${password} onInput=${setPassword} autocomplete="new-password" focus=${true} />
      <label class="tick"><input type="checkbox" checked=${shown} onChange=${() => setShown(!shown)} /> ${t("join.show")}</label>
    <//>
  <//>`;
}
