// A given in the text is moved where it stands: dragged sideways, or by the arrow keys. A tap still opens its card.
"use strict";
const kscaleDrag = (() => {
  const { isGiven, scale, valueText, unitOf } = kscaleArithmetic;
  const { make, numbers } = kscaleLive;
  const STEPS_A_PIXEL = 2, STEPS_A_KEY = 10, SLACK = 4; // of the thousand steps of a slider; pixels that a tap may stray
  const said = make("p", { class: "kscale-unseen", role: "status" });
  const hint = make("p", { class: "kscale-unseen", id: "kscale-drag-hint" }, "Left and right arrow keys change it.");
  let held = null; // what the pointer holds: the number, its slider, where it began, whether it has moved

  const sliderOf = (link) => {
    const name = link.dataset.quantity, slider = scale(name);
    return { name, ...slider, from: Math.round(slider.place(kscaleWhatIf.values[name])) };
  };

  // As many steps from where it began, and no further than the slider runs.
  function move({ name, from, steps, valueAt }, by) {
    kscaleWhatIf.set(name, valueAt(Math.min(Math.max(Math.round(from + by), 0), steps)));
  }

  function begin(event) {
    const link = event.target.closest("a");
    if (event.button === 0) link.setPointerCapture(event.pointerId);
    held = event.button === 0 ? { link, slider: sliderOf(link), x: event.clientX, top: topOf(link), isMoved: false } : null;
  }

  function drag(event) {
    const by = held ? event.clientX - held.x : 0;
    if (!held || (!held.isMoved && Math.abs(by) < SLACK)) return;
    if (!held.isMoved) {
      held.isMoved = true;
      getSelection().removeAllRanges();
      document.documentElement.classList.add("kscale-dragging");
    }
    const now = held;
    move(now.slider, by * STEPS_A_PIXEL * (event.shiftKey ? 0.1 : 1));
    requestAnimationFrame(() => keepInPlace(now)); // once the words above have followed
  }

  function end() {
    if (held?.isMoved) settle(held);
    held = held?.isMoved ? { isOver: true } : null;
  }

  // What grows above the number does not take it from under the pointer; the banner appears once it is let go.
  const topOf = (link) => link.getBoundingClientRect().top;
  const keepInPlace = ({ link, top }) => scrollBy({ top: topOf(link) - top, behavior: "instant" });
  function settle(now) {
    document.documentElement.classList.remove("kscale-dragging");
    kscaleBanner.show();
    keepInPlace(now);
  }

  function swallowClick(event) {
    if (!held?.isOver) return;
    held = null;
    event.preventDefault();
    event.stopPropagation();
  }

  function step(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const name = event.target.dataset.quantity, now = { link: event.target, top: topOf(event.target) };
    requestAnimationFrame(() => requestAnimationFrame(() => keepInPlace(now))); // once the banner stands
    move(sliderOf(event.target), by * (event.shiftKey ? 1 : STEPS_A_KEY));
    said.textContent = kscaleWhatIf.trouble ? kscaleLive.said(kscaleWhatIf.trouble) : valueText(kscaleWhatIf.values[name], unitOf(name));
  }

  const links = numbers.filter((element) => element.matches("a") && isGiven(element.dataset.quantity));
  for (const link of links) {
    link.classList.add("kscale-drag");
    link.draggable = false;
    link.setAttribute("aria-describedby", hint.id);
    for (const [name, listener] of Object.entries({ pointerdown: begin, pointermove: drag, pointerup: end, pointercancel: end, keydown: step }))
      link.addEventListener(name, listener);
  }
  if (links.length) document.querySelector("main").append(said, hint);
  addEventListener("click", swallowClick, true);
})();
