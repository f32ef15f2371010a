// Follows the light or dark preference of the machine; everything else works without scripts.
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function follow() {
  document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
}

follow();
dark.addEventListener("change", follow);

// A filter over a long list of boxes; it shows itself only where scripts run.
function startFilters() {
  for (const input of document.querySelectorAll("input[data-filters]")) {
    input.parentElement.hidden = false;
    input.addEventListener("input", (event) => {
      event.stopPropagation(); // it chooses nothing, so there is nothing to count
      const wanted = input.value.trim().toLowerCase();
      for (const row of document.getElementById(input.dataset.filters).children) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
      }
    });
  }
}

document.addEventListener("DOMContentLoaded", startFilters);

// A button that takes long says so in the region it names, and is pressed once.
document.addEventListener("submit", (event) => {
  const region = document.getElementById(event.submitter?.dataset.waits ?? "");
  if (!region) return;
  if (region.dataset.busy) return event.preventDefault();
  region.dataset.busy = "yes";
  region.append(region.querySelector("template").content.cloneNode(true));
});

// A page that is long in coming says that it is on its way; a file is no page (data-file).
let onItsWay;
let asksForFile = false;

document.addEventListener("click", (event) => {
  asksForFile = Boolean(event.target.closest("[data-file]"));
});

window.addEventListener("beforeunload", () => {
  if (asksForFile) return;
  onItsWay = setTimeout(() => {
    const region = document.getElementById("on-its-way");
    region?.replaceChildren(region.dataset.words);
  }, 500);
});

// Back from another page, nothing is under way any more.
window.addEventListener("pageshow", () => {
  clearTimeout(onItsWay);
  document.getElementById("on-its-way")?.replaceChildren();
  for (const region of document.querySelectorAll("[data-busy]")) {
    delete region.dataset.busy;
    region.replaceChildren(region.querySelector("template"));
  }
});

// A page is not loaded anew under the hands of somebody who has entered something.
let edited = false;

document.addEventListener("input", (event) => {
  edited ||= event.target.form?.getAttribute("method") === "post";
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  if (!edited || !xhr.getResponseHeader("HX-Refresh")) return;
  event.preventDefault();
  const gone = xhr.getResponseHeader("X-Logged-Out") || !elt.querySelector("template[data-into]");
  const words = gone ? document.getElementById("logged-out") : elt.querySelector("template");
  document.getElementById(words.dataset.into).replaceChildren(words.content.cloneNode(true));
  if (!gone) elt.remove();
});

// Boxes of a list: all of the page at once, and what is chosen added up. Works without it too.
function startChoosing() {
  for (const form of document.querySelectorAll("form[data-choosing]")) {
    const all = form.querySelector("[data-selects]");
    const boxes = [...form.querySelectorAll(`input[name="${all.dataset.selects}"]`)];
    all.parentElement.hidden = boxes.length === 0;
    form.addEventListener("change", (event) => {
      if (event.target === all) boxes.forEach((box) => { box.checked = all.checked; });
      addUp(form, boxes, all);
    });
    addUp(form, boxes, all);
  }
}

function addUp(form, boxes, all) {
  const chosen = boxes.filter((box) => box.checked);
  const sum = (key) => chosen.reduce((total, box) => total + Number(box.dataset[key]), 0);
  const written = (number) => number.toLocaleString(navigator.language, { maximumFractionDigits: 2 });
  const counted = (number, word) => `${written(number)} ${word}${number === 1 ? "" : "s"}`;
  all.checked = chosen.length > 0 && chosen.length === boxes.length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  form.querySelector("[data-totals]").textContent = chosen.length
    ? `${counted(chosen.length, "leave")} chosen: ${counted(sum("days"), "day")}, ${counted(sum("hours"), "hour")}`
    : "Nothing chosen on this page";
}

window.addEventListener("pageshow", startChoosing); // also back from the review, boxes as left
