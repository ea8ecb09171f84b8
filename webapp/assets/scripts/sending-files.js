// One file on its way to the server, in pieces that resume; three silent tries.
const TRIES = 3;

// Answers {kept} or {refused: words, code}; null when it was cancelled; throws when the network is gone.
export async function sendFile({ address, piece, token }, entry, told = {}) {
  for (let tried = 1; ; tried++) {
    try {
      return await inPieces(address, piece, token, entry, told);
    } catch (failure) {
      if (tried === TRIES) throw failure;
      await new Promise((go) => setTimeout(go, 800 * 2 ** (tried - 1)));
    }
  }
}

async function inPieces(address, piece, token, entry, { cancelled = () => false, progress = () => {} }) {
  const of = Math.max(1, Math.ceil(entry.file.size / piece));
  const here = await fetch(address.replace(/[^/]+\/pieces$/, `pieces/${entry.id}`)).then((answer) => answer.json());
  for (let n = 0; n < of; n++) {
    if (cancelled()) return null;
    if (here.have.includes(n) && n < of - 1) continue;
    progress(n, of);
    const query = new URLSearchParams({ upload: entry.id, piece: n, of, name: entry.name, type: entry.file.type });
    const answer = await fetch(`${address}?${query}`, {
      method: "POST",
      headers: { "X-CSRFToken": token, "Content-Type": "application/octet-stream" },
      body: entry.file.slice(n * piece, (n + 1) * piece),
    });
    if (answer.status === 201) return { kept: await answer.json() };
    if (answer.status === 422) {
      const { message, code } = await answer.json();
      return { refused: message, code };
    }
    if (!answer.ok) throw new Error(String(answer.status));
  }
  throw new Error("incomplete");
}
