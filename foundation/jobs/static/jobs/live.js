// Keeps what carries data-live and is in sight fresh: one small request every few seconds, none while nobody looks.
"use strict";
(() => {
  const PERIOD_MS = 3000;
  const AT_MOST = 100; // of a thousand parts those in sight are asked for; an address has an end
  const source = document.querySelector("[data-live-url]");
  if (!source) return;
  let leaving = false; // a page that is on its way is waited for: asked for again, it would never come from a slow server
  const inSight = (cell) => {
    const { top, bottom } = cell.getBoundingClientRect();
    return bottom >= 0 && top <= window.innerHeight;
  };
  const cells = () => [...document.querySelectorAll("[data-live]")].filter(inSight).slice(0, AT_MOST);

  async function refresh() {
    const url = new URL(source.dataset.liveUrl, window.location.href);
    const asked = cells();
    if ("liveJob" in source.dataset) url.searchParams.append("id", source.dataset.liveJob);
    for (const cell of asked) {
      if (/^\d+$/.test(cell.dataset.live)) url.searchParams.append("id", cell.dataset.live);
    }
    const answer = await fetch(url, { redirect: "error" });
    if (!answer.ok || leaving) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const whole = fresh.querySelector(`[data-live="${source.dataset.liveJob}"]`);
    if (whole && whole.dataset.parts !== source.dataset.liveParts) {
      leaving = true; // it was split
      return window.location.reload();
    }
    for (const cell of asked) {
      const found = fresh.querySelector(`[data-live="${cell.dataset.live}"]`);
      if (found) cell.replaceWith(document.adoptNode(found));
    }
  }

  async function look() {
    if (!document.hidden && !leaving) await refresh().catch(() => undefined); // the server is away: the next round will tell
  }
  async function round() {
    await look();
    window.setTimeout(round, PERIOD_MS);
  }
  document.addEventListener("visibilitychange", look);
  window.setTimeout(round, PERIOD_MS);
})();
