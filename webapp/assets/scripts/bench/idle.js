// Two minutes before the session ends by itself, it is said; a click keeps it.
export function idle() {
  const dialog = document.getElementById("idle-dialog");
  const minutes = Number(document.body.dataset.idleMinutes);
  if (!dialog || !minutes) return;
  let since = Date.now();
  const touch = () => {
    if (!dialog.open) since = Date.now();
  };
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, touch, { passive: true });
  setInterval(() => {
    const gone = (Date.now() - since) / 60_000;
    if (gone >= minutes - 2 && !dialog.open) dialog.showModal();
  }, 20_000);
  dialog.addEventListener("close", () => {
    since = Date.now();
    fetch(location.pathname, { method: "HEAD" }).catch(() => {});
  });
}
