// Keys: b boxes, n names, i invert. Everything works without this, too.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const id = { b: "show-boxes", n: "show-names", i: "invert" }[event.key];
  const input = id && document.getElementById(id);
  if (input) input.checked = !input.checked;
});
