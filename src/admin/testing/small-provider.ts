import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { systemClock } from '../../kernel/clock.js';

interface Question {
  readonly nonce: string;
  readonly challenge: string;
}

// Made once: a key takes longer than a test.
const [ownKey, foreignKey] = [newKey(), newKey()];

/** An OpenID provider for tests: whoever comes is logged in at once, with the claims that the test has chosen. */
export class SmallProvider {
  claims: Readonly<Record<string, unknown>> = {};
  /** Told to the one who asks for the token, in the place of the nonce that was sent. */
  wrongNonce: string | undefined;
  /** Whether the ID token is signed with a key that is not the provider's. */
  forges = false;
  readonly #questions = new Map<string, Question>();

  private constructor(
    private readonly app: FastifyInstance,
    readonly issuer: string,
  ) {}

  static async open(): Promise<SmallProvider> {
    const app = fastify();
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    const provider: { made?: SmallProvider } = {};
    app.get('/.well-known/openid-configuration', () => provider.made?.metadata());
    app.get('/keys', () => provider.made?.keys());
    app.get<{ Querystring: Record<string, string> }>('/authorize', ({ query }, reply) =>
      reply.redirect(provider.made?.authorize(query) ?? ''),
    );
    app.post<{ Body: Record<string, string> }>('/token', ({ body }, reply) => {
      const answer = provider.made?.token(body);
      return reply.code(answer ? 200 : 400).send(answer ?? { error: 'invalid_grant' });
    });
    const issuer = await app.listen({ host: '127.0.0.1', port: 0 });
    return (provider.made = new SmallProvider(app, issuer));
  }

  close(): Promise<void> {
    return this.app.close();
  }

  private metadata() {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['RS256'],
      subject_types_supported: ['public'],
    };
  }

  private keys() {
    return { keys: [{ ...ownKey.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] };
  }

  /** @returns where the browser is sent back */
  private authorize(query: Readonly<Record<string, string>>): string {
    const code = randomUUID();
    this.#questions.set(code, { nonce: query['nonce'] ?? '', challenge: query['code_challenge'] ?? '' });
    const back = new URL(query['redirect_uri'] ?? '');
    back.search = new URLSearchParams({ code, state: query['state'] ?? '' }).toString();
    return back.href;
  }

  /** A code is good once, and for who has the verifier of its challenge. */
  private token(body: Readonly<Record<string, string>>) {
    const question = this.#questions.get(body['code'] ?? '');
    this.#questions.delete(body['code'] ?? '');
    const challenge = createHash('sha256')
      .update(body['code_verifier'] ?? '')
      .digest('base64url');
    if (question?.challenge !== challenge) return undefined;
    const now = Math.floor(systemClock.wallMs() / 1_000);
    const claims = {
      iss: this.issuer,
      aud: body['client_id'],
      iat: now,
      exp: now + 60,
      nonce: this.wrongNonce ?? question.nonce,
      ...this.claims,
    };
    return { access_token: 'a', token_type: 'Bearer', id_token: this.#signed(claims) };
  }

  #signed(claims: object): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`;
    const { privateKey } = this.forges ? foreignKey : ownKey;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
  }
}

function newKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2_048 });
}
