import { expect, test } from 'vitest';
import { smallFlow } from '../../../src/dialog/testing/small-flow.js';
import { recordingOf, withRecording } from './flow-recordings.js';

test('a text is given a recording, another, and the voice again', () => {
  const recorded = withRecording(smallFlow, 'en-US', 'Hello.', 'hello-1');
  expect(recordingOf(recorded, 'en-US', 'Hello.')).toBe('hello-1');
  expect(recordingOf(recorded, 'de-DE', 'Hello.')).toBeUndefined();
  const both = withRecording(withRecording(recorded, 'de-DE', 'Hallo.', 'hallo-1'), 'en-US', 'Hello.', 'hello-2');
  expect(both.recordings).toEqual({ 'en-US': { 'Hello.': 'hello-2' }, 'de-DE': { 'Hallo.': 'hallo-1' } });
  expect(withRecording(both, 'en-US', 'Hello.', undefined).recordings).toEqual({ 'de-DE': { 'Hallo.': 'hallo-1' } });
});

test('a flow without recordings is as it was', () => {
  const recorded = withRecording(smallFlow, 'en-US', 'Hello.', 'hello-1');
  expect(withRecording(recorded, 'en-US', 'Hello.', undefined)).toEqual(smallFlow);
  expect(recordingOf(smallFlow, 'en-US', 'constructor')).toBeUndefined();
});
