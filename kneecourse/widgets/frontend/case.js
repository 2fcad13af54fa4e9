// A branching case: story, decision, consequence. The path taken is what the learner sees again on reopening.

function render({ model, el }) {
  const story = model.get("sheet");
  const record = recorder(model);
  const answers = model.get("answers");
  const steps = new Map(story.steps.map((step) => [step.id, step]));
  const trail = h("div", {});
  const end = h("div", { role: "status" });
  const restart = button("Start again", () => { trail.replaceChildren(); end.replaceChildren(); open(story.steps[0].id, {}); }, { class: "kc-button kc-quiet" });

  function open(id, saved) {
    const step = steps.get(id);
    const after = h("div", {});
    const told = h("div", { class: "kc-step" }, h("p", {}, ...rich(step.story)),
      question(step.item, {
        saved: saved[step.item.id], record,
        onanswer: (correct, response) => follow(step, response.answer, after, {}),
      }), after);
    trail.append(told);
    if (saved[step.item.id]) follow(step, saved[step.item.id].response.answer, after, saved);
    return told;
  }

  function follow(step, chosen, after, saved) {
    const next = step.next[chosen];
    while (trail.lastElementChild.contains(after) === false) trail.lastElementChild.remove(); // a changed mind
    if (next && saved[steps.get(next).item.id]) {
      open(next, saved);
    } else if (next) {
      after.replaceChildren(button("Go on", () => { after.replaceChildren(); open(next, {}).querySelector("input").focus(); }));
    } else {
      end.replaceChildren(h("div", { class: "kc-reading" }, h("p", {}, h("strong", {}, "What it was. "), ...rich(story.answer)),
        h("p", {}, h("strong", {}, "What should have changed your mind. "), ...rich(story.turning_point))), h("p", { class: "kc-foot" }, story.credits));
    }
  }

  open(story.steps[0].id, answers);
  el.append(h("div", { class: "kc" }, card("A patient · invented for teaching", story.title, trail, end, restart), trouble(model)));
}

export default { render };
