// Building blocks of every front end. Text only ever becomes a text node: nothing from a file runs as HTML.

const FOCUSABLE = new Set(["a", "button", "input", "select", "textarea", "summary"]);

/** An element with attributes, listeners (onclick, oninput, ...) and children; null children are left out. */
function h(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  return dress(el, attributes, children);
}

/** The same for SVG. */
function s(tag, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dress(el, attributes, children) {
  // without this JupyterLab keeps the arrow keys for itself
  if (FOCUSABLE.has(el.localName) || "tabindex" in attributes) el.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (value === true) el.setAttribute(name, "");
    else if (value !== false && value != null) el.setAttribute(name, value);
  }
  el.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return el;
}

/** Text nodes, with **this** in bold. */
function rich(text) {
  return String(text).split("**").map((part, i) => (i % 2 ? h("strong", {}, part) : part));
}

function button(text, onclick, attributes = {}) {
  return h("button", { type: "button", class: "kc-button", onclick, ...attributes }, text);
}

let serial = 0;
let copy = ""; // every widget has its own copy of this module, and all share one page
/** An id that is unique in the page. */
function fresh(stem) {
  copy ||= uuid().slice(0, 8);
  serial += 1;
  return `kc-${stem}-${copy}-${serial}`;
}

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is missing on plain http
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Sends attempts to the log and keeps each until its receipt has come back, so that none is lost on the way. */
function recorder(model) {
  let waiting = [];
  model.on("change:received", () => {
    const received = new Set(model.get("received"));
    waiting = waiting.filter((attempt) => !received.has(attempt.uuid));
  });
  return (attempt) => {
    waiting = [...waiting, { uuid: uuid(), at: new Date().toISOString(), ...attempt }];
    model.set("outbox", waiting);
    model.save_changes();
  };
}

/** Says why answers are not kept, while they are not. */
function trouble(model) {
  const line = h("p", { class: "kc-trouble", role: "status" });
  const draw = () => { line.textContent = model.get("trouble") && `Your answers are not being kept. ${model.get("trouble")}`; };
  model.on("change:trouble", draw);
  draw();
  return line;
}

/** One card: a kicker that says what to do, a title that asks, and content. */
function card(kicker, title, ...content) {
  const id = fresh("title");
  return h("section", { class: "kc-card", "aria-labelledby": id },
    h("p", { class: "kc-kicker" }, kicker), h("h3", { id, tabindex: "-1" }, ...rich(title)), ...content);
}
