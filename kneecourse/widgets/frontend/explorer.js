// A figure the learner moves. The newest value wins, one frame is in flight at a time, so no queue builds up.
// While nothing is asked, the next steps of the slider last moved are fetched, so a key shows its frame at once.

const KEPT = 200; // frames; about 3 MB

function render({ model, el }) {
  const sheet = model.get("sheet");
  const record = recorder(model);
  const values = { ...model.get("values") };
  const frames = new Map(); // state -> what it shows
  const key = (state) => JSON.stringify(sheet.controls.map(({ name }) => state[name]));
  let inFlight = false;
  let ahead = () => []; // the states that may be wanted next
  let shown;

  function push() {
    if (frames.has(key(values))) show(frames.get(key(values)));
    ask();
  }

  function ask() {
    if (inFlight) return;
    const wanted = [{ ...values }, ...ahead()].find((state) => !frames.has(key(state)));
    if (!wanted) return;
    inFlight = true;
    model.set("values", wanted);
    model.set("asked", model.get("asked") + 1);
    model.save_changes();
  }

  function keep() {
    const url = URL.createObjectURL(new Blob([model.get("frame")], { type: "image/png" }));
    const got = { url, picture: new Image(), reading: model.get("reading"), done: model.get("done") };
    got.picture.src = url; // loaded before it is wanted: showing it then takes a third less time
    frames.set(key(model.get("values")), got);
    if (frames.size > KEPT) {
      const [oldest, { url: gone }] = frames.entries().next().value;
      frames.delete(oldest);
      URL.revokeObjectURL(gone);
    }
    return got;
  }

  const image = h("img", { class: "kc-frame", width: sheet.size[0], height: sheet.size[1] });
  const reading = h("p", { class: "kc-reading", "aria-live": "polite" });
  function show(state) {
    shown = state;
    image.src = state.url;
    const sentence = state.reading;
    reading.replaceChildren(...rich(sentence));
    image.alt = sentence.replaceAll("**", "");
    tick();
  }
  model.on("change:answered", () => {
    const got = keep();
    inFlight = false;
    if (key(model.get("values")) === key(values) && got !== shown) show(got);
    ask();
  });

  const controls = h("fieldset", { class: "kc-controls" }, h("legend", { class: "kc-sr" }, "Controls"),
    ...sheet.controls.map((control) => (control.options ? segments(control) : slider(control))));

  function slider({ name, label, unit, low, high, step }) {
    const id = fresh("slider");
    const shared = { min: low, max: high, step, value: values[name] };
    const range = h("input", { id, type: "range", ...shared, class: "kc-slider", "aria-valuetext": `${values[name]} ${unit}` });
    const box = h("input", { type: "number", ...shared, "aria-label": `${label}, ${unit}` });
    function set(value, from) {
      if (value === "" || !Number.isFinite(Number(value))) return;
      const before = values[name];
      values[name] = Math.min(Math.max(Number(value), low), high);
      look(values[name] < before ? -step : step);
      if (from !== range) range.value = values[name];
      if (from !== box) box.value = values[name];
      range.setAttribute("aria-valuetext", `${values[name]} ${unit}`);
      clearTimeout(typing);
      if (from === box) typing = setTimeout(push, 350); // "65" is on its way past "6"
      else push();
    }
    /** Get ready for two more steps onward and one back. */
    function look(onward) {
      ahead = () => [onward, 2 * onward, -onward].map((by) => values[name] + by)
        .filter((at) => at >= low && at <= high).map((at) => ({ ...values, [name]: at }));
    }
    range.addEventListener("focus", () => { look(step); ask(); });
    let typing;
    for (const input of [range, box]) input.addEventListener("input", () => set(input.value, input));
    box.addEventListener("change", () => { box.value = values[name]; });
    return h("div", { class: "kc-control" }, h("label", { for: id }, label, h("small", {}, unit)), h("div", { class: "kc-row" }, range, box));
  }

  function segments({ name, label, options }) {
    const group = fresh("segment");
    return h("fieldset", { class: "kc-control" }, h("legend", {}, label), h("div", { class: "kc-segments" },
      ...Object.entries(options).map(([id, text]) => h("label", {},
        h("input", { type: "radio", name: group, value: id, checked: values[name] === id, onchange: () => { values[name] = id; ahead = () => []; push(); } }), h("span", {}, text)))));
  }

  const met = new Set(Object.keys(model.get("answers")));
  const tasks = sheet.tasks.map((task) => ({ ...task, li: h("li", {}) }));
  const open = () => !predict || !locked;
  function tick() {
    for (const task of tasks) {
      const first = open() && shown.done.includes(task.id) && !met.has(task.id);
      if (first) {
        met.add(task.id);
        record({ item: task.id, version: task.version, response: { answer: "met" }, certainty: null, hints: 0, seconds: null });
      }
      const done = met.has(task.id);
      if (task.li.childNodes.length === 0 || first) {
        task.li.classList.toggle("kc-done", done);
        task.li.replaceChildren(h("span", { class: "kc-mark", role: "img", "aria-label": done ? "done" : "to do" }, done ? "✓" : "○"),
          h("span", {}, ...rich(task.text), done && h("span", { class: "kc-why" }, " ", ...rich(task.done))));
      }
    }
  }

  let locked = false;
  const predict = sheet.predict && predicting();
  function predicting() {
    const saved = model.get("answers")[sheet.predict.id];
    locked = !saved;
    const skip = button("Skip and explore", unlock, { class: "kc-button kc-quiet", hidden: !locked });
    function unlock() {
      locked = false;
      controls.disabled = false;
      skip.hidden = true;
      box.classList.remove("kc-locked");
      tick();
    }
    controls.disabled = locked;
    const box = h("div", { class: `kc-predict${locked ? " kc-locked" : ""}` },
      h("p", { class: "kc-kicker" }, "First, your prediction"), question(sheet.predict, { saved, record, onanswer: unlock, extra: skip }));
    return box;
  }

  const figure = h("figure", {}, h("div", { class: "kc-plot" }, image), h("figcaption", {}, reading));
  const side = h("div", {}, controls, tasks.length > 0 && h("div", { class: "kc-tasks" }, h("p", { class: "kc-kicker" }, "Try this"), h("ul", {}, ...tasks.map((t) => t.li))));
  el.append(h("div", { class: "kc" }, card(predict ? "Predict, then explore" : "Explore", sheet.title, predict, h("div", { class: "kc-split" }, figure, side),
    h("p", { class: "kc-foot" }, sheet.basis)), trouble(model)));
  show(keep());
  return () => frames.forEach(({ url }) => URL.revokeObjectURL(url));
}

export default { render };
