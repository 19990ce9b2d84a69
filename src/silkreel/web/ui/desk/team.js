// The team: who works here, with which roles; links for those who join or start again.
import { useEffect, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { Sheet } from "../shared/sheet.js";
import { plural, t } from "../shared/words.js";
import { Copy, Empty, Field, Form, Loaded, Mark, Wrong, roleName } from "./parts.js";
import { ask, may, me } from "./session.js";

/** @typedef {{id: string, name: string, shown_name: string, roles: string[], state: string, second_factor: boolean, made_at: string}} Person */
/** @typedef {{kind: "invite" | "roles" | "reset" | "disable" | "link", person?: Person, link?: string}} Open */

export function Team() {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const [open, setOpen] = useState(/** @type {Open | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const load = () => {
    Promise.all([ask("GET", "/team"), ask("GET", "/roles")]).then(
      ([team, book]) => setState({ value: { people: team.people, book } }),
      (refused) => setState({ error: refused }),
    );
  };
  useEffect(load, []);
  const done = (/** @type {Open | null} */ next = null) => {
    setOpen(next);
    load();
  };
  const simply = (/** @type {string} */ verb) => async (/** @type {Person} */ person) => {
    setError(null);
    try {
      const answer = await ask("POST", `/team/${person.id}/${verb}`);
      done(verb === "link" ? { kind: "link", person, link: answer.link } : null);
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title">${t("nav.team")}</h1>
      ${state.value && html`<p class="count">${plural("team.count", state.value.people.length)}</p>`}
      ${may("staff.manage") && html`<button class="act main" onClick=${() => setOpen({ kind: "invite" })}><${Mark} name="plus" />${t("team.invite")}</button>`}
    </header>
    <${Wrong} error=${error} />
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { people, book }) => html`
        <${People} people=${people} onLink=${simply("link")} onEnable=${simply("enable")} onOpen=${setOpen} />
        ${may("brand.edit") && html`<${Rule} />`}
        ${open?.kind === "invite" && html`<${Invite} book=${book} onDone=${done} />`}
        ${open?.kind === "roles" && html`<${Roles} book=${book} person=${open.person} onDone=${done} />`}
        ${open?.kind === "disable" && html`<${Sure} verb="disable" person=${open.person} onDone=${done} />`}
        ${open?.kind === "reset" && html`<${Sure} verb="reset" person=${open.person} onDone=${done} />`}
        ${open?.kind === "link" && html`<${Link} person=${open.person} link=${open.link} onClose=${() => setOpen(null)} />`}`}
    <//>
  </section>`;
}

/** @param {{people: Person[], onLink: any, onEnable: any, onOpen: (open: Open) => void}} props */
function People({ people, onLink, onEnable, onOpen }) {
  if (people.length === 1)
    return html`<${Table} people=${people} onLink=${onLink} onEnable=${onEnable} onOpen=${onOpen} /><${Empty} title=${t("team.alone")}><p>${t("team.alone_hint")}</p><//>`;
  return html`<${Table} people=${people} onLink=${onLink} onEnable=${onEnable} onOpen=${onOpen} />`;
}

/** @param {any} props */
function Table({ people, onLink, onEnable, onOpen }) {
  return html`<table class="rows" role="table">
    <caption class="visually-hidden">${t("nav.team")}</caption>
    <thead role="rowgroup"><tr role="row">
      ${["team.person", "team.roles", "team.state", "team.factor"].map((id) => html`<th key=${id} role="columnheader" scope="col">${t(id)}</th>`)}
      ${may("staff.manage") && html`<th role="columnheader" scope="col"><span class="visually-hidden">${t("team.actions")}</span></th>`}
    </tr></thead>
    <tbody role="rowgroup">
      ${people.map(
        (/** @type {Person} */ person) => html`<tr key=${person.id} role="row" class=${person.state}>
          <th role="rowheader" scope="row"><strong><bdi>${person.shown_name}</bdi></strong>${person.id === me.value?.id && html` <span class="chip">${t("team.you")}</span>`}<small>${person.name}</small></th>
          <td role="cell" data-label=${t("team.roles")}>${person.roles.map((role) => html`<span class="chip" key=${role}>${roleName(role)}</span>`)}</td>
          <td role="cell" data-label=${t("team.state")}><span class="state ${person.state}">${t(`team.${person.state}`)}</span></td>
          <td role="cell" data-label=${t("team.factor")}>${person.second_factor ? t("team.factor_set") : html`<span class="faint">${t("team.factor_none")}</span>`}</td>
          ${may("staff.manage") && html`<td role="cell" class="acts"><${Actions} person=${person} onLink=${onLink} onEnable=${onEnable} onOpen=${onOpen} /></td>`}
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** @param {{person: Person, onLink: any, onEnable: any, onOpen: (open: Open) => void}} props */
function Actions({ person, onLink, onEnable, onOpen }) {
  if (person.id === me.value?.id) return null;
  const button = (/** @type {string} */ id, /** @type {() => void} */ act) =>
    html`<button class="act small" key=${id} onClick=${act} aria-label=${`${t(id)}: ${person.shown_name}`}>${t(id)}</button>`;
  if (person.state === "disabled") return button("team.enable", () => onEnable(person));
  return [
    button("team.change", () => onOpen({ kind: "roles", person })),
    person.state === "invited" ? button("team.link", () => onLink(person)) : button("team.reset", () => onOpen({ kind: "reset", person })),
    button("team.disable", () => onOpen({ kind: "disable", person })),
  ];
}

/** @param {{book: any, chosen: string[], onChange: (roles: string[]) => void}} props */
function RoleChoice({ book, chosen, onChange }) {
  const mine = new Set([...(me.value?.rights ?? []), ...(me.value?.withheld ?? [])]);
  const titles = new Map(book.rights.map((/** @type {any} */ right) => [right.name, right.title]));
  const flip = (/** @type {string} */ name) => onChange(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  const told = (/** @type {any} */ role) => {
    if (role.rights.length === titles.size) return t("team.all_rights");
    const named = [...titles.keys()].filter((right) => role.rights.includes(right)).map((right) => rightName(right, titles));
    return named.join(" · ");
  };
  return html`<fieldset class="choices-list"><legend>${t("team.roles")}</legend>
    ${book.roles.map((/** @type {any} */ role) => {
      const beyond = !role.rights.every((/** @type {string} */ right) => mine.has(right));
      return html`<label class="tick role" key=${role.name}><input type="checkbox" name="role" value=${role.name} checked=${chosen.includes(role.name)} disabled=${beyond} onChange=${() => flip(role.name)} />
        <span><strong>${roleName(role.name, role.title)}</strong><small>${beyond ? t("team.beyond") : told(role)}</small></span></label>`;
    })}
  </fieldset>`;
}

/** @param {string} name @param {Map<any, any>} titles */
function rightName(name, titles) {
  const id = `right.${name}`;
  const told = t(id);
  return told === id ? (titles.get(name) ?? name) : told;
}

/** @param {{book: any, onDone: (next?: Open | null) => void}} props */
function Invite({ book, onDone }) {
  const [shown, setShown] = useState("");
  const [name, setName] = useState("");
  const [roles, setRoles] = useState(/** @type {string[]} */ ([]));
  const send = async () => {
    const made = await ask("POST", "/team", { name, shown_name: shown, roles });
    onDone({ kind: "link", person: made.person, link: made.link });
  };
  return html`<${Sheet} title=${t("team.invite")} onClose=${() => onDone()}>
    <${Form} onSend=${send} label=${t("team.make_link")} ready=${Boolean(name && roles.length)}>
      <${Field} id="shown" label=${t("team.shown")} value=${shown} onInput=${setShown} autocomplete="off" maxlength="100" focus=${true} />
      <${Field} id="login" label=${t("team.login")} hint=${t("team.login_hint")} value=${name} onInput=${setName} autocomplete="off" autocapitalize="none" spellcheck=${false} maxlength="64" />
      <${RoleChoice} book=${book} chosen=${roles} onChange=${setRoles} />
    <//>
  <//>`;
}

/** @param {{book: any, person: any, onDone: () => void}} props */
function Roles({ book, person, onDone }) {
  const [roles, setRoles] = useState(/** @type {string[]} */ (person.roles));
  const send = async () => {
    await ask("PUT", `/team/${person.id}/roles`, { roles });
    onDone();
  };
  return html`<${Sheet} title=${t("team.roles_of", { name: person.shown_name })} onClose=${() => onDone()}>
    <${Form} onSend=${send} label=${t("team.save")} ready=${roles.length > 0}><${RoleChoice} book=${book} chosen=${roles} onChange=${setRoles} /><p class="hint">${t("team.at_once")}</p><//>
  <//>`;
}

/** @param {{verb: "disable" | "reset", person: any, onDone: (next?: Open | null) => void}} props */
function Sure({ verb, person, onDone }) {
  const send = async () => {
    const answer = await ask("POST", `/team/${person.id}/${verb}`);
    onDone(verb === "reset" ? { kind: "link", person, link: answer.link } : null);
  };
  return html`<${Sheet} title=${t(`team.${verb}_of`, { name: person.shown_name })} onClose=${() => onDone()}>
    <${Form} onSend=${send} label=${t(`team.${verb}`)} danger=${true}><p>${t(`team.${verb}_means`)}</p><//>
  <//>`;
}

/** @param {{person: any, link: any, onClose: () => void}} props */
function Link({ person, link, onClose }) {
  return html`<${Sheet} title=${t("team.link_for", { name: person.shown_name })} onClose=${onClose}>
    <div class="form"><${Copy} id="link" label=${t("team.the_link")} text=${link} first=${true} /><p class="hint">${t("team.link_hint")}</p>
    <button class="act main" onClick=${onClose}>${t("team.link_done")}</button></div>
  <//>`;
}

/** Who has to sign in with a second factor. */
function Rule() {
  const [rule, setRule] = useState(me.value?.brand.second_factor ?? "money");
  const [told, setTold] = useState("");
  const [error, setError] = useState(/** @type {any} */ (null));
  const choose = async (/** @type {any} */ event) => {
    const wanted = event.target.value;
    setError(null);
    setTold("");
    try {
      await ask("PUT", "/brand/second-factor", { second_factor: wanted });
      setRule(wanted);
      setTold(t("team.rule_saved"));
      me.value = await ask("GET", "/me");
    } catch (refused) {
      event.target.value = rule;
      setError(refused);
    }
  };
  return html`<section class="panel" aria-labelledby="rule-title">
    <h2 id="rule-title">${t("team.rule")}</h2>
    <div class="field"><label for="rule">${t("team.rule_label")}</label>
      <select id="rule" value=${rule} onChange=${choose}>${["optional", "money", "everyone"].map((each) => html`<option key=${each} value=${each}>${t(`team.rule_${each}`)}</option>`)}</select>
    </div>
    <p class="hint" role="status">${told}</p><${Wrong} error=${error} />
  </section>`;
}
