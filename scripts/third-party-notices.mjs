// Writes the licenses of the third-party code in the published package: code that esbuild bundled, and bundled
// dependencies.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licenses that allow distributing code with a notice. Any other license needs a decision first. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

const HEADING = `This package contains code of other projects: in the Lambda functions and the report page below lambda/, and in
node_modules/. Their licenses follow.
`;

/** Folders of the packages whose files esbuild bundled, relative to the root of the project. */
function bundledFolders(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = inputs.map(
    (input) => /^(?:\.\.\/)*(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1],
  );
  return folders.filter((folder) => folder !== undefined);
}

/** The title of a package, and the text of its license and notices. */
function readPackage(root, folder) {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  if (!ALLOWED.includes(license))
    throw new Error(
      `${name} ${version} has the license ${license}, which is not in ALLOWED (scripts/third-party-notices.mjs)`,
    );
  const files = readdirSync(path).filter((file) => /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(path, file), 'utf8').trim());
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}

/**
 * Writes the notices of the packages in esbuild's metafiles and in `bundleDependencies`. A license text that several
 * packages share is written once.
 */
export function writeNotices(root, metafiles, bundleDependencies, file) {
  const folders = [...bundledFolders(metafiles), ...bundleDependencies.map((name) => `node_modules/${name}`)];
  const packages = [...new Set(folders)].sort().map((folder) => readPackage(root, folder));
  const titles = new Map();
  for (const { title, text } of packages) titles.set(text, [...(titles.get(text) ?? []), title]);
  const sections = [...titles].map(([text, names]) =>
    [[...new Set(names)].join('\n'), text].join('\n\n').trim(),
  );
  const content = [HEADING.trim(), ...sections].join(`\n\n${'-'.repeat(80)}\n\n`);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== `${content}\n`) writeFileSync(file, `${content}\n`);
}
