import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createAdmin, Gate, keepLocalToken, LiveBoard, type HealthReport } from './admin/index.js';
import { watchAdmission } from './admission-watch.js';
import { addressOf } from './ari/address.js';
import { connectAri } from './ari/ari-client-adapter.js';
import type { AriPort } from './ari/port.js';
import { keepSwept } from './ari/sweeper.js';
import { CallFlows } from './call-flows.js';
import { journalOn, observers } from './call-keeping.js';
import type { Config } from './config/index.js';
import { hear } from './dialog/hear.js';
import { JoinedPrompts } from './dialog/joined-prompts.js';
import { confidenceFor } from './calibration-file.js';
import { dayAt } from './flow/reckoned-values.js';
import { compileExpectation } from './dialog/nlu/compile.js';
import { phraseTaker } from './dialog/nlu/phrase-check.js';
import { Reception } from './dialog/reception.js';
import { CachingUnderstander } from './dialog/understander.js';
import { engineParts, switchEngine, watchEngines } from './engine-watch.js';
import { createEngines, modelFile } from './engines.js';
import { createMediaPlane } from './externalmedia/media-plane.js';
import { Admission } from './fallback-ivr/admission.js';
import { overrideVariable } from './fallback-ivr/dialplan/index.js';
import { ControllerStage } from './flow-stage.js';
import { transferTargets } from './flow-targets.js';
import { requireSound } from './flow/lint.js';
import { loadFlow } from './flow/load.js';
import type { Clock } from './kernel/clock.js';
import { HandrailError } from './kernel/errors.js';
import type { Logger } from './kernel/log.js';
import { callbackDelivery, createOutbox } from './delivery.js';
import { HoursSwitch } from './hours-switch.js';
import { serviceByTelephone } from './service-by-telephone.js';
import { createTools } from './tool-services.js';
import { dataDir, projectRoot } from './kernel/paths.js';
import { callerLanguages } from './caller-languages.js';
import { absentChatModel, absentSpeechToText } from './local-models/absent.js';
import { PromptLibrary } from './local-models/prompt-library.js';
import { untilStarted } from './local-models/until-started.js';
import { keepMediaMeasured, mediaMetrics } from './observability/media-metrics.js';
import { MetricsRegistry } from './observability/metrics.js';
import { TraceExporter } from './observability/trace-export.js';
import { turnMetrics } from './observability/turn-metrics.js';
import { adminTls, dialogSettings, dialplanCopy, flowPath, promptFolder, signOn, tapFolders } from './settings-of.js';
import { doubtClock, lastWritten } from './store/clock-doubt.js';
import { keepFilesYoung } from './store/old-files.js';
import { PromptRecordings } from './store/prompt-recordings.js';
import { Recordings } from './store/recordings.js';
import { keepRetention, type Kept } from './store/retention.js';
import { SqliteStore } from './store/sqlite-store.js';
import { version } from './version.js';

/** A voice on a slow machine, loading while everything else starts. */
const VOICE_WITHIN_MS = 30_000;

export interface Controller {
  readonly adminUrl: string;
  /** The link of the first login, while nobody has a password. A secret. */
  readonly firstLoginUrl: string | undefined;
  /** Reads again what was renewed on disk: certificate and key of the admin page. */
  reload(): void;
  /** Sends callers back to the dialplan and stops everything that was started. Idempotent. */
  close(): Promise<void>;
}

/**
 * The composition root: configuration in, everything wired. The only place, with src/cli, that knows all rooms.
 *
 * Order matters: Asterisk is connected last, when prompts are rendered and engines have been started. Until then the
 * application is not registered and callers hear the dialplan's keypad menu, never a bot that cannot speak yet.
 *
 * @throws HandrailError of the part that could not start; what had been started is stopped again
 */
export async function startController(
  config: Config,
  clock: Clock,
  log: Logger,
  onProgress: (line: string) => void = () => undefined,
): Promise<Controller> {
  const closing: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let stop = closing.pop(); stop; stop = closing.pop()) {
      try {
        await stop();
      } catch (err) {
        log.warn({ err }, 'a part did not stop cleanly');
      }
    }
  };
  try {
    const flowFile = flowPath(config.flow.file);
    const flowOfFile = requireSound(await loadFlow(flowFile), flowFile);
    const doubt = doubtClock(clock.wallMs(), lastWritten(dataDir));
    const store = SqliteStore.open({
      path: join(dataDir, 'handrail.sqlite'),
      keepWords: config.store.keepWords,
      clock,
      log,
    });
    closing.push(() => store.close());
    const journal = journalOn(store, config.store.keepWords, await store.takeStates());
    await store.endStaleCalls(clock.wallMs());
    const kept: readonly Kept[] = [
      { what: 'calls', days: config.store.keepDays, purge: (before) => store.purge(before) },
      {
        what: 'callback requests',
        days: config.store.keepDays,
        purge: (before) => store.callbacks.forgetBefore(before),
      },
      {
        what: 'languages of callers',
        days: config.calls.languageDays,
        purge: (before) => store.callerLanguages.forgetBefore(before),
      },
    ];
    closing.push(keepRetention({ kept, doubt, clock, log }));

    const tapFiles = { folders: Object.values(tapFolders), keepDays: config.media.keepDays, doubt };
    closing.push(keepFilesYoung({ ...tapFiles, clock, log }));

    const registry = new MetricsRegistry();
    const metrics = turnMetrics(registry);
    const live = new LiveBoard((err) => log.error({ err }, 'a live listener failed'));

    const engines = await createEngines(config, clock, log);
    closing.push(async () => void (await Promise.all(engines.all.map((e) => e.close()))));
    watchEngines(engines, metrics, log);
    const vadModelPath = modelFile('silero-vad-v5', '.onnx');
    const media = createMediaPlane({
      threads: config.media.threads,
      callsPerThread: config.media.callsPerThread,
      priority: config.media.priority,
      clock,
      log,
      ...(existsSync(vadModelPath) ? { vadModelPath } : {}),
    });
    closing.push(() => media.close());
    const measured = keepMediaMeasured(media, mediaMetrics(registry), clock, log);
    closing.push(() => measured.stop());

    const admission = new Admission(config.calls.max, config.calls.keypadMax);
    const traces = config.traces.url === undefined ? undefined : new TraceExporter(config.traces.url, log);
    closing.push(() => traces?.close());

    const asterisk: { port?: AriPort } = {};
    const promptRecordings = new PromptRecordings(promptFolder);
    const prompts = new PromptLibrary({ tts: engines.promptVoice, recordings: promptRecordings, log });
    const joined = new JoinedPrompts(prompts);
    const confidence = await confidenceFor(config.stt, (path) =>
      log.warn(
        { path },
        'this confidence model was fitted by an earlier version and is not used: fit it anew with `npx handrail calibrate`',
      ),
    );
    log.info(
      { answers: confidence?.answers },
      'how sure answers are: by the answers that the confidence model was fitted on',
    );
    const today = () => dayAt(clock.wallMs());
    const nlu = new CachingUnderstander((expectation) =>
      compileExpectation(expectation, engines.intents, { today, confidence }),
    );
    const stage = new ControllerStage({
      engines,
      nlu,
      prompts,
      joined,
      dialplan: dialplanCopy(config),
      ari: () => asterisk.port,
      log,
    });
    const takes = phraseTaker((expectation) => compileExpectation(expectation));
    const knowsTarget = transferTargets(config.ari.agentEndpoint, () => asterisk.port, clock, log);
    const { tools, mcp } = createTools(config, metrics, clock, log);
    closing.push(() => mcp.close());
    void mcp.begin();
    const refusesTool = tools.refusal.bind(tools);
    const hours = await HoursSwitch.open(store.switches, overrideVariable(config.ari.app), log);
    const outbox = createOutbox(config, clock, log, callbackDelivery(store.callbacks, log));
    closing.push(() => outbox.close());
    await outbox.resume();
    const flows = await CallFlows.open(
      {
        stage,
        store,
        live,
        world: {
          takes,
          knowsTarget,
          refusesTool,
          hasVoice: (language) => engines.voicedLanguages.has(language),
          hasRecording: (name) => promptRecordings.samples(name) !== undefined,
        },
        ari: () => asterisk.port,
        settings: dialogSettings(config),
        clock,
        log,
      },
      flowOfFile,
      basename(flowFile),
    );
    const front: { reception?: Reception } = {};
    const health = (): HealthReport => ({
      ready: asterisk.port?.connected ?? false,
      parts: [{ name: 'asterisk', state: stateOf(asterisk.port), problem: undefined }, ...engineParts(engines)],
      admission: { mode: admission.mode, service: admission.service },
    });
    const gate = new Gate({ store: store.access, localToken: keepLocalToken(dataDir), clock });
    const admin = await createAdmin({
      host: config.admin.host,
      port: config.admin.port,
      publicName: config.admin.publicName,
      tls: adminTls(config),
      deps: {
        calls: store,
        live,
        health,
        setAdmission: (mode) => {
          admission.mode = mode;
          log.warn({ mode }, 'admission of new calls was decided by an admin');
        },
        switchEngine: (name, on) => switchEngine(engines, name, on),
        metrics: () => registry.expose(),
        version,
        webDir: join(projectRoot, 'web', 'dist'),
        docsDir: join(projectRoot, 'dist', 'docs'),
        figures: store.figures,
        control: {
          steer: (callId, to) => front.reception?.steer(callId, to) ?? 'no-such-call',
          tryOut: (...trial) => flows.tryOut(...trial),
        },
        taps: { tap: (...request) => front.reception?.tap(...request) ?? { type: 'no-such-call' } },
        clock,
        log,
        gate,
        signOn: signOn(config),
        access: store.access,
        audit: store.audit,
        desk: flows.desk,
        canary: flows.canary,
        scenarios: store.scenarios,
        simulation: { nlu, nowMs: () => clock.nowMs() },
        recordings: new Recordings(tapFolders.recording),
        prompts: promptRecordings,
        callbacks: store.callbacks,
        listening: {
          listen: async (...asked) => (await front.reception?.listen(...asked)) ?? 'no-such-call',
          stop: (...asked) => front.reception?.stopListening(...asked) ?? false,
        },
        hours,
        voice: {
          speak: async (text) => (await prompts.render(text)).samples,
          hear: (flow, inputs, now, samples) => {
            const ears = { nlu, stt: engines.stt, nowMs: () => clock.nowMs(), sttDeadlineMs: config.stt.deadlineMs };
            return hear(flow, inputs, { ...now, languageModel: false }, samples, ears);
          },
        },
      },
    });
    closing.push(() => admin.close());
    log.info({ url: admin.url }, 'admin page is up');

    const { flow } = flows.desk.live;
    stage.understand(flow);
    await untilStarted(engines.tts, clock, VOICE_WITHIN_MS);
    await flows.render(onProgress);

    const { password, url } = config.ari;
    if (!url || !password)
      throw new HandrailError('HR_CONFIG_INVALID', 'ari.url and HANDRAIL_ARI_PASSWORD are needed.');
    const address = addressOf({ ...config.ari, url, password });
    const ari = await connectAri({ address, app: config.ari.app, clock, log });
    asterisk.port = ari;
    closing.push(() => ari.close());
    await hours.follow(ari);
    if (await stage.copyIfPossible(flow)) await hours.retireOld();

    const reception = new Reception({
      ari,
      media,
      flowForCall: (call) => flows.forCall(call),
      flowOfVersion: (version) => flows.ofVersion(version),
      admit: (speaking, all) => {
        const service = admission.admit(speaking, all);
        metrics.admitted(service);
        return service;
      },
      without: {
        stt: absentSpeechToText('This call was given the keypad.'),
        chat: absentChatModel('This call was given written answers only.'),
      },
      nlu,
      stt: engines.stt,
      tts: engines.tts,
      chat: engines.chat,
      tools,
      prompts,
      joined: (texts) => joined.get(texts),
      journal,
      outbox,
      callbacks: store.callbacks,
      hours: () => hours.override,
      service: serviceByTelephone({ config, store, hours, admission, prompts: promptRecordings, clock, log }),
      languages: callerLanguages(config, store, clock, log),
      observer: observers(store, live, metrics, traces),
      settings: dialogSettings(config),
      clock,
      log,
    });
    front.reception = reception;
    closing.push(async () => {
      await reception.drain(config.calls.drainMs);
      await reception.close();
    });
    closing.push(
      keepSwept({
        ari,
        app: config.ari.app,
        calls: reception,
        clock,
        log,
        onSwept: (report, lostCalls) => {
          metrics.swept('channel', report.removedChannels);
          metrics.swept('bridge', report.removedBridges);
          metrics.swept('caller', report.continued + lostCalls);
        },
      }),
    );
    // Not before: a start is busy, and says nothing about calls.
    closing.push(
      watchAdmission({
        admission,
        decides: config.calls.admission === 'measured',
        engines,
        pacerLateMs: () => measured.lateMs,
        metrics,
        clock,
        log,
      }),
    );
    const invitation = await gate.firstInvitation();
    const firstLoginUrl = invitation && `${admin.url}#/welcome/${invitation}`;
    return { adminUrl: admin.url, firstLoginUrl, reload: () => admin.reloadTls(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function stateOf(ari: AriPort | undefined): 'starting' | 'ready' | 'down' {
  if (!ari) return 'starting';
  return ari.connected ? 'ready' : 'down';
}
