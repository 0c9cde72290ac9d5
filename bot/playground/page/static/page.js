// Everything works without this script; with it the page is live and keeps its place.
"use strict";

const here = document.body.dataset;
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
document.documentElement.classList.add("live");

// Words for everybody: what is new for screen readers, what went wrong for all.

function trouble(words) {
  const line = find("#trouble");
  line.textContent = words;
  line.hidden = !words;
}

// Parts of the page that have changed are asked for again; what did not change inside them is left alone.

const AFTER_DEED = ["side", "time", "log", "chips", "thread", "thread-chips", "modal", "home"];
const wanted = new Set();
const served = new WeakMap(); // each piece of the page as the server wrote it
let renewing = false;
let working = null; // what keeps the page up to date, while it does

function remember() {
  for (const piece of all(".messages > li")) served.set(piece, piece.outerHTML);
  for (const part of all("#side, #time, #head, #chips, #thread-chips, #home, #modal")) served.set(part, part.innerHTML);
}

function refresh(...parts) {
  for (const part of parts) if (find("#" + part)) wanted.add(part);
  return settled();
}

function settled() {
  if (!working && wanted.size) working = work();
  return working;
}

async function work() {
  try {
    while (wanted.size) {
      const parts = [...wanted];
      wanted.clear();
      const address = new URL(location.href);
      address.searchParams.set("part", parts.join(","));
      const answer = await fetch(address, { cache: "no-store" });
      if (answer.redirected || answer.status === 404) return location.reload();
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of parts) renew(find("#" + part), fresh.getElementById(part));
    }
  } catch {
    trouble("The playground does not answer.");
  } finally {
    working = null;
  }
}

function renew(old, fresh) {
  if (!old || !fresh) return;
  if (old.id === "log") return renewScroll(old, find(".messages", old), old, fresh);
  if (old.id === "thread" && fresh.dataset.ts && old.dataset.ts === fresh.dataset.ts) {
    return renewScroll(find(".scroll", old), find(".messages", old), old, fresh);
  }
  if (served.get(old) === fresh.innerHTML && old.id !== "thread") return;
  renewWhole(old, fresh);
}

function renewWhole(old, fresh) {
  const html = fresh.innerHTML;
  renewing = true; // what is taken away with something typed in it says that it has changed
  const before = { typed: typed(old), focus: place(document.activeElement, old), view: old.dataset.view };
  old.replaceChildren(...fresh.childNodes);
  renewing = false;
  served.set(old, html);
  for (const name of ["data-view", "data-ts"]) {
    if (fresh.hasAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
  }
  if (old.id === "thread") {
    old.hidden = fresh.hidden;
    document.body.classList.toggle("with-thread", !old.hidden);
    for (const piece of all(".messages > li", old)) served.set(piece, piece.outerHTML);
  }
  if (before.view === fresh.dataset.view) {
    retype(old, before.typed);
    refocus(old, before.focus);
  }
  if (old.id === "modal") settle(old);
}

function renewScroll(scroll, list, old, fresh) {
  const before = atEnd(scroll);
  const added = renewList(list, find(".messages", fresh));
  for (const selector of [".empty", ".older"]) {
    const now = find(selector, old), next = find(selector, fresh);
    if (now && !next) now.remove();
  }
  if (added.length && (before || following)) {
    led = (scroll.contains(document.getElementById(led)) && led) || added[0].id;
    reveal(scroll, leaping ? document.getElementById(led) : added[0]);
  }
  else if (before) scroll.scrollTop = scroll.scrollHeight;
  for (const piece of added) if (!piece.matches(".day")) below(scroll).add(piece.id);
  tell(scroll);
}

function renewList(list, fresh) {
  const known = new Map([...list.children].map((piece) => [piece.id, piece]));
  const added = [];
  let cursor = list.firstElementChild;
  for (const piece of [...fresh.children]) {
    const html = piece.outerHTML;
    const old = known.get(piece.id);
    known.delete(piece.id);
    if (old && served.get(old) === html) {
      if (old === cursor) cursor = cursor.nextElementSibling;
      else list.insertBefore(old, cursor);
      continue;
    }
    if (!old) added.push(piece);
    served.set(piece, html);
    const focus = old && place(document.activeElement, old);
    list.insertBefore(piece, cursor);
    if (old === cursor) cursor = cursor.nextElementSibling;
    if (old) old.remove();
    if (focus) refocus(piece, focus);
  }
  for (const gone of known.values()) gone.remove();
  return added;
}

// The newest message is in sight, and of one that is taller than the window the beginning.
function reveal(scroll, piece) {
  const top = piece.getBoundingClientRect().top - scroll.getBoundingClientRect().top + scroll.scrollTop;
  scroll.scrollTop = Math.min(scroll.scrollHeight - scroll.clientHeight, top);
}

// Whoever has just asked for something is led to what comes of it, until they look elsewhere by hand.
// Whoever reads further up is told that there is more below.

// So is whoever opens a page on which the app has said nothing yet; time that is let pass leads to the first
// thing that it brings.
let following = !find("#log .avatar.app");
let leaping = false, led = "";
const belows = new WeakMap(); // ids of what has come and was not in sight yet, for each thing that scrolls

const atEnd = (scroll) => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;

function below(scroll) {
  if (!belows.has(scroll)) belows.set(scroll, new Set());
  return belows.get(scroll);
}

function tell(scroll) {
  const ids = below(scroll), end = scroll.getBoundingClientRect().bottom - 60;
  for (const id of ids) {
    const piece = document.getElementById(id);
    if (!piece || piece.getBoundingClientRect().top < end || atEnd(scroll)) ids.delete(id);
  }
  const button = find(".newer", scroll);
  button.hidden = !ids.size;
  button.textContent = ids.size === 1 ? "1 new message" : `${ids.size} new messages`;
}

document.addEventListener("scroll", (event) => {
  if (event.target.matches?.("#log, #thread .scroll")) tell(event.target);
}, true);
for (const kind of ["wheel", "touchmove", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest("#log, #thread .scroll")) following = false;
  }, { passive: true });
}

// What somebody is about to fill in survives the change of what is around it.

function typed(root) {
  const fields = all("input:not([type=hidden]), textarea, select", root);
  return fields.filter(changed).map((field) => [field.type, field.name, field.value, field.checked]);
}

function changed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "select-one") return !field.selectedOptions[0]?.defaultSelected;
  return field.value !== field.defaultValue;
}

function retype(root, values) {
  for (const [type, name, value, checked] of values) {
    const boxes = type === "checkbox" || type === "radio";
    const field = all("[name]", root).find((each) => each.name === name && (!boxes || each.value === value));
    if (field && boxes) field.checked = checked;
    else if (field) field.value = value;
  }
}

function place(focused, root) {
  if (!focused || focused === document.body || !root.contains(focused)) return null;
  return { id: focused.id, name: focused.name, value: focused.value, tag: focused.tagName, words: focused.textContent };
}

function refocus(root, was) {
  if (!was) return;
  const alike = all(was.tag, root).filter((each) => each.name === was.name);
  const same = (was.id && document.getElementById(was.id))
    || alike.find((each) => was.name && each.value === was.value)
    || alike.find((each) => each.textContent === was.words);
  (same || root).focus?.({ preventScroll: true });
}

// Word of changes.

const MINUTE = 60_000;
let stream = null;

// A page that nobody sees lets go: a browser holds six connections to one server, for all its pages together.
function listen() {
  stream?.close();
  if (document.hidden) return;
  stream = new EventSource(`/as/${here.user}/events`);
  stream.onopen = () => {
    trouble("");
    refresh("head", ...AFTER_DEED);
  };
  stream.onerror = () => trouble("The playground does not answer. Trying again …");
  stream.onmessage = (event) => hear(JSON.parse(event.data));
}

document.addEventListener("visibilitychange", listen);
setInterval(() => { if (!document.hidden) refresh("time"); }, MINUTE / 4);

function hear(change) {
  if (change.kind === "time") refresh("time", "log", "thread"); // today may be yesterday now
  else if (change.kind === "view") refresh("modal", "home");
  else if (change.kind === "read") refresh("side");
  else if (change.kind === "channel") refresh("side", "head");
  else if (change.channel === here.channel) {
    refresh("log", "chips", "thread", "thread-chips");
    if (change.notice) find("#news").textContent = change.notice;
  } else refresh("side");
}

// Forms are sent without leaving the page.

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.matches(".theme")) paint(event, button);
  if (!form.matches("[data-live]")) return;
  event.preventDefault();
  const data = new FormData(form, button);
  const target = button?.hasAttribute("formaction") ? button.formAction : form.action;
  const box = form.matches(".compose") ? find("textarea", form) : null;
  if (button?.ariaDisabled === "true") return;
  if (box ? !box.value.trim() : form.ariaBusy === "true") return; // a double click presses once
  for (const menu of all("details.menu[open]", form)) fold(menu);
  if (form.matches(".chips") && button?.matches(":focus-visible")) focusBox(form);
  form.ariaBusy = String(!box);
  send(target, data, box).finally(() => { form.ariaBusy = "false"; });
});

// The chip that was pressed is gone in a moment; whoever works with keys goes on in the message box.
function focusBox(chips) {
  find("textarea", chips.parentElement.nextElementSibling)?.focus();
}

async function send(target, data, box) {
  const text = box?.value;
  following = true;
  leaping = target.endsWith("/time");
  led = "";
  if (box) empty(box);
  try {
    const headers = { "X-Requested-With": "fetch" };
    const answer = await fetch(target, { method: "POST", body: new URLSearchParams(data), headers });
    if (!answer.ok) throw new Error(await answer.text());
    trouble("");
  } catch (fault) {
    trouble(fault instanceof TypeError ? "The playground does not answer." : fault.message);
    if (box && !box.value) box.value = text;
  }
  refresh(...AFTER_DEED);
}

// An input that the app wants to hear of at once: what is typed in a line when Enter is pressed, as in Slack.
const LINES = "input:is([type=text], [type=email], [type=url])";

document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-press]");
  if (field?.form && !renewing && !field.matches(LINES)) press(field, field.form);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-press]");
  if (event.key !== "Enter" || event.isComposing || event.repeat || !field?.matches(LINES)) return;
  event.preventDefault();
  press(field, field.form);
});

function paint(event, button) {
  event.preventDefault();
  document.documentElement.dataset.theme = button.value;
  for (const each of all(".theme button")) each.setAttribute("aria-pressed", String(each === button));
  const data = new URLSearchParams({ theme: button.value });
  fetch(event.target.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
}

// The message box: / and @ are completed, Enter sends.

const words = (box) => all("[role=option]", find(".suggestions", box.form));
const listed = (box) => words(box).filter((word) => !word.hidden);
const isListing = (box) => !find(".suggestions", box.form).hidden;

function suggest(box) {
  const start = /^[/@]\S*$/.test(box.value) ? box.value.toLowerCase() : null;
  for (const word of words(box)) word.hidden = start === null || !word.dataset.word.startsWith(start);
  find(".suggestions", box.form).hidden = listed(box).length === 0;
  choose(box, listed(box)[0]);
  hint(box);
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function choose(box, chosen) {
  for (const word of words(box)) word.setAttribute("aria-selected", String(word === chosen));
  if (chosen) box.setAttribute("aria-activedescendant", chosen.id);
  else box.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

function hint(box) {
  const line = find(".usage-hint", box.form);
  const first = box.value.split(/\s/)[0];
  const word = box.value.includes(" ") && words(box).find((each) => each.dataset.word === first);
  line.hidden = !word || !word.dataset.usage;
  if (line.hidden) return;
  const name = document.createElement("b");
  name.textContent = word.dataset.word;
  line.replaceChildren(name, ` ${word.dataset.usage}`);
  for (const example of word.dataset.examples.split("\n").filter(Boolean)) {
    const shown = document.createElement("code");
    shown.textContent = example;
    line.append(" ", shown);
  }
}

function take(box, word) {
  box.value = word.dataset.insert;
  suggest(box);
  box.focus();
}

function empty(box) {
  box.value = "";
  suggest(box);
}

function unlist(box) {
  find(".suggestions", box.form).hidden = true;
  box.removeAttribute("aria-activedescendant");
}

function step(box, by) {
  const found = listed(box);
  const now = found.findIndex((word) => word.getAttribute("aria-selected") === "true");
  choose(box, found[(now + by + found.length) % found.length]);
}

function keyInBox(event, box) {
  if (event.isComposing) return;
  if (isListing(box)) {
    const chosen = listed(box).find((word) => word.getAttribute("aria-selected") === "true");
    const whole = chosen && box.value === chosen.dataset.word;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(box, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape") unlist(box);
    else if (chosen && event.key === "Tab" && !event.shiftKey) take(box, chosen);
    else if (chosen && event.key === "Enter" && !event.shiftKey && !whole) take(box, chosen);
    else return sendOnEnter(event, box);
    return event.preventDefault();
  }
  return sendOnEnter(event, box);
}

function sendOnEnter(event, box) {
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  box.form.requestSubmit(find(".send", box.form));
}

document.addEventListener("input", (event) => {
  if (event.target.matches(".compose textarea")) suggest(event.target);
});
document.addEventListener("focusout", (event) => {
  if (event.target.matches(".compose textarea")) unlist(event.target);
});
document.addEventListener("mousedown", (event) => {
  const word = event.target.closest(".suggestions [role=option]");
  if (!word) return;
  event.preventDefault();
  take(find("textarea", word.closest("form")), word);
});

// Menus, threads and modals.

function fold(menu, andFocus) {
  menu.open = false;
  if (andFocus) find("summary", menu).focus();
}

function alongMenu(event, menu) {
  const options = all(".option, .sheet .button", menu);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") fold(menu, true);
  else if (!by || !options.length) return;
  else options[(options.indexOf(document.activeElement) + by + options.length) % options.length].focus();
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches(".compose textarea")) keyInBox(event, event.target);
  if (event.defaultPrevented) return;
  const menu = event.target.closest("details.menu[open]");
  if (menu) return alongMenu(event, menu);
  const inThread = event.target.closest("#thread");
  if (event.key === "Escape" && inThread) find("[data-close-thread]").click();
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches("details.menu[open]")) find(".sheet", event.target)?.scrollIntoView({ block: "nearest" });
}, true);

document.addEventListener("click", (event) => {
  const inside = event.target.closest("details.menu");
  for (const menu of all("details.menu[open]")) if (menu !== inside) fold(menu);
  if (event.target.closest("[data-close]")) fold(inside, true);
  if (event.target.matches(".newer")) catchUp(event.target.parentElement);
  const link = event.target.closest("a[href]");
  if (link?.dataset.press) press(link, link.closest("form"));
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (plain && link?.closest("#log, #thread") && link.pathname === location.pathname && !link.target) {
    event.preventDefault();
    visit(link.href);
  }
});

function catchUp(scroll) {
  const [first] = below(scroll);
  const piece = document.getElementById(first);
  reveal(scroll, piece);
  piece.focus({ preventScroll: true });
}

function press(element, form) {
  const data = new FormData(form);
  data.set("press", element.dataset.press);
  send(element.dataset.to, data);
}

async function visit(address) {
  const was = here.thread;
  history.pushState(null, "", address);
  await follow();
  const box = find("#reply");
  if (box) box.focus();
  else if (was) find(`#m${was.replace(".", "-")}`)?.focus();
}

async function follow() {
  here.thread = new URLSearchParams(location.search).get("thread") || "";
  wanted.add("thread").add("log");
  await settled();
}

function settle(modal) {
  if (!modal.dataset.view) {
    if (modal.open) modal.close();
    return;
  }
  if (!modal.matches(":modal")) {
    modal.open = false;
    modal.showModal();
  }
  const wrong = find("[aria-invalid=true], .wrong input", modal);
  const first = find(".scroll :is(input:not([type=hidden]), textarea, select, button, a)", modal);
  if (wrong || !modal.contains(document.activeElement) || document.activeElement.matches(".unseen")) {
    (wrong || first || find("footer .button", modal)).focus();
  }
}

find("#modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  find("header button", event.target).click();
});
window.addEventListener("popstate", follow);

remember();
settle(find("#modal"));
for (const scroll of all("#log, #thread .scroll")) {
  const last = find(".messages > li:last-child", scroll);
  if (last) reveal(scroll, last);
}
listen();
