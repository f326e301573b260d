import { useEffect, useReducer } from 'react';
import type { LiveMessage } from '../../../src/admin/live.js';
import { initialLiveState, reduceLive } from './live-state.js';
import type { LiveState } from './live-state.js';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

/** The live feed; reconnects for ever, slower and slower, and starts again with a snapshot. */
export function useLive(): LiveState {
  const [state, dispatch] = useReducer(reduceLive, initialLiveState);

  useEffect(() => {
    let socket: WebSocket | undefined;
    let timer: number | undefined;
    let retryMs = FIRST_RETRY_MS;
    let gone = false;

    const connect = (): void => {
      socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`);
      socket.onmessage = ({ data }: MessageEvent<string>) => {
        retryMs = FIRST_RETRY_MS;
        dispatch({ type: 'message', message: JSON.parse(data) as LiveMessage, nowMs: Date.now() });
      };
      socket.onclose = () => {
        if (gone) return;
        dispatch({ type: 'link-lost' });
        timer = window.setTimeout(connect, retryMs);
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
      };
    };
    connect();
    return () => {
      gone = true;
      window.clearTimeout(timer);
      socket?.close();
    };
  }, []);

  return state;
}
