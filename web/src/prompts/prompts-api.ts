import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PromptUse } from '../../../src/admin/prompt-uses.js';
import type { PromptRecording } from '../../../src/store/prompt-recordings.js';
import { api, apiUpload } from '../kit/api.js';
import { promptWords } from '../words/index.js';

/** A recording and where it is played. */
export type Prompt = PromptRecording & PromptUse;

/** The biggest file that the controller takes, in bytes. */
const MAX_BYTES = 12 * 1024 * 1024;

export function pathOf(name: string): string {
  return `/api/prompts/${encodeURIComponent(name)}`;
}

export function usePrompts() {
  return useQuery({ queryKey: ['prompts'], queryFn: () => api<readonly Prompt[]>('/api/prompts') });
}

/** Changes one, and reads the list again. */
export function usePromptChange<Asked>(mutationFn: (asked: Asked) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: ['prompts'] }) });
}

interface Upload {
  readonly title: string;
  readonly file: File;
}

/** Sends a sound file; `sent` is the share of it that has gone out. */
export function useUpload(onAdded: (recording: PromptRecording) => void) {
  const client = useQueryClient();
  const [sent, setSent] = useState(0);
  const upload = useMutation({
    mutationFn: async ({ title, file }: Upload) => {
      setSent(0);
      if (file.size === 0) throw new Error(promptWords.emptyFile);
      if (file.size > MAX_BYTES) throw new Error(promptWords.tooBig);
      return apiUpload<PromptRecording>('/api/prompts', { title, sound: await base64Of(file) }, setSent);
    },
    onSuccess: async (recording) => {
      await client.invalidateQueries({ queryKey: ['prompts'] });
      onAdded(recording);
    },
  });
  return { upload, sent };
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    // A data URL: what follows its comma.
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(new Error(promptWords.unreadable));
    reader.readAsDataURL(file);
  });
}
