"use strict";
const PERIOD = 2000;
function localTimes() {
  for (const time of document.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString();
    time.title = time.dateTime;
  }
}
async function refresh() {
  const old = document.querySelector("main");
  try {
    const answer = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(5 * PERIOD) });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    const scrolled = [...old.querySelectorAll(".scroll")].map(box => box.scrollLeft);
    old.replaceWith(next);
    next.querySelectorAll(".scroll").forEach((box, i) => box.scrollLeft = scrolled[i] || 0);
    document.title = next.dataset.title;
    localTimes();
  } catch {
    markStale(old);
  }
  schedule();
}
function markStale(main) {
  if (!main.classList.contains("stale")) {
    main.classList.add("stale");
    const note = document.createElement("p");
    note.className = "error";
    note.textContent = "No answer since " + new Date().toLocaleTimeString() + ": the run's process has ended or cannot be reached.";
    main.prepend(note);
    document.title = "No answer: " + main.dataset.title;
  }
}
function schedule() {
  if (document.querySelector("main").dataset.over !== "true") {
    setTimeout(refresh, PERIOD);
  }
}
localTimes();
schedule();
