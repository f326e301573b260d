import type { Fault } from './fault.js';

/** From now on no name is known, to anything that the controller's main thread asks. */
const forgetNames = `{
  const dns = process.getBuiltinModule('dns');
  const gone = (name, ...rest) =>
    rest.at(-1)(Object.assign(new Error('getaddrinfo ENOTFOUND ' + name), { code: 'ENOTFOUND' }));
  globalThis.chaosLookup = dns.lookup;
  dns.lookup = gone;
}`;

export const networkFaults: readonly Fault[] = [
  {
    name: 'DNS: gone',
    boundMs: 1_200,
    inject: async (w) => {
      const inspector = await w.inspect();
      inspector.evaluate(forgetNames);
      // Every connection of the controller has to be made anew meanwhile.
      w.proxy.drop('events', 'requests');
      inspector.close();
    },
    heal: async (w) => {
      const inspector = await w.inspect();
      inspector.evaluate("process.getBuiltinModule('dns').lookup = globalThis.chaosLookup");
      inspector.close();
    },
  },
];
