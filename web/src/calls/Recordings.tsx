import { useQuery } from '@tanstack/react-query';
import { api } from '../kit/api.js';
import { words } from '../words/index.js';

interface Recording {
  readonly name: string;
  readonly atWallMs: number;
}

/** What was recorded of a call, to be listened to. Each listening is in the audit log. */
export function Recordings({ callId }: { readonly callId: string }) {
  const path = `/api/calls/${encodeURIComponent(callId)}/recordings`;
  const { data = [] } = useQuery({ queryKey: ['recordings', callId], queryFn: () => api<readonly Recording[]>(path) });
  if (data.length === 0) return null;
  return (
    <section className="recordings" aria-label={words.recordings}>
      {data.map(({ name, atWallMs }) => (
        <audio
          key={name}
          controls
          preload="none"
          aria-label={words.recordingOf(new Date(atWallMs).toLocaleTimeString())}
          src={`${path}/${encodeURIComponent(name)}`}
        />
      ))}
    </section>
  );
}
