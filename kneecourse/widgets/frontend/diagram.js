// A clickable picture: regions answer to click, Enter and Space; a list beside it does the same.

/**
 * The picture as SVG. `onpick(id)` is called for a region that was clicked or keyed.
 * Regions carry letters, not names, while `named` is false.
 */
function diagram(picture, { onpick, named = false }) {
  const letter = (region) => (named ? region.name : region.letter);
  const shapes = new Map();
  const svg = s("svg", { viewBox: picture.view, role: "group", "aria-label": `${picture.title}. ${picture.shows}`, class: "kc-picture" },
    s("path", { d: picture.skin, class: "kc-skin" }));
  for (const region of picture.regions) {
    const pick = () => onpick(region.id);
    const shape = s("g", {
      class: `kc-region kc-${region.role}`, tabindex: "0", role: "button", "aria-pressed": "false",
      "aria-label": `${letter(region)}: ${region.where}`, onclick: pick,
      onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(); } },
    }, ...region.paths.map((d) => s("path", { d })));
    shapes.set(region.id, shape);
    svg.append(shape);
  }
  for (const region of picture.regions) {
    const [x, y] = region.label_at;
    svg.append(s("text", { x, y, class: "kc-letter", "aria-hidden": "true" }, letter(region)));
  }
  const side = h("p", { class: "kc-foot" }, picture.side);
  return {
    el: h("div", { class: "kc-plot" }, svg, side),
    /** Marks regions: id -> "chosen" | "right" | "wrong". */
    mark(states) {
      for (const [id, shape] of shapes) {
        const state = states[id];
        for (const name of ["chosen", "right", "wrong"]) shape.classList.toggle(`kc-${name}`, state === name);
        shape.setAttribute("aria-pressed", String(state !== undefined));
      }
    },
  };
}
