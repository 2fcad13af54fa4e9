// What has been answered so far; the progress file out and in.

const LARGEST = 8 * 2 ** 20; // bytes; twenty thousand answers are about a fifth of this

function render({ model, el }) {
  const summary = h("div", {});
  const status = h("p", { class: "kc-foot", role: "status" });
  const picker = h("input", { type: "file", accept: ".jsonl", "aria-label": "Load a progress file", class: "kc-sr", tabindex: "-1", onchange: load });
  const save = button("Save progress", () => {
    model.set("file", ""); // so that the same answers, saved again, are a change again
    model.set("wanted", model.get("wanted") + 1);
    model.save_changes();
  });
  const open = button("Load progress", () => picker.click(), { class: "kc-button kc-quiet" });

  function draw() {
    summary.replaceChildren(...model.get("lines").map((line) => h("p", {}, ...rich(line))));
    status.textContent = model.get("report");
  }

  function download() {
    if (!model.get("file")) return;
    const url = URL.createObjectURL(new Blob([model.get("file")], { type: "application/jsonl" }));
    h("a", { href: url, download: "kneecourse-progress.jsonl" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    status.textContent = "Saved as kneecourse-progress.jsonl in your downloads. It holds your answers and nothing else.";
  }

  async function load() {
    const [file] = picker.files;
    picker.value = "";
    if (!file) return;
    if (file.size > LARGEST) {
      status.textContent = "This file is too large to be a progress file. Nothing was changed.";
      return;
    }
    model.set("incoming", { text: await file.text(), count: Date.now() });
    model.save_changes();
  }

  model.on("change:lines", draw);
  model.on("change:report", draw);
  model.on("change:file", download);
  draw();
  el.append(h("div", { class: "kc" }, card("Your progress", "What you have answered", summary,
    h("div", { class: "kc-chips" }, h("span", { class: "kc-actions" }, open, picker, save)), status)));
}

export default { render };
