// Functions that need a script: values under the pointer, sorting, and showing a label's curves without jumping there.
// Without it the page is complete but for the values.
"use strict";

for (const svg of document.querySelectorAll("svg[data-hover]")) {
  const points = JSON.parse(svg.dataset.hover);  // [x in units of the view box, text]
  const rule = svg.querySelector(".rule");
  const output = svg.closest("figure").querySelector("output");
  let current = points.length - 1;
  const show = (index) => {
    current = Math.min(Math.max(index, 0), points.length - 1);
    rule.setAttribute("x1", points[current][0]);
    rule.setAttribute("x2", points[current][0]);
    output.textContent = points[current][1];
    svg.classList.add("hovered");
  };
  const hide = () => {
    svg.classList.remove("hovered");
    output.textContent = "";
  };
  svg.addEventListener("pointermove", (event) => {
    const x = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
    let nearest = 0;
    points.forEach(([at], i) => {
      if (Math.abs(at - x) < Math.abs(points[nearest][0] - x)) nearest = i;
    });
    show(nearest);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("focus", () => show(current));
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step) return;
    event.preventDefault();
    show(current + step);
  });
}

// Cells carry what they are sorted by; an empty value goes last either way.
const compare = (a, b, numeric) => (numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0);

for (const table of document.querySelectorAll("table.sortable")) {
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => {
    header.addEventListener("click", () => {
      const numeric = header.classList.contains("number");
      const was = header.getAttribute("aria-sort");
      const descends = was ? was === "ascending" : numeric;
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", descends ? "descending" : "ascending");
      const sign = descends ? -1 : 1;
      const value = (row) => row.cells[column].dataset.value;
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        if (value(a) === "" || value(b) === "") return (value(a) === "") - (value(b) === "");
        return sign * compare(value(a), value(b), numeric);
      });
      table.tBodies[0].append(...rows);
    });
  });
}

for (const button of document.querySelectorAll(".more .open")) {
  button.addEventListener("click", () => {
    button.parentElement.remove();  // its table has a limited height no longer
  });
}

const labels = document.getElementById("label-table");
labels?.addEventListener("click", (event) => {
  const link = event.target.closest("tr")?.querySelector("th a");
  if (!link || event.target.closest("thead")) return;
  event.preventDefault();
  history.replaceState(null, "", location.pathname + location.search);
  const figures = document.querySelector(link.getAttribute("href"));
  const wasChosen = figures.classList.contains("chosen");
  for (const chosen of document.querySelectorAll(".chosen")) chosen.classList.remove("chosen");
  if (wasChosen) return;
  figures.classList.add("chosen");
  link.closest("tr").classList.add("chosen");
  if (figures.getBoundingClientRect().top > innerHeight) figures.scrollIntoView({behavior: "smooth"});
});
