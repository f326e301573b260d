import type { ErrorCode } from '../../../src/kernel/errors.js';

/** The errors of the catalogue that a page can meet: what happened, and what to do. */
export const germanErrors: Readonly<Partial<Record<ErrorCode, { readonly what: string; readonly mend: string }>>> = {
  HR_FLOW_INVALID: {
    what: 'Der Ablauf hat einen Fehler.',
    mend: 'Berichtigen Sie den genannten Knoten; die Befunde nennen alle Fehler.',
  },
  HR_FLOW_CONFLICT: {
    what: 'Jemand anderes arbeitet an diesem Ablauf.',
    mend: 'Laden Sie den jetzigen Stand, sehen Sie an, was anders ist, und speichern oder veröffentlichen Sie noch einmal.',
  },
  HR_FLOW_VERSION: {
    what: 'Diese Version gibt es nicht.',
    mend: 'Die Liste der Versionen sagt, welche es gibt.',
  },
  HR_SCENARIO: {
    what: 'Die Tests lassen sich nicht lesen.',
    mend: 'Berichtigen Sie die genannte Stelle.',
  },
  HR_IMPORT: {
    what: 'Darin ist kein Menü, das sich übernehmen ließe.',
    mend: 'Geben Sie einen Dialplan mit Background() und WaitExten(), oder die Tabellen von FreePBX als JSON.',
  },
  HR_WAV_INVALID: {
    what: 'Die Tondatei ist nicht zu gebrauchen.',
    mend: 'Nehmen Sie ein WAV mit 8, 16, 22,05, 44,1 oder 48 kHz: PCM mit 16 Bit, oder G.711. Wo ffmpeg installiert ist, auch AIFF, FLAC, Ogg, MP3 oder M4A.',
  },
  HR_ARI_UNREACHABLE: {
    what: 'Asterisk ist nicht zu erreichen.',
    mend: 'Sehen Sie nach, ob Asterisk läuft.',
  },
  HR_ARI_REQUEST: {
    what: 'Asterisk hat etwas abgelehnt.',
    mend: 'Was Asterisk dazu sagt, steht dabei; `npx handrail doctor` prüft die üblichen Gründe.',
  },
  HR_ARI_TIMEOUT: {
    what: 'Asterisk hat nicht rechtzeitig geantwortet.',
    mend: 'Sehen Sie nach, wie ausgelastet die Anlage ist.',
  },
  HR_DISK_FULL: {
    what: 'Die Platte ist voll.',
    mend: 'Schaffen Sie Platz unter dem Datenordner.',
  },
  HR_STORE_FAILED: {
    what: 'Die Datenbank hat etwas abgelehnt.',
    mend: 'Anrufe gehen weiter; prüfen Sie Platz und Rechte des Datenordners.',
  },
  HR_ENGINE_DOWN: {
    what: 'Ein Teil der Leitung läuft nicht.',
    mend: 'Anrufe gehen mit Tasten weiter; er wird von selbst neu gestartet.',
  },
  HR_ENGINE_DEADLINE: {
    what: 'Ein Teil der Leitung hat nicht rechtzeitig geantwortet.',
    mend: 'Versuchen Sie es noch einmal; vielleicht ist die Maschine ausgelastet.',
  },
  HR_DIALPLAN_FAILED: {
    what: 'Die Kopie des Ablaufs im Dialplan ließ sich nicht veröffentlichen.',
    mend: 'Die von vorher gilt weiter; sehen Sie in Asterisks Log und nach den Rechten des Ordners für den Dialplan.',
  },
  HR_LOGIN_FAILED: {
    what: 'Name oder Passwort stimmt nicht.',
    mend: 'Versuchen Sie es noch einmal, oder lassen Sie sich einen neuen Link geben.',
  },
  HR_LOGIN_LOCKED: {
    what: 'Zu viele falsche Passwörter für diesen Namen.',
    mend: 'Warten Sie, und versuchen Sie es dann noch einmal; mit jedem weiteren wird die Zeit doppelt so lang.',
  },
  HR_INVITATION: {
    what: 'Dieser Link wurde schon benutzt, oder er ist abgelaufen.',
    mend: 'Lassen Sie sich einen neuen geben.',
  },
  HR_NAME_TAKEN: { what: 'Diesen Namen gibt es schon.', mend: 'Wählen Sie einen anderen.' },
  HR_LAST_ADMIN: {
    what: 'Das ist der letzte Admin.',
    mend: 'Machen Sie erst jemand anderen zum Admin, der auch ein Passwort hat.',
  },
  HR_NOT_ALLOWED: {
    what: 'Das dürfen Sie nicht.',
    mend: 'Melden Sie sich an, oder lassen Sie sich eine andere Rolle geben.',
  },
  HR_NOT_THERE: {
    what: 'Das gibt es nicht.',
    mend: 'Sehen Sie die Liste noch einmal an; vielleicht hat es jemand entfernt.',
  },
};

/** Where and why, and what the API says without a code, as gettext has it: `{}` for what stands in it. */
export const germanDetails: Readonly<Record<string, string>> = {
  '{}: it is no WAV, AIFF, FLAC, Ogg, MP3 or M4A file.':
    '{}: Das ist keine Datei mit WAV, AIFF, FLAC, Ogg, MP3 oder M4A.',
  '{}: it is longer than five minutes.': '{}: Sie ist länger als fünf Minuten.',
  '{}: there is nothing to hear in it.': '{}: Es ist nichts darin zu hören.',
  '{}: this {} file needs ffmpeg, which is not installed here.':
    '{}: Eine solche Datei ({}) braucht ffmpeg, das hier nicht installiert ist.',
  '{}: ffmpeg cannot read this {} file.': '{}: ffmpeg kann diese Datei ({}) nicht lesen.',
  'the draft or a version plays this recording': 'Der Entwurf oder eine Version spielt diese Aufnahme.',
  'no such recording': 'Diese Aufnahme gibt es nicht.',
  'no such call is up': 'Diesen Anruf gibt es nicht mehr.',
  'nobody listens to this call at that extension': 'An dieser Nebenstelle hört niemand mit.',
  'no such open request': 'Diesen offenen Wunsch gibt es nicht.',
  'a capture holds RTP packets, and media.transport is websocket':
    'Mitgeschnitten werden RTP-Pakete, und media.transport ist websocket.',
};
