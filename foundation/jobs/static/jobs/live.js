// Keeps what carries data-live fresh: one small request every few seconds, none while nobody looks.
"use strict";
(() => {
  const PERIOD_MS = 3000;
  const source = document.querySelector("[data-live-url]");
  if (!source) return;
  const cells = () => [...document.querySelectorAll("[data-live]")];

  async function refresh() {
    const url = new URL(source.dataset.liveUrl, window.location.href);
    for (const cell of cells()) {
      if (/^\d+$/.test(cell.dataset.live)) url.searchParams.append("id", cell.dataset.live);
    }
    const answer = await fetch(url, { redirect: "error" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const cell of cells()) {
      const found = fresh.querySelector(`[data-live="${cell.dataset.live}"]`);
      if (found) cell.replaceWith(document.adoptNode(found));
    }
  }

  async function round() {
    if (!document.hidden) await refresh().catch(() => undefined); // the server is away: the next round will tell
    window.setTimeout(round, PERIOD_MS);
  }
  window.setTimeout(round, PERIOD_MS);
})();
