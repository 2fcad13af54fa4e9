// One question of any kind. It asks, looks the verdict up in the table that grading.py made, and explains.
// There is no grading here: without a table (exam) the response is recorded and nothing is said.

/**
 * `item`: payload from Python; `saved`: the last response, if any; `record(attempt)`: to the log;
 * `onanswer(correct, response)`: called after each check; `extra`: one more button. Returns an element.
 */
function question(item, { saved, record, onanswer = () => {}, heading = true, extra = null }) {
  const started = performance.now();
  let hints = 0;
  let certainty = saved?.certainty ?? null;
  const body = BODIES[item.kind](item);
  const verdict = h("p", { class: "kc-verdict", role: "status" });
  const more = h("div", { class: "kc-more" });
  const check = button(item.table ? "Check" : "Record answer", answer);
  const again = button("Try again", () => { reset(); body.focus(); }, { class: "kc-button kc-quiet", hidden: true });
  const sure = choose("How sure are you?", { unsure: "unsure", fairly: "fairly", sure: "sure" }, certainty, (value) => { certainty = value; });
  const shownHints = h("ol", { class: "kc-hints", hidden: true });
  const hint = button("Hint", showHint, { class: "kc-button kc-quiet", hidden: !item.hints?.length });
  const root = h("div", { class: "kc-question", "data-item": item.id },
    heading && h("h4", { class: "kc-ask" }, ...rich(item.ask)), item.lead && h("p", {}, ...rich(item.lead)),
    body.el, shownHints,
    h("div", { class: "kc-chips" }, sure.el, h("span", { class: "kc-actions" }, extra, hint, again, check)), verdict, more);

  function showHint() {
    shownHints.hidden = false;
    shownHints.append(h("li", {}, ...rich(item.hints[hints])));
    hints += 1;
    hint.hidden = hints >= item.hints.length;
    if (hint.hidden) check.focus();
  }

  function answer() {
    const response = body.response();
    if (response.problem) {
      verdict.className = "kc-verdict";
      verdict.textContent = response.problem;
      return;
    }
    record({ item: item.id, version: item.version, response, certainty, hints, seconds: Math.round((performance.now() - started) / 100) / 10 });
    show(response);
    onanswer(item.table ? graded(item, response).every((v) => v.correct) : null, response);
  }

  function show(response) {
    body.set(response);
    body.lock(true);
    check.hidden = true;
    sure.lock(true);
    hint.hidden = true;
    if (!item.table) {
      verdict.textContent = "Recorded. Answers are shown when the set has been handed in.";
      return;
    }
    const verdicts = graded(item, response);
    const right = verdicts.filter((v) => v.correct).length;
    const all = right === verdicts.length;
    again.hidden = all;
    verdict.className = `kc-verdict ${all ? "kc-right" : "kc-wrong"}`;
    verdict.replaceChildren(all ? "✓ Right." : verdicts.length > 1 ? `✗ Not yet: ${right} of ${verdicts.length} right.` : "✗ Not quite.");
    if (!all && certainty === "sure") verdict.append(" Sure and wrong: worth remembering. This one comes back first.");
    body.explain(response);
    more.replaceChildren(
      ...(item.takeaway ? [h("p", { class: "kc-reading" }, ...rich(item.takeaway))] : []),
      ...(item.credits ? [h("p", { class: "kc-foot" }, item.credits)] : []));
  }

  function reset() {
    body.clear();
    body.lock(false);
    check.hidden = false;
    again.hidden = true;
    sure.lock(false);
    hint.hidden = hints >= (item.hints?.length ?? 0);
    verdict.className = "kc-verdict";
    verdict.textContent = "";
    more.replaceChildren();
  }

  if (saved) show(saved.response);
  return root;
}

/** The verdict of every slot, looked up. */
function graded(item, response) {
  return Object.entries(response).map(([slot, choice]) => found(item, slot, choice));
}

function found(item, slot, choice) {
  const choices = item.table[slot];
  const [correct, why] = Array.isArray(choices) ? choices.find(([bound]) => bound === null || choice <= bound)[1] : choices[choice];
  return { correct, why };
}

/** One of a few, as chips. */
function choose(label, options, value, onchange) {
  const name = fresh("choice");
  const inputs = Object.entries(options).map(([id, text]) => {
    const input = h("input", { type: "radio", name, value: id, checked: id === value, onchange: () => onchange(id) });
    return h("label", { class: "kc-chip" }, input, text);
  });
  const el = h("fieldset", { class: "kc-chips" }, h("legend", {}, label), ...inputs);
  return { el, lock: (locked) => { el.disabled = locked; } };
}

const MARK = { true: "✓", false: "✗" };

/** A row that can carry a mark and an explanation. */
function row(...content) {
  const mark = h("span", { class: "kc-mark" });
  const why = h("span", { class: "kc-why", hidden: true });
  const el = h("div", { class: "kc-opt" }, mark, ...content, why);
  return {
    el,
    explain(text, state, note = "") {
      el.classList.toggle("kc-right", state === true);
      el.classList.toggle("kc-wrong", state === false);
      mark.replaceChildren(state === undefined ? "" : h("span", { role: "img", "aria-label": state ? "right" : "wrong" }, MARK[state]));
      why.replaceChildren(note && h("strong", {}, `${note} `), ...rich(text));
      why.hidden = !text;
    },
  };
}

/** Radio buttons or tick-boxes with one explanation each. */
function options(item, type, { toResponse, fromResponse, verdict }) {
  const name = fresh("option");
  const rows = item.options.map(({ id, text }) => {
    const input = h("input", { type, name, value: id });
    const line = row(h("label", {}, input, h("span", {}, ...rich(text))));
    return { id, input, ...line };
  });
  const el = h("fieldset", { class: "kc-options" }, h("legend", { class: "kc-sr" }, item.ask), ...rows.map((r) => r.el));
  return {
    el,
    focus: () => rows[0].input.focus(),
    response: () => toResponse(rows.filter((r) => r.input.checked).map((r) => r.id), rows.map((r) => r.id)),
    set: (response) => rows.forEach((r) => { r.input.checked = fromResponse(response).includes(r.id); }),
    clear: () => rows.forEach((r) => { r.input.checked = false; r.explain(""); }),
    lock: (locked) => { el.disabled = locked; },
    explain: (response) => rows.forEach((r) => verdict(r, r.input.checked, response)),
  };
}

const BODIES = {
  single: (item) => options(item, "radio", {
    toResponse: ([first]) => (first ? { answer: first } : { problem: "Choose one answer first." }),
    fromResponse: (response) => [response.answer],
    verdict(r, chosen) {
      const { correct, why } = found(item, "answer", r.id);
      r.explain(why, correct ? true : chosen ? false : undefined, chosen ? "You chose this." : "");
    },
  }),

  multiple: (item) => options(item, "checkbox", {
    toResponse: (ticked, all) => Object.fromEntries(all.map((id) => [id, ticked.includes(id) ? "yes" : "no"])),
    fromResponse: (response) => Object.keys(response).filter((id) => response[id] === "yes"),
    verdict(r, chosen) {
      const { correct, why } = found(item, r.id, chosen ? "yes" : "no");
      r.explain(why, correct, chosen ? "You ticked this." : correct ? "" : "This one belongs, too.");
    },
  }),

  script_concordance(item) {
    const body = options({ ...item, options: item.scale }, "radio", {
      toResponse: ([first]) => (first ? { answer: first } : { problem: "Choose a point of the scale first." }),
      fromResponse: (response) => [response.answer],
      verdict(r, chosen) {
        const { correct, why } = found(item, "answer", r.id);
        const votes = item.panel[r.id];
        r.explain(why, correct ? true : chosen ? false : undefined, `${votes} of ${item.panelists} on the panel${chosen ? ", and you" : ""}.`);
      },
    });
    body.el.classList.add("kc-scale");
    return body;
  },

  numeric(item) {
    const id = fresh("number");
    const input = h("input", { id, type: "text", inputmode: "decimal", autocomplete: "off", placeholder: `number and unit, e.g. ${item.example}` });
    const line = row(h("label", { for: id }, "Your answer"), input);
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") input.closest(".kc-question").querySelector(".kc-button:last-child").click(); });
    return {
      el: line.el,
      focus: () => input.focus(),
      response() {
        const [, number, unit] = input.value.trim().match(/^([-+−]?[\d.,]+)\s*(.*)$/) ?? [];
        const value = Number(number?.replace("−", "-").replace(",", "."));
        if (number === undefined || !Number.isFinite(value)) return { problem: "Write a number, then its unit." };
        const worth = item.units[unit || item.unit];
        if (worth === undefined) return { problem: `The unit “${unit}” is not one I can read here. Use ${Object.keys(item.units).join(", ")}.` };
        return { answer: value * worth };
      },
      set: (response) => { if (!input.value) input.value = `${response.answer} ${item.unit}`; },
      clear: () => { input.value = ""; line.explain(""); },
      lock: (locked) => { input.disabled = locked; },
      explain(response) {
        const { correct, why } = found(item, "answer", response.answer);
        line.explain(why, correct);
      },
    };
  },

  order(item) {
    let ids = item.options.map((o) => o.id);
    const list = h("ol", { class: "kc-order" });
    const lines = new Map(item.options.map(({ id, text }) => {
      const up = button("↑", () => move(id, -1), { "aria-label": `Move up: ${text}`, class: "kc-button kc-quiet kc-small" });
      const down = button("↓", () => move(id, 1), { "aria-label": `Move down: ${text}`, class: "kc-button kc-quiet kc-small" });
      const line = row(h("span", {}, ...rich(text)), h("span", { class: "kc-actions" }, up, down));
      return [id, { ...line, up, down, li: h("li", {}, line.el) }];
    }));
    function move(id, by) {
      const at = ids.indexOf(id);
      const to = at + by;
      if (to < 0 || to >= ids.length) return;
      [ids[at], ids[to]] = [ids[to], ids[at]];
      draw();
      const { up, down } = lines.get(id);
      (by < 0 ? up : down).focus();
    }
    const draw = () => list.replaceChildren(...ids.map((id) => lines.get(id).li));
    draw();
    return {
      el: list,
      focus: () => lines.get(ids[0]).down.focus(),
      response: () => Object.fromEntries(ids.map((id, i) => [String(i + 1), id])),
      set(response) { ids = Object.keys(response).sort((a, b) => a - b).map((slot) => response[slot]); draw(); },
      clear: () => lines.forEach((line) => line.explain("")),
      lock: (locked) => lines.forEach(({ up, down }) => { up.disabled = down.disabled = locked; }),
      explain: () => ids.forEach((id, i) => {
        const { correct, why } = found(item, String(i + 1), id);
        lines.get(id).explain(why, correct);
      }),
    };
  },

  match: (item) => selects(item.prompts, item.options, (r, response) => {
    const { correct, why } = found(item, r.id, response[r.id]);
    r.explain(why, correct);
  }),

  hotspot(item) {
    const { picture } = item;
    const list = selects(item.prompts, picture.regions.map((r) => ({ id: r.id, text: `${r.letter}: ${r.where}` })), (r, response) => {
      const { correct, why } = found(item, r.id, response[r.id]);
      r.explain(why, correct);
    }, () => shown.mark(Object.fromEntries(list.chosen().map((id) => [id, "chosen"]))));
    let active = 0;
    const shown = diagram(picture, {
      onpick(id) {
        if (list.locked()) return;
        active = list.firstEmpty() ?? active;
        list.choose(active, id);
      },
    });
    const el = h("div", { class: "kc-split" }, shown.el, list.el);
    return {
      ...list,
      el,
      explain(response) {
        list.explain(response);
        shown.mark(Object.fromEntries(Object.entries(response).map(([slot, region]) => [region, found(item, slot, region).correct ? "right" : "wrong"])));
      },
      clear() { list.clear(); shown.mark({}); },
    };
  },
};

/** One drop-down list per prompt. */
function selects(prompts, choices, verdict, onchange = () => {}) {
  const rows = prompts.map(({ id, text }) => {
    const name = fresh("select");
    const select = h("select", { id: name, onchange }, h("option", { value: "" }, "choose …"), ...choices.map((c) => h("option", { value: c.id }, c.text)));
    return { id, select, ...row(h("label", { for: name }, ...rich(text)), select) };
  });
  return {
    el: h("div", { class: "kc-options" }, ...rows.map((r) => r.el)),
    focus: () => rows[0].select.focus(),
    response() {
      if (rows.some((r) => !r.select.value)) return { problem: rows.length > 1 ? "Give every line an answer first." : "Choose first." };
      return Object.fromEntries(rows.map((r) => [r.id, r.select.value]));
    },
    set: (response) => { rows.forEach((r) => { r.select.value = response[r.id]; }); onchange(); },
    clear: () => rows.forEach((r) => { r.select.value = ""; r.explain(""); }),
    lock: (locked) => rows.forEach((r) => { r.select.disabled = locked; }),
    locked: () => rows[0].select.disabled,
    chosen: () => rows.map((r) => r.select.value).filter(Boolean),
    firstEmpty() { const at = rows.findIndex((r) => !r.select.value); return at < 0 ? undefined : at; },
    choose(at, id) { rows[at].select.value = id; onchange(); },
    explain: (response) => rows.forEach((r) => verdict(r, response)),
  };
}
