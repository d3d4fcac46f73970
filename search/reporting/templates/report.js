// A click on a heading sorts the table of trials by that column; a second click turns the order.
const table = document.getElementById("trials");
const headings = [...table.tHead.rows[0].cells];
headings.forEach((heading, column) => {
  heading.addEventListener("click", () => {
    const up = heading.getAttribute("aria-sort") !== "ascending";
    const key = (row) => {
      const cell = row.cells[column];
      const text = cell.dataset.value ?? cell.textContent.trim();
      if (heading.dataset.type !== "number") return text;
      return text === "" || Number.isNaN(Number(text)) ? -Infinity : Number(text);
    };
    const rows = [...table.tBodies[0].rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
    });
    headings.forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    table.tBodies[0].append(...rows);
  });
});

// A click on a trial's line shows the command that repeats it.
const repeat = document.getElementById("repeat");
table.tBodies[0].addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  repeat.textContent = `${repeat.dataset.command} ${row.dataset.trial}`;
  [...table.tBodies[0].rows].forEach((other) => other.classList.toggle("chosen", other === row));
});
