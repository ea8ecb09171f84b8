// On a narrow screen what needs no look is folded, so that the rest fits.
export function folding() {
  if (!matchMedia("(max-width: 1200px)").matches) return;
  for (const part of document.querySelectorAll("details[data-fold]")) part.open = false;
}
