// One's own account: second factor, password, every browser at once.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { t } from "../shared/words.js";
import { Copy, Field, Form, Mark } from "./parts.js";
import { ask, me, signOut } from "./session.js";

export function Account() {
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title">${t("nav.account")}</h1><p class="count">${t("account.as", { name: me.value?.name ?? "" })}</p></header>
    <div class="panels"><${SecondFactor} /><${Password} /><${Everywhere} /></div>
  </section>`;
}

/** @param {{id: string, title: string, told?: string, children: any}} props */
function Panel({ id, title, told = "", children }) {
  return html`<section class="panel" aria-labelledby=${id}><h2 id=${id}>${title}</h2>${children}<p class="good" role="status">${told}</p></section>`;
}

/** Tells password managers whose password it is. */
function Username() {
  return html`<input class="visually-hidden" type="text" autocomplete="username" value=${me.value?.name} readonly tabindex="-1" aria-hidden="true" />`;
}

function SecondFactor() {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [enrolment, setEnrolment] = useState(/** @type {any} */ (null));
  const [told, setTold] = useState("");
  const has = me.value?.has_second_factor;
  const begin = async () => {
    setTold("");
    setEnrolment(await ask("POST", "/account/second-factor", { password }));
    setPassword("");
  };
  const confirm = async () => {
    await ask("POST", "/account/second-factor/confirm", { code });
    me.value = await ask("GET", "/me");
    setEnrolment(null);
    setCode("");
    setTold(t("factor.done"));
  };
  const remove = async () => {
    await ask("POST", "/account/second-factor/remove", { password });
    me.value = await ask("GET", "/me");
    setPassword("");
    setTold(t("factor.gone"));
  };
  const proof = html`<${Username} /><${Field} id="proof" type="password" label=${t("account.now")} value=${password} onInput=${setPassword} autocomplete="current-password" />`;
  return html`<${Panel} id="factor-title" title=${t("factor.title")} told=${told}>
    ${!has && Boolean(me.value?.withheld.length) && html`<p class="notice"><${Mark} name="shield" /><span>${t("factor.wanted")}</span></p>`}
    ${has && html`<p>${t("factor.on")}</p><${Form} onSend=${remove} label=${t("factor.remove")} danger=${true} ready=${Boolean(password)}>${proof}<//>`}
    ${!has && !enrolment && html`<p>${t("factor.off")}</p><${Form} onSend=${begin} label=${t("factor.begin")} ready=${Boolean(password)}>${proof}<//>`}
    ${enrolment && html`<ol class="steps">
      <li><p>${t("factor.step_app")} <a class="link" href=${enrolment.uri}>${t("factor.open")}</a></p>
        <svg class="qr" role="img" aria-label=${t("factor.qr")} viewBox=${`-4 -4 ${enrolment.qr_width + 8} ${enrolment.qr_width + 8}`}><rect x="-4" y="-4" width="100%" height="100%" fill="#fff" /><path d=${enrolment.qr_path} fill="#000" /></svg>
        <${Copy} id="secret" label=${t("factor.key")} text=${enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ")} /></li>
      <li><${Form} onSend=${confirm} label=${t("factor.confirm")} ready=${code.replace(/\s/g, "").length === 6}><${Field} id="first-code" label=${t("factor.step_code")} value=${code} onInput=${setCode} autocomplete="one-time-code" inputmode="numeric" maxlength="8" focus=${true} /><//></li>
    </ol>`}
  <//>`;
}

function Password() {
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const [told, setTold] = useState("");
  const send = async () => {
    setTold("");
    await ask("POST", "/account/password", { password: before, new_password: after });
    setBefore("");
    setAfter("");
    setTold(t("password.done"));
  };
  return html`<${Panel} id="password-title" title=${t("password.title")} told=${told}>
    <${Form} onSend=${send} label=${t("password.change")} ready=${Boolean(before && after)}>
      <${Username} />
      <${Field} id="before" type="password" label=${t("account.now")} value=${before} onInput=${setBefore} autocomplete="current-password" />
      <${Field} id="after" type="password" label=${t("join.password")} hint=${t("password.hint")} value=${after} onInput=${setAfter} autocomplete="new-password" />
    <//>
  <//>`;
}

function Everywhere() {
  return html`<${Panel} id="everywhere-title" title=${t("everywhere.title")}>
    <p>${t("everywhere.what")}</p>
    <${Form} onSend=${() => signOut("/sign-out-everywhere")} label=${t("everywhere.do")} danger=${true}><//>
  <//>`;
}
