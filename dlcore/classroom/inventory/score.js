(function () {
  const form = Array.from(document.querySelectorAll("form.dlcore-inventory")).pop();
  const sitting = form.dataset.sitting;
  const told = form.querySelector("output");
  const store = {
    read: (key) => { try { return JSON.parse(localStorage.getItem(key)) || {}; } catch (e) { return {}; } },
    write: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch (e) { /* private window */ } },
  };
  const chosen = (name) => (form.querySelector(`input[name="${name}"]:checked`) || {}).value;
  const kept = store.read(`dlcore-inventory-${sitting}`);
  for (const [name, value] of Object.entries(kept.choices || {})) {
    const input = form.querySelector(`input[name="${name}"][value="${value}"]`);
    if (input) input.checked = true;
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    const choices = {};
    form.querySelectorAll("input:checked").forEach((input) => { choices[input.name] = input.value; });
    store.write(`dlcore-inventory-${sitting}`, { ...store.read(`dlcore-inventory-${sitting}`), choices });
  });
  form.querySelector("button").addEventListener("click", () => {
    let right = 0, guessed = 0, open = 0;
    form.querySelectorAll("fieldset").forEach((question, i) => {
      const [answer, reason] = question.dataset.key.split(" ");
      const a = chosen(`answer${i + 1}`), r = chosen(`reason${i + 1}`);
      const verdict = question.querySelector(".verdict");
      if (a === undefined || r === undefined) { open += 1; verdict.textContent = "Not answered yet."; return; }
      if (a === answer && r === reason) { right += 1; verdict.textContent = "✓ Right, and for the right reason."; return; }
      if (a === answer) { guessed += 1; verdict.textContent = "◐ The right answer for another reason: open the key."; return; }
      verdict.textContent = "✗ Open the key, and follow its link.";
    });
    const total = form.querySelectorAll("fieldset").length;
    let text = `${right} of ${total} right with the right reason, ${guessed} with another reason, ${open} open.`;
    const first = store.read("dlcore-inventory-before");
    if (sitting === "after" && first.right !== undefined) text += ` The first time: ${first.right}.`;
    store.write(`dlcore-inventory-${sitting}`, { ...store.read(`dlcore-inventory-${sitting}`), right });
    told.textContent = text;
  });
})();
