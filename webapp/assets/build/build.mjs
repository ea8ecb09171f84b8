// Builds webapp/static: style sheets by sass, scripts by esbuild, each with its content's hash in its name,
// manifest.json (plain name -> built name) and licences.txt (what of others is inside).
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";
import { licences } from "./licences.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const ASSETS = join(ROOT, "webapp/assets");
const STATIC = join(ROOT, "webapp/static");
const HALF = `${STATIC}.half`;

const STYLES = ["public.scss", "bench.scss"];
const SCRIPTS = ["public.js", "bench.js", "viewer.js"];
const VIEWER_STYLE = `
  @import "bpmn-js/dist/assets/diagram-js.css";
  @import "bpmn-js/dist/assets/bpmn-js.css";
  @import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";`;

const manifest = {};
const sources = new Set();

await rm(HALF, { recursive: true, force: true });
await mkdir(HALF);
await Promise.all([buildStyles(), buildScripts(), buildViewerStyle()]);
await writeFile(join(HALF, "licences.txt"), await licences(ROOT, sources));
await writeFile(join(HALF, "manifest.json"), JSON.stringify(sorted(manifest), null, 2) + "\n");
await rm(STATIC, { recursive: true, force: true });
await rename(HALF, STATIC);

async function buildStyles() {
  for (const name of STYLES) {
    const built = sass.compile(join(ASSETS, "styles", name), {
      loadPaths: [join(ASSETS, "styles"), join(ROOT, "node_modules")],
      style: "compressed",
      quietDeps: true,
    });
    built.loadedUrls.forEach((url) => sources.add(relative(ROOT, fileURLToPath(url))));
    const hash = createHash("sha256").update(built.css).digest("hex").slice(0, 8);
    await keep(name.replace(".scss", ".css"), `${basename(name, ".scss")}-${hash}.css`, built.css);
  }
}

async function buildScripts() {
  const built = await esbuild.build({
    ...common(),
    entryPoints: SCRIPTS.map((name) => join(ASSETS, "scripts", name)),
    format: "iife",
    target: "es2020",
  });
  remember(built.metafile);
}

async function buildViewerStyle() {
  const built = await esbuild.build({
    ...common(),
    stdin: { contents: VIEWER_STYLE, loader: "css", resolveDir: ROOT, sourcefile: "viewer.css" },
    // Browsers that run us read woff2; the older forms of the icon font are left out.
    loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".svg": "empty", ".eot": "empty" },
  });
  const [path] = Object.keys(built.metafile.outputs).filter((name) => name.endsWith(".css"));
  const target = path.replace(/stdin-/, "viewer-");
  await rename(join(ROOT, path), join(ROOT, target));
  built.metafile.outputs[target] = { ...built.metafile.outputs[path], entryPoint: "viewer.css" };
  delete built.metafile.outputs[path];
  remember(built.metafile);
}

function common() {
  return {
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    metafile: true,
    outdir: HALF,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    legalComments: "none",
    logLevel: "warning",
  };
}

function remember(metafile) {
  Object.keys(metafile.inputs).forEach((name) => sources.add(name));
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
  }
}

async function keep(name, builtName, text) {
  await writeFile(join(HALF, builtName), text);
  manifest[name] = builtName;
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort());
}
