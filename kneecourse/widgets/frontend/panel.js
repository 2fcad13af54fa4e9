// A card that only shows: paragraphs, lists, tables, pictures, links. Written in Python as plain data.

const BLOCKS = {
  p: ({ text }) => h("p", {}, ...rich(text)),
  foot: ({ text }) => h("p", { class: "kc-foot" }, ...rich(text)),
  flag: ({ rows }) => h("div", { class: "kc-flag", role: "note" }, ...rows.map(([lead, text]) => h("p", {}, h("strong", {}, lead), " ", ...rich(text)))),
  list: ({ rows, ordered }) => h(ordered ? "ol" : "ul", { class: "kc-list" }, ...rows.map((text) => h("li", {}, ...rich(text)))),
  terms: ({ rows }) => h("div", { class: "kc-terms" }, ...rows.map(([term, means]) => h("details", {}, h("summary", { class: "kc-chip" }, term), h("p", {}, means)))),
  links: ({ rows }) => h("ol", { class: "kc-list kc-sources" }, ...rows.map(([id, text, href]) => h("li", { id }, text, href && [" ", h("a", { href, target: "_blank", rel: "noopener" }, "Read it", h("span", { class: "kc-sr" }, `: ${text}`))]))),
  lessons: ({ rows }) => h("ol", { class: "kc-lessons" }, ...rows.map(({ title, question, href, state, share }) => h("li", {},
    h("b", {}, href ? h("a", { href }, title) : title), h("span", {}, state), h("span", {}, question),
    share > 0 && h("div", { class: "kc-bar" }, h("i", { style: `width: ${Math.round(100 * share)}%` }))))),
  folded: ({ summary, block }, model) => h("details", { class: "kc-folded" }, h("summary", {}, summary), BLOCKS[block.kind](block, model)),
  table: ({ caption, head, rows }) => h("div", { class: "kc-scroll", tabindex: "0", role: "region", "aria-label": `Table: ${caption}` }, h("table", {}, h("caption", { class: "kc-sr" }, caption),
    h("thead", {}, h("tr", {}, ...head.map((cell) => h("th", { scope: "col" }, ...rich(cell))))),
    h("tbody", {}, ...rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, ...rich(first)), ...rest.map((cell) => h("td", {}, ...rich(cell)))))))),
  picture: ({ alt, size }, model) => {
    const src = URL.createObjectURL(new Blob([model.get("frame")], { type: "image/png" }));
    return h("figure", {}, h("div", { class: "kc-plot" }, h("img", { class: "kc-frame", src, alt, width: size[0], height: size[1] })), h("figcaption", { class: "kc-reading" }, ...rich(alt)));
  },
};

function render({ model, el }) {
  const { kicker, title, blocks } = model.get("sheet");
  const content = blocks.map((block) => BLOCKS[block.kind](block, model));
  el.append(h("div", { class: "kc" }, title ? card(kicker, title, ...content) : content));
}

export default { render };
