// Keys of the reviewers' queue and review page. They lead to links and buttons that are there without them, press
// nothing by themselves, and leave alone who writes, who holds a modifier, and who has switched them off.
"use strict";
(() => {
  const SWITCH = "review-keys";
  const help = document.getElementById("keys");
  if (!help) return;
  const box = help.querySelector("[data-keys-on]");
  const hint = document.querySelector(".keys-hint");
  const wanted = () => box.checked;

  try { // a browser that keeps nothing has keys that start switched on
    box.checked = window.localStorage.getItem(SWITCH) !== "off";
    box.addEventListener("change", () => window.localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  } catch {
    box.checked = true;
  }
  hint.hidden = false;
  hint.querySelector("[data-keys-help]").addEventListener("click", () => help.showModal());

  const lines = () => [...document.querySelectorAll("#result_list tbody tr")];
  const here = () => lines().findIndex((line) => line.contains(document.activeElement));
  function go(step) {
    const all = lines();
    if (!all.length) return;
    const at = here();
    const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    const link = all[to].querySelector("th a");
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  }
  function follow(name) {
    const link = document.querySelector(`[data-key="${name}"]`);
    if (link) link.click();
  }
  function reach(name) {
    const place = document.querySelector(`[data-key="${name}"]`);
    if (!place) return;
    const closed = place.closest("details:not([open])");
    if (closed) closed.open = true;
    place.focus();
    place.scrollIntoView({ block: "center" });
  }
  function choose() {
    const line = lines()[here()];
    if (line) line.querySelector("input.action-select")?.click();
  }

  const review = document.querySelector(".review");
  const keys = review
    ? {
        j: () => follow("next"),
        k: () => follow("previous"),
        u: () => follow("queue"),
        c: () => reach("confirm"),
        d: () => reach("decide"),
        r: () => reach("return"),
      }
    : {
        j: () => go(1),
        k: () => go(-1),
        x: choose,
        "/": () => document.getElementById("searchbar")?.focus(),
      };
  keys["?"] = () => help.showModal();

  const writes = (at) => at instanceof Element && at.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (help.open || !wanted() || writes(event.target) || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
