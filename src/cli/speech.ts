import { join } from 'node:path';
import { loadManifest } from '../local-models/model-store-manifest.js';
import { homeDir } from '../kernel/paths.js';
import { defaultPrefix, type PrivatePbx } from './private-pbx.js';
import { ensureSpeechFolder, type SpeechFolder } from './synthetic-speech.js';
import { espeakVoice, piperVoices } from './synthetic-voices.js';

/**
 * The callers' voices for the demonstration call, tests and benchmarks: recordings of people where a folder has them, else
 * made once, with the installed voice, espeak-ng where it is there, and the human digits of Asterisk's sound package.
 */
export async function speechFolder(options: {
  /** Converts Asterisk's own recordings; without it digits are synthetic too. */
  readonly pbx?: Pick<PrivatePbx, 'cli'>;
  readonly print: (line: string) => void;
}): Promise<SpeechFolder> {
  const { pbx, print } = options;
  const voice = loadManifest().models.find((model) => model.id.startsWith('piper-'));
  const onnx = voice?.files.find((file) => file.path.endsWith('.onnx'));
  const python = join(homeDir, 'venv', 'bin', 'python');
  const voices =
    voice && onnx
      ? [...piperVoices(python, join(homeDir, 'models', voice.id, onnx.path)), espeakVoice()]
      : [espeakVoice()];
  return ensureSpeechFolder({
    voices,
    print,
    ...(pbx && {
      digits: {
        folder: join(defaultPrefix, 'usr/share/asterisk/sounds/en/digits'),
        toWav: async (from: string, to: string) => {
          await pbx.cli('module load res_convert.so');
          await pbx.cli(`file convert ${from} ${to}`);
        },
      },
    }),
  });
}
