import * as openid from 'openid-client';
import { explain, HandrailError } from '../../kernel/errors.js';
import type { Sensitive } from '../../kernel/sensitive.js';
import { textsAt, type Departure, type Identity, type SignOn, type SignOnAttempt } from './sign-on.js';

export interface OpenIdOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client; PKCE protects the code in any case. */
  readonly clientSecret: Sensitive<string> | undefined;
  /** Where the provider sends the browser back, as registered with it. */
  readonly redirectUrl: string;
  readonly scopes: string;
  readonly nameClaim: string;
  readonly rolesClaim: string;
}

/** OpenID Connect, code flow with PKCE. The provider is looked up at the first login, and again until it was there. */
export class OpenIdSignOn implements SignOn {
  readonly name: string;
  readonly returnsByTls: boolean;
  #provider: openid.Configuration | undefined;

  constructor(private readonly options: OpenIdOptions) {
    this.name = new URL(options.issuer).host;
    this.returnsByTls = new URL(options.redirectUrl).protocol === 'https:';
  }

  async begin(): Promise<Departure> {
    const provider = await this.#found();
    const attempt: SignOnAttempt = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      codeVerifier: openid.randomPKCECodeVerifier(),
    };
    const url = openid.buildAuthorizationUrl(provider, {
      redirect_uri: this.options.redirectUrl,
      scope: this.options.scopes,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, attempt };
  }

  async finish(returned: URL, { state, nonce, codeVerifier }: SignOnAttempt): Promise<Identity> {
    const provider = await this.#found();
    // As registered: a proxy may have changed host and scheme on the way to us.
    const address = new URL(this.options.redirectUrl);
    address.search = returned.search;
    try {
      const tokens = await openid.authorizationCodeGrant(provider, address, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('there is no ID token');
      return {
        external: `${claims.iss} ${claims.sub}`,
        name: textsAt(claims, this.options.nameClaim)[0],
        groups: textsAt(claims, this.options.rolesClaim),
      };
    } catch (cause) {
      throw new HandrailError('HR_SIGN_ON_FAILED', explain(cause), { cause });
    }
  }

  async #found(): Promise<openid.Configuration> {
    if (this.#provider) return this.#provider;
    const { clientId, clientSecret, issuer } = this.options;
    const url = new URL(issuer);
    try {
      this.#provider = await openid.discovery(
        url,
        clientId,
        undefined,
        clientSecret ? openid.ClientSecretPost(clientSecret.reveal()) : openid.None(),
        {
          execute: [
            // Else TLS alone would vouch for the ID token, which is what OpenID Connect Core 1.0, 3.1.3.7 allows.
            openid.enableNonRepudiationChecks,
            // The configuration takes http for this machine only.
            ...(url.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
          ],
        },
      );
      return this.#provider;
    } catch (cause) {
      throw new HandrailError('HR_SIGN_ON_UNREACHABLE', `${issuer}: ${explain(cause)}`, { cause });
    }
  }
}
