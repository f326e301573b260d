import { isIP } from 'node:net';

/**
 * Guards calls' words against DNS rebinding: a foreign page that points its own name at our address reaches our socket, but
 * its requests carry its name in `Host`. Legal are addresses (which cannot be rebound), `localhost`, and `publicName`.
 */
export function hostAllowed(host: string | undefined, publicName: string | undefined): boolean {
  const url = host === undefined ? undefined : parse(`http://${host}`);
  if (!url || url.pathname !== '/' || url.username !== '') return false;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(name) !== 0 || name === 'localhost' || name === publicName?.toLowerCase();
}

/**
 * Browsers send `Origin` with every websocket handshake and do not ask us first, so that any page could listen. Its host
 * must be the one that was asked. No `Origin`: not a browser.
 */
export function originAllowed(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  return host !== undefined && parse(origin)?.host === parse(`http://${host}`)?.host;
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
