import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { prefixLayout, unpackDebian, unpacked } from './debian.mjs';
import { run, works } from './exec.mjs';
import { SetupError } from './report.mjs';
import { llamaPrefix, pbxPrefix, projectRoot } from './where.mjs';

const asteriskPackages = [
  ...['asterisk', 'asterisk-modules', 'asterisk-core-sounds-en-gsm'],
  // what the modules of asterisk/etc/modules.conf.in link against, found with `ld-linux --list`
  ...['libc6', 'libgcc-s1', 'libstdc++6', 'libcrypt1', 'libcap2', 'libedit2', 'libbsd0', 'libmd0', 'libtinfo6'],
  ...['libjansson4', 'libsqlite3-0', 'libssl3t64', 'libsystemd0', 'liburiparser1', 'libuuid1', 'libxml2-16'],
  ...['libxslt1.1', 'zlib1g', 'libzstd1', 'libgsm1', 'libopus0', 'libsrtp2-1'],
];

const llamaPackages = [
  ...['llama.cpp-tools', 'libllama0', 'libggml0', 'libgomp1'],
  ...['libstdc++6', 'libgcc-s1', 'libc6', 'libssl3t64', 'libzstd1', 'zlib1g'],
];

const modulesTemplate = 'asterisk/etc/modules.conf.in';

/** A private Asterisk 22: about 20 MB to load, 55 MB on disk. */
export const asterisk = {
  prefix: pbxPrefix,
  inputs: [modulesTemplate, 'scripts/lib/prefixes.mjs'],

  async usable() {
    const { loader, lib } = prefixLayout(pbxPrefix);
    if (!existsSync(join(pbxPrefix, 'usr/share/asterisk/sounds/en'))) return false;
    const binary = join(pbxPrefix, 'usr/sbin/asterisk');
    return (await works(loader, ['--library-path', lib, binary, '-V'])) && (await missingLibrary()) === undefined;
  },

  async make(progress) {
    const packages = asteriskPackages;
    const got = await unpackDebian({ prefix: pbxPrefix, packages, closureOf: packages.slice(0, 3), progress });
    const sounds = join(pbxPrefix, 'usr/share/asterisk/sounds/en');
    rmSync(sounds, { force: true, recursive: true });
    symlinkSync('en_US_f_Allison', sounds); // made by the package's postinst, which does not run here
    const missing = await missingLibrary();
    if (missing) throw new SetupError(`The unpacked Asterisk lacks a library: ${missing}.`);
    return unpacked(got);
  },
};

/** llama.cpp's server: about 13 MB to load, 51 MB on disk. */
export const llama = {
  prefix: llamaPrefix,
  inputs: ['scripts/lib/prefixes.mjs'],

  usable() {
    const { loader, lib } = prefixLayout(llamaPrefix);
    const server = join(llamaPrefix, 'usr/bin/llama-server');
    // It looks for its CPU backends in the folder where it is started.
    const cwd = join(lib, 'ggml/backends0');
    return existsSync(cwd)
      ? works(loader, ['--library-path', `${lib}:${join(lib, 'llama')}`, server, '--version'], { cwd })
      : Promise.resolve(false);
  },

  async make(progress) {
    const closureOf = ['llama.cpp-tools'];
    const got = await unpackDebian({ prefix: llamaPrefix, packages: llamaPackages, closureOf, progress });
    if (!(await llama.usable())) throw new SetupError('The unpacked llama-server does not start.');
    return unpacked(got);
  },
};

/** The first module of ours whose libraries are not all in the prefix. */
async function missingLibrary() {
  const { loader, lib } = prefixLayout(pbxPrefix);
  const template = readFileSync(join(projectRoot, modulesTemplate), 'utf8');
  const modules = [...template.matchAll(/^(?:load|require) = (\w+\.so)/gm)].map((match) => match[1]);
  const found = await Promise.all(
    modules.map(async (module) => {
      const path = join(lib, 'asterisk/modules', module);
      if (!existsSync(path)) return `${module} is not there`;
      const list = await run(loader, ['--library-path', lib, '--list', path]);
      return list.includes('not found') ? `${module}: ${list.match(/\S+ => not found/)?.[0]}` : undefined;
    }),
  );
  return found.find(Boolean);
}
