// Every head of a table.sortable becomes a button that sorts by its column: first as written on it, then the other way.
// A cell's data-value is what counts, else its text. Cells without a value stay last. Without script all is readable.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = Array.from(table.tHead.rows[0].cells);
  const body = table.tBodies[0];
  const status = document.getElementById("sorted");
  heads.forEach((head, column) => {
    const kind = head.dataset.sort;
    if (!kind) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = kind === "number-down" ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      const sign = order === "ascending" ? 1 : -1;
      const valueOf = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const keyed = Array.from(body.rows, (row) => {
        const value = valueOf(row);
        return { row, key: kind === "text" ? value.toLowerCase() : value === "" ? NaN : Number(value) };
      });
      const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
      keyed.sort((a, b) => {
        if (kind === "text") return sign * words.compare(a.key, b.key);
        if (Number.isNaN(a.key) || Number.isNaN(b.key)) return Number.isNaN(a.key) - Number.isNaN(b.key);
        return sign * (a.key - b.key);
      });
      body.append(...keyed.map((one) => one.row));
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      status.textContent = `${button.textContent.trim()}, ${status.dataset[order]}`;
    });
  });
}
