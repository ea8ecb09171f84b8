// Is this PDF the original? Its hash is taken in the browser; the file is never sent.
export function compareFile() {
  const part = document.querySelector("[data-compare]");
  if (!part || !window.crypto?.subtle) return;
  part.querySelector("[data-compare-button]").hidden = false;
  part.querySelector("[data-compare-plain]").hidden = true;
  part.querySelector("[data-compare-file]").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const same = hex === part.dataset.compare;
    const answer = part.querySelector("[data-compare-answer]");
    answer.className = same ? "note is-green" : "note is-red";
    answer.replaceChildren();
    const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    sign.setAttribute("class", "icon");
    sign.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", same ? "#i-tick-disc" : "#i-cross-disc");
    sign.append(use);
    const words = document.createElement("div");
    words.className = "note__words";
    words.textContent = same ? part.dataset.same : part.dataset.other;
    answer.append(sign, words);
  });
}
