// Pictures wait in the browser's own store until the server has them: a killed tab loses nothing.
const STORE = "files";

function opened() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("jisui-uploads", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function act(mode, work) {
  try {
    const database = await opened();
    waitingRoom.isOpen = true;
    return await new Promise((done, failed) => {
      const asked = work(database.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  } catch {
    return []; // a private window: the file is only in this page
  }
}

export const waitingRoom = {
  isOpen: false,
  put: (entry) => act("readwrite", (store) => store.put(entry)),
  all: () => act("readonly", (store) => store.getAll()),
  remove: (id) => act("readwrite", (store) => store.delete(id)),
  empty: () => act("readwrite", (store) => store.clear()),
};
