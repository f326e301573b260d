import { describe, expect, it } from 'vitest';
import { answerChallenge, parseChallenge } from './digest.js';

/** RFC 2617, 3.5 */
const example =
  'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
const credentials = { user: 'Mufasa', password: 'Circle Of Life' };
const request = { method: 'GET', uri: '/dir/index.html', cnonce: '0a4f113b', count: 1 };

describe('digest', () => {
  it("answers the RFC's own example", () => {
    const challenge = parseChallenge(example);
    expect(challenge).toMatchObject({ realm: 'testrealm@host.com', qop: 'auth' });
    if (!challenge) return;
    const answer = answerChallenge(challenge, credentials, request);
    expect(answer).toContain('response="6629fae49393a05397450978507c4ef1"');
    expect(answer).toContain('nc=00000001');
    expect(answer).toContain('opaque="5ccc069c403ebaf9f0171e9517f40e41"');
  });

  it('answers without qop as RFC 2069 did', () => {
    const challenge = parseChallenge('Digest realm="r", nonce=n, algorithm=md5');
    expect(challenge).toEqual({ realm: 'r', nonce: 'n', opaque: undefined, qop: undefined });
    if (challenge) expect(answerChallenge(challenge, credentials, request)).not.toContain('cnonce');
  });

  it('does not read the nonce out of the cnonce, nor answer what it cannot', () => {
    expect(parseChallenge('Digest cnonce="x", nonce="y", realm="r"')?.nonce).toBe('y');
    expect(parseChallenge('Digest realm="r", nonce="n", algorithm=SHA-256')).toBeUndefined();
    expect(parseChallenge('Basic realm="r"')).toBeUndefined();
    expect(parseChallenge('Digest realm="r"')).toBeUndefined();
  });
});
