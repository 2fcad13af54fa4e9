// The environment check. That this card shows at all is the first answer; the kernel's reply is the second.

function render({ model, el }) {
  const list = h("ul", { class: "kc-tasks" });
  const rows = [...model.get("sheet").checks];
  const line = ({ ok, told }) => h("li", { class: ok ? "kc-done" : "" }, h("span", { class: "kc-mark", role: "img", "aria-label": ok ? "fine" : "to mend" }, ok ? "✓" : "✗"), h("span", {}, ...rich(told)));
  const draw = () => {
    const alive = model.get("answered") > 0;
    const round = { ok: alive, told: alive ? "**Widgets**: ready, and the kernel answers." : "**Widgets**: shown, but the kernel has not answered yet. If this stays, restart the kernel and run all cells." };
    list.replaceChildren(...[...rows, round].map(line));
  };
  model.on("change:answered", draw);
  model.set("asked", model.get("asked") + 1);
  model.save_changes();
  draw();
  el.append(h("div", { class: "kc" }, card("Environment check", "Is everything ready?", list)));
}

export default { render };
