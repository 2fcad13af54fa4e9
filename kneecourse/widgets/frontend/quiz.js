// A set of questions, one at a time; answers given before are there again.

function render({ model, el }) {
  const { kicker, items } = model.get("sheet");
  const record = recorder(model);
  const results = new Map(); // item id -> right or not, this time or last time
  const answers = { ...model.get("answers") };
  let at = Math.max(0, items.findIndex((item) => !answers[item.id]));
  if (Object.keys(answers).length === items.length) at = 0;

  const stage = h("div", {});
  const back = button("Back", () => go(at - 1), { class: "kc-button kc-quiet" });
  const next = button("Next", () => go(at + 1), { class: "kc-button kc-quiet" });
  const dots = h("ol", { class: "kc-dots" });
  const score = h("p", { class: "kc-foot", role: "status" });
  const root = h("div", { class: "kc" }, stage, trouble(model));

  function go(to) {
    at = Math.min(Math.max(to, 0), items.length - 1);
    draw();
    stage.querySelector("h3").focus();
  }

  function draw() {
    const item = items[at];
    const place = items.length > 1 ? ` · ${at + 1} of ${items.length}` : "";
    const asked = question(item, {
      heading: false,
      saved: answers[item.id],
      record: (attempt) => { answers[item.id] = { response: attempt.response, certainty: attempt.certainty }; record(attempt); },
      onanswer: (correct) => { results.set(item.id, correct); tally(); },
    });
    const walk = items.length > 1 && h("div", { class: "kc-walk", role: "group", "aria-label": "Questions" }, back, dots, next);
    stage.replaceChildren(card(kicker + place, item.ask, asked, walk, score));
    tally();
  }

  function tally() {
    for (const item of items) {
      if (answers[item.id] && !results.has(item.id) && item.table) {
        results.set(item.id, graded(item, answers[item.id].response).every((v) => v.correct));
      }
    }
    dots.replaceChildren(...items.map((item, i) => {
      const state = results.get(item.id);
      const said = !answers[item.id] ? "not answered" : state === true ? "right" : state === false ? "to look at again" : "answered";
      return h("li", {}, button(state === true ? "✓" : state === false ? "✗" : String(i + 1), () => go(i), {
        class: `kc-dot${state === true ? " kc-right" : state === false ? " kc-wrong" : ""}`,
        "aria-label": `Question ${i + 1}, ${said}`, "aria-current": i === at ? "step" : null,
      }));
    }));
    back.disabled = at === 0;
    next.disabled = at === items.length - 1;
    const right = [...results.values()].filter(Boolean).length;
    score.textContent = items.length > 1 && Object.keys(answers).length === items.length && items[0].table
      ? `All ${items.length} answered: ${right} right. What was wrong comes back in your review.` : "";
  }

  draw();
  el.append(root);
}

export default { render };
