(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  const sort = (button) => {
    const head = button.closest("th");
    const table = head.closest("table");
    const column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
    const numbers = head.classList.contains("figure");
    const order = new Intl.Collator("en", { numeric: true });
    const rows = [...table.tBodies[0].rows].map((row) => [key(row), row]);
    rows.sort(([a], [b]) => (numbers ? a - b : order.compare(a, b)) * (down ? -1 : 1));
    all("th", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  all(".sort").forEach((button) => button.addEventListener("click", () => sort(button)));

  all("pre").forEach((block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const text = block.querySelector("code").textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(block.querySelector("code"));
        button.textContent = "Selected";
      }
    });
    block.after(button);
  });

  const form = one(".filters");
  if (!form) return;
  const [search, customer, action, reason] = ["search", "customer", "action", "reason"].map((id) => one(`#${id}`));
  const groups = all("[data-group]").map((element) => [element, element.querySelectorAll("tr[data-action]")]);
  const sections = all("[data-section]")
    .map((element) => [element, element.querySelectorAll("tr[data-action]")])
    .filter(([, members]) => members.length);
  const rows = all("tr[data-action]").map((element) => ({ element, codes: element.dataset.codes.split(" ") }));
  // Read when the first word is searched for: a large plan opens sooner.
  const read = () => {
    const told = new Map(
      groups.flatMap(([element, members]) => {
        const text = all(".reason", element).map((part) => part.textContent).join(" ");
        return [...members].map((row) => [row, text]);
      }),
    );
    rows.forEach((row) => {
      const { element } = row;
      row.text = `${element.textContent} ${element.dataset.action} ${told.get(element) ?? ""}`.toLowerCase();
    });
  };
  const hide = ([element, members]) => {
    element.hidden = ![...members].some((row) => !row.hidden);
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const of = customer.value.trim().toLowerCase();
    let shown = 0;
    if (words.length && rows.length && rows[0].text === undefined) read();
    for (const { element, text, codes } of rows) {
      const matches =
        (!of || element.dataset.customer.toLowerCase().includes(of)) &&
        (!action.value || element.dataset.action === action.value) &&
        (!reason.value || codes.includes(reason.value)) &&
        words.every((word) => text.includes(word));
      if (element.hidden === matches) element.hidden = !matches;
      shown += matches;
    }
    groups.forEach(hide);
    sections.forEach(hide);
    one("#shown").textContent = `${shown} of ${rows.length} shown`;
    one("#nothing").hidden = shown > 0;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  all(".all").forEach((button) =>
    button.addEventListener("click", () => {
      form.reset();
      filter();
      search.focus();
    }),
  );
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
    }
  });
  form.hidden = false;
  filter();
})();
