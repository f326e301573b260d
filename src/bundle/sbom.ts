import type { Manifest } from './manifest.js';
import type { Part } from './part.js';

/**
 * The bill of materials in CycloneDX 1.5, as JSON; the first part is what the bundle is. It has no time and no random
 * number in it: the same bundle has the same one.
 */
export function cycloneDx({ id, build }: Pick<Manifest, 'id' | 'build'>, parts: readonly Part[]): string {
  const [main, ...others] = parts.map(component);
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${build}-0000-4000-8000-000000000000`,
    version: 1,
    metadata: { component: main, properties: [{ name: 'handrail:bundle', value: id }] },
    components: others,
    dependencies: [{ ref: main?.['bom-ref'], dependsOn: others.map((other) => other['bom-ref']) }],
  };
  return `${JSON.stringify(document, undefined, 1)}\n`;
}

function component({ type, name, version, licence, source, hash }: Part, index: number) {
  const purl = source.startsWith('pkg:') ? { purl: source } : {};
  const reference = /^https?:/.test(source) ? { externalReferences: [{ type: 'distribution', url: source }] } : {};
  return {
    type,
    // The same package may be there twice: in two prefixes, or below two others.
    'bom-ref': `${String(index)}:${name}@${version}`,
    name,
    version,
    licenses: [licenceOf(licence)],
    ...(hash ? { hashes: [{ alg: hash.alg, content: hash.hex }] } : {}),
    ...purl,
    ...reference,
  };
}

/** CycloneDX refuses an `id` that SPDX does not know; whatever is not surely one is a `name`. */
function licenceOf(licence: string) {
  const ids = licence.replace(/[()]/g, '').split(/ (?:OR|AND|WITH) /);
  if (!ids.every((id) => spdxIds.has(id))) return { license: { name: licence } };
  return ids.length === 1 ? { license: { id: licence } } : { expression: licence };
}

/** Those that are met among our parts. */
const spdxIds: ReadonlySet<string> = new Set([
  ...['0BSD', 'AFL-2.1', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'GPL-3.0-or-later'],
  ...['ISC', 'LGPL-2.1-or-later', 'MIT', 'MPL-2.0', 'PSF-2.0', 'Unlicense', 'WTFPL', 'Zlib'],
]);
