// The band under the header tells when there is no network, and that nothing is lost.
export function tellOffline() {
  const band = document.querySelector("[data-offline]");
  if (!band) return;
  const words = band.querySelector("span");
  const lost = words.textContent;
  const show = () => {
    words.textContent = lost;
    band.hidden = false;
  };
  window.addEventListener("offline", show);
  window.addEventListener("online", () => {
    words.textContent = band.dataset.again;
    setTimeout(() => (band.hidden = true), 4000);
  });
  if (!navigator.onLine) show();
}
