// Copies the browser builds of the locked packages, with their licences, from node_modules into static/vendor, and
// writes down what it copied (vendored.json, for the server and the tests; VENDORED.md, for people).
//
// A browser without a bundler cannot resolve `import … from "preact"`: such names become relative paths, and what the
// interpreter imports from vega-util it takes from the global `vega`, which exports the same. A reference to a source
// map, which is not shipped, goes. Nothing else is changed.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "static", "vendor");
const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")).packages;

const PACKAGES = [
  { name: "preact", files: { "dist/preact.mjs": "preact.js", "hooks/dist/hooks.mjs": "hooks.js" } },
  { name: "htm", files: { "dist/htm.mjs": "htm.js" } },
  { name: "@preact/signals-core", files: { "dist/signals-core.mjs": "signals-core.js" } },
  { name: "@preact/signals", files: { "dist/signals.mjs": "signals.js" } },
  { name: "vega", files: { "build/vega.min.js": "vega.min.js" } },
  { name: "vega-lite", files: { "build/vega-lite.min.js": "vega-lite.min.js" } },
  { name: "vega-interpreter", files: { "build/vega-interpreter.js": "vega-interpreter.js" } },
];
// What a package imports → the vendored file.
const SPECIFIERS = {
  preact: ["preact", "preact.js"],
  "preact/hooks": ["preact", "hooks.js"],
  "@preact/signals-core": ["@preact/signals-core", "signals-core.js"],
};

const folderOf = (name) => `${name.replace("@", "").replace("/", "-")}-${lock[`node_modules/${name}`].version}`;

function forTheBrowser(text, folder) {
  const resolved = text.replace(/((?:from|import)\s*)(["'])([^"'.\s][^"'\s]*)\2/g, (whole, keyword, quote, name) => {
    if (!(name in SPECIFIERS)) return whole;
    const [owner, file] = SPECIFIERS[name];
    const path = posix.relative(folder, posix.join(folderOf(owner), file));
    return `${keyword}${quote}${path.startsWith(".") ? path : `./${path}`}${quote}`;
  });
  return resolved.replace(/^import (\{[^}]*\}) from 'vega-util';/m, "const $1 = globalThis.vega;").replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n");
}

rmSync(target, { recursive: true, force: true });
const packages = PACKAGES.map(({ name, files }) => {
  const { version, integrity, license } = lock[`node_modules/${name}`];
  const source = join(here, "node_modules", name);
  const installed = JSON.parse(readFileSync(join(source, "package.json"), "utf8")).version;
  if (installed !== version) throw new Error(`${name}: ${installed} is installed, ${version} is locked; run npm ci`);
  const folder = folderOf(name);
  mkdirSync(join(target, folder), { recursive: true });
  cpSync(join(source, "LICENSE"), join(target, folder, "LICENSE"));
  for (const [from, to] of Object.entries(files)) {
    writeFileSync(join(target, folder, to), forTheBrowser(readFileSync(join(source, from), "utf8"), folder));
  }
  const sha256 = Object.fromEntries(
    [...Object.values(files), "LICENSE"].map((file) => [
      file,
      createHash("sha256").update(readFileSync(join(target, folder, file))).digest("hex"),
    ]),
  );
  return { name, version, license, integrity, folder, sha256 };
});

writeFileSync(join(target, "vendored.json"), `${JSON.stringify({ packages }, null, 2)}\n`);
writeFileSync(
  join(target, "VENDORED.md"),
  `# Vendored front-end libraries

Made by \`make vendor\` from \`package-lock.json\`; not edited by hand. Each folder holds the package's browser build and its
licence. Changed is only this: import names became relative paths (vega-util: the global \`vega\`), and references to source
maps went.

| package | version | licence |
|---|---|---|
${packages.map(({ name, version, license, folder }) => `| ${name} | ${version} | [${license}](${folder}/LICENSE) |`).join("\n")}
`,
);
// The accessibility checker of the tests; it is not served.
const axe = join(here, "..", "..", "..", "tests", "vendor", folderOf("axe-core"));
rmSync(dirname(axe), { recursive: true, force: true });
mkdirSync(axe, { recursive: true });
for (const file of ["axe.min.js", "LICENSE"]) cpSync(join(here, "node_modules", "axe-core", file), join(axe, file));

console.log(packages.map(({ name, version }) => `${name} ${version}`).join("\n"));
