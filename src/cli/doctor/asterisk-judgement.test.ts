import { describe, expect, it } from 'vitest';
import {
  findHooks,
  judgeApplication,
  judgeHooks,
  judgeModules,
  judgeTransit,
  judgeVersion,
} from './asterisk-judgement.js';

const listing = `[ Context 'from-handrail-callers' created by 'pbx_config' ]
  '100' =>          1. Set(HANDRAIL_RESULT=)                      [extensions.conf:14]
                    2. Stasis(handrail,\${HANDRAIL_FLOW})          [extensions.conf:15]
                    3. GotoIf($["\${STASISSTATUS}" = "SUCCESS"]?bye) [extensions.conf:17]
     [bye]          4. Hangup()                                   [extensions.conf:19]
  '101' =>          1. Stasis(handrail)                           [extensions.conf:21]
  '600' =>          1. Answer()                                   [extensions.conf:24]
     [app]          2. Stasis(other)                              [extensions.conf:25]
  Include =>        'handrail-agents'                             [pbx_config]

[ Context 'sales' created by 'pbx_config' ]
  '_2XX' (CID match '7000') => 1. Stasis(handrail)                [extensions.conf:40]
                    2. Queue(sales)                               [extensions.conf:41]

[ Context 'stasis-handrail' created by 'res_stasis' ]
  '_.' =>           1. Stasis(handrail)                           [res_stasis]
`;

const running = [
  ...['res_http_websocket', 'res_ari', 'res_ari_events', 'res_ari_asterisk', 'res_ari_applications'],
  ...['res_ari_channels', 'res_ari_bridges', 'res_stasis', 'res_stasis_answer', 'app_stasis', 'chan_rtp'],
  ...['res_rtp_asterisk', 'bridge_simple', 'codec_ulaw', 'chan_pjsip', 'pbx_config'],
].map((name) => `${name}.so`);

describe('the way to ARI', () => {
  const NOW_MS = Date.UTC(2026, 10, 26);
  const until = (days: number) => {
    const untilWallMs = NOW_MS + days * 86_400_000 + 3_600_000;
    return judgeTransit({ type: 'tls', owner: 'pbx', issuer: 'Our CA', untilWallMs }, NOW_MS);
  };

  it('may be plain on this machine alone', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1'])
      expect(judgeTransit({ type: 'plain', host }, NOW_MS).state).toBe('ok');
    expect(judgeTransit({ type: 'plain', host: '10.0.0.5' }, NOW_MS)).toMatchObject({
      state: 'warning',
      found: expect.stringContaining('10.0.0.5') as string,
      mend: expect.stringContaining('ari.caFile') as string,
    });
  });

  it('has a certificate, which is to be renewed in time', () => {
    expect(until(30)).toEqual({ state: 'ok', found: 'certificate of “pbx” by “Our CA”, until 2026-12-26' });
    expect(until(29)).toMatchObject({ state: 'warning', found: expect.stringContaining('29 days more') as string });
    expect(until(1).found).toContain(': 1 day more');
  });
});

describe('Asterisk', () => {
  it('is known from 18 to 23', () => {
    expect(judgeVersion('22.10.1+dfsg', 'rtp').state).toBe('ok');
    expect(judgeVersion('18.0.0', 'rtp').state).toBe('ok');
    expect(judgeVersion('certified/20.7-cert2', 'rtp').state).toBe('ok');
    expect(judgeVersion('GIT-20-4c2fd18', 'rtp').state).toBe('ok');
    expect(judgeVersion('16.30.0', 'rtp').state).toBe('problem');
    expect(judgeVersion('24.0.0', 'rtp').state).toBe('warning');
    expect(judgeVersion('unknown', 'rtp').state).toBe('warning');
    expect(judgeVersion('22.7.3', 'websocket').state).toBe('problem');
    expect(judgeVersion('20.19.0', 'websocket').state).toBe('problem');
    expect(judgeVersion('22.8.0', 'websocket').state).toBe('ok');
  });

  it('runs the modules that calls need', () => {
    const without = (...names: string[]) => running.filter((name) => !names.includes(name));
    expect(judgeModules(running, { transport: 'rtp', codec: 'ulaw' }).state).toBe('ok');
    expect(judgeModules(running, { transport: 'rtp', codec: 'alaw' })).toMatchObject({
      state: 'problem',
      found: 'not running: codec_alaw (callers with other codecs)',
    });
    expect(judgeModules(without('chan_rtp.so'), { transport: 'rtp', codec: 'ulaw' })).toMatchObject({
      state: 'problem',
      found: 'not running: chan_rtp (external media)',
      mend: expect.stringContaining('`load = chan_rtp.so`'),
    });
    expect(judgeModules(running, { transport: 'websocket', codec: 'ulaw' })).toMatchObject({
      found: 'not running: chan_websocket (external media)',
    });
    expect(judgeModules(without('chan_pjsip.so'), { transport: 'rtp', codec: 'ulaw' }).state).toBe('warning');
    expect(judgeModules([...without('chan_pjsip.so'), 'chan_iax2.so'], { transport: 'rtp', codec: 'ulaw' }).state).toBe(
      'ok',
    );
  });

  it('has one controller an application', () => {
    expect(judgeApplication('handrail', 'free').state).toBe('ok');
    expect(judgeApplication('handrail', 'handrail').state).toBe('ok');
    expect(judgeApplication('handrail', 'other-program').state).toBe('problem');
    expect(judgeApplication('handrail', 'left-behind').state).toBe('warning');
  });

  it('has a dialplan that gives calls to the application and goes on after it', () => {
    const hooks = findHooks(listing, 'handrail');
    expect(hooks).toEqual([
      { place: '100@from-handrail-callers', goesOn: true },
      { place: '101@from-handrail-callers', goesOn: false },
      { place: '_2XX@sales', goesOn: true },
    ]);
    expect(judgeHooks(hooks, 'handrail')).toMatchObject({ state: 'warning', found: expect.stringContaining('101@') });
    expect(judgeHooks(hooks.slice(0, 1), 'handrail').state).toBe('ok');
    expect(judgeHooks(findHooks(listing, 'hand'), 'hand').state).toBe('problem');
    expect(findHooks(listing, 'other')).toEqual([{ place: '600@from-handrail-callers', goesOn: false }]);
  });
});
