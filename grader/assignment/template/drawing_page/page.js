"use strict";
// Draws on 56x56 pixels, posts the picture after each stroke, and shows what the student's functions answer.

const words = JSON.parse(document.getElementById("words").textContent);
const at = (id) => document.getElementById(id);
const canvas = at("canvas");
const ink = canvas.getContext("2d", { willReadFrequently: true });
const SIDE = canvas.width;
const STEP = 2; // pixels of the canvas for each arrow key; 1 with Shift
const POLL_MS = 500;
const SLOW_MS = 20000; // TensorFlow is there by then

const pen = { x: SIDE / 2, y: SIDE / 2, down: false };
let drawn = false;
let asking = false;
let askAgain = false;

function clear() {
  ink.fillStyle = "#ffffff";
  ink.fillRect(0, 0, SIDE, SIDE);
  drawn = false;
  setPenDown(false);
}

function line(from, to) {
  ink.strokeStyle = "#000000";
  ink.lineWidth = Number(at("width").value);
  ink.lineCap = "round";
  ink.lineJoin = "round";
  ink.beginPath();
  ink.moveTo(from.x, from.y);
  ink.lineTo(to.x, to.y + 0.01); // a line of no length leaves no dot in some browsers
  ink.stroke();
  drawn = true;
}

// Mouse, finger and stylus.

function place(event) {
  const box = canvas.getBoundingClientRect();
  const scale = SIDE / canvas.clientWidth;
  return { x: (event.clientX - box.left - canvas.clientLeft) * scale, y: (event.clientY - box.top - canvas.clientTop) * scale };
}

let last = null;

canvas.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || last) return;
  canvas.setPointerCapture(event.pointerId);
  setPenDown(false);
  at("pen").hidden = true;
  last = { id: event.pointerId, ...place(event) };
  line(last, last);
});
canvas.addEventListener("pointermove", (event) => {
  if (!last || event.pointerId !== last.id) return;
  const next = { id: last.id, ...place(event) };
  line(last, next);
  last = next;
});
for (const name of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(name, (event) => {
    if (!last || event.pointerId !== last.id) return;
    last = null;
    look();
  });
}

// Keyboard: arrows move the pen, Space puts it down and lifts it.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key in ARROWS) movePen(ARROWS[event.key], event.shiftKey ? 1 : STEP);
  else if (event.key === " ") togglePen();
  else if (event.key === "Delete" || event.key === "Backspace") clearAndTell();
  else return;
  event.preventDefault();
  showPen();
});
canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) showPen(); });
canvas.addEventListener("blur", () => {
  at("pen").hidden = true;
  if (pen.down) togglePen();
});

function movePen([right, down], step) {
  const before = { x: pen.x, y: pen.y };
  const inside = (value) => Math.min(Math.max(value, 0), SIDE);
  pen.x = inside(pen.x + right * step);
  pen.y = inside(pen.y + down * step);
  if (pen.down) line(before, pen);
}

function togglePen() {
  setPenDown(!pen.down);
  if (pen.down) {
    line(pen, pen);
    at("status").textContent = words.down;
  } else {
    at("status").textContent = words.up;
    look();
  }
}

function setPenDown(down) {
  pen.down = down;
  at("pen").classList.toggle("down", down);
}

function showPen() {
  const mark = at("pen");
  const size = Number(at("width").value) / SIDE * 100;
  mark.style.left = `${pen.x / SIDE * 100}%`;
  mark.style.top = `${pen.y / SIDE * 100}%`;
  mark.style.width = mark.style.height = `${size}%`;
  mark.hidden = false;
}

// What the server says.

async function ask(name, body) {
  const answer = await fetch(name, body === undefined ? {} : { method: "POST", body });
  const kind = answer.headers.get("Content-Type");
  return kind === "application/json" ? answer.json() : { problem: await answer.text() };
}

const picture = () => new Promise((done) => canvas.toBlob(done, "image/png"));

// One question at a time; strokes that come meanwhile are asked about together.
async function look() {
  askAgain = true;
  if (asking) return;
  asking = true;
  while (askAgain) {
    askAgain = false;
    if (!drawn) continue;
    at("status").textContent = words.working;
    const slow = setTimeout(() => { at("status").textContent = words.slow; }, SLOW_MS);
    try {
      const answer = await ask("look", await picture());
      if (drawn && !askAgain) show(answer);
    } catch {
      tellProblem(words.lost);
    }
    clearTimeout(slow);
  }
  asking = false;
}

function tellProblem(text) {
  at("problem").textContent = text;
  at("problem").hidden = !text;
  if (text) at("status").textContent = "";
}

function show(answer) {
  tellProblem(answer.problem ?? "");
  at("made").hidden = !answer.made;
  if (answer.made) {
    at("made-picture").src = answer.made;
    at("made-picture").alt = words.made_alt;
  }
  at("networks").replaceChildren(...(answer.networks ?? []).map(networkCard));
  if ("missing" in answer) at("training").hidden = !answer.missing;
  at("status").textContent = (answer.networks ?? []).filter((one) => one.scores)
    .map((one) => `${one.name.toUpperCase()}: ${one.label} (${percent(one.scores[one.label])})`).join(", ");
}

function element(name, text, ...classes) {
  const made = document.createElement(name);
  made.textContent = text;
  made.classList.add(...classes);
  return made;
}

const percent = (score) => (score === undefined ? "?" : `${(100 * score).toFixed(1)} %`);

function networkCard(one) {
  const card = element("article", "", "network");
  card.dataset.network = one.name;
  card.append(element("h2", one.title));
  if (one.problem) card.append(element("p", one.problem, "problem"));
  if (one.note) card.append(element("p", one.note, "problem"));
  if (one.scores) {
    const answer = element("p", "", "answer");
    answer.append(element("strong", one.label), ` ${percent(one.scores[one.label])}`);
    card.append(answer, scoreTable(one));
  }
  return card;
}

function scoreTable(one) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const text of [words.digit, "", words.score]) head.append(element("th", text, "sr"));
  const body = table.createTBody();
  one.scores.forEach((score, digit) => {
    const row = body.insertRow();
    row.classList.toggle("best", digit === one.label);
    const name = element("th", digit);
    name.scope = "row";
    const bar = element("span", "", "bar");
    bar.style.setProperty("--share", `${100 * Math.min(Math.max(score, 0), 1)}%`);
    row.append(name);
    row.insertCell().append(bar);
    row.insertCell().textContent = percent(score);
  });
  return table;
}

// Buttons.

function clearAndTell() {
  clear();
  show({});
  at("status").textContent = words.cleared;
}

at("clear").addEventListener("click", clearAndTell);
at("width").addEventListener("input", () => { at("shown-width").value = at("width").value; });

at("saving").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!drawn) {
    at("saved").textContent = words.empty;
    return;
  }
  try {
    const answer = await ask(`keep?name=${encodeURIComponent(at("name").value)}`, await picture());
    at("saved").textContent = answer.text ?? answer.problem;
  } catch {
    at("saved").textContent = words.lost;
  }
});

at("train").addEventListener("click", async () => {
  at("train").disabled = true;
  try {
    let state = await ask("train", "");
    while (state.running) {
      at("share").hidden = false;
      at("share").value = state.share;
      at("training-text").textContent = state.text;
      await new Promise((done) => setTimeout(done, POLL_MS));
      state = await ask("progress");
    }
    at("training-text").textContent = state.problem || state.text;
    at("training-text").classList.toggle("problem", Boolean(state.problem));
    if (!state.problem) await look();
  } catch {
    at("training-text").textContent = words.lost;
  }
  at("share").hidden = true;
  at("train").disabled = false;
});

clear();
