// The licence texts of what others wrote and the built files contain, one paragraph for each package.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//;

// sources: paths from the root. Throws when a package says nothing of its licence.
export async function licences(root, sources) {
  const names = new Set([...sources].map((path) => PACKAGE.exec(path)?.[1]).filter(Boolean));
  const texts = await Promise.all([...names].sort().map((name) => licence(root, name)));
  return texts.join(`\n${"-".repeat(78)}\n\n`);
}

async function licence(root, name) {
  const folder = join(root, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying)/i.test(file));
  if (!license && files.length === 0) throw new Error(`${name} ${version} does not say its licence`);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return [`${name} ${version} (${license ?? "see below"})`, ...texts].join("\n\n").trim() + "\n";
}
